import { type Context, SECRET_VARIABLES } from '../context.js';
import { makeScrubber } from '../http/redact.js';

/**
 * The same world, which removes secrets from stderr in every form that a scrubber knows: those in the environment, and those of `keepSecret`.
 * The last line of defence, for texts that quote a server that quotes us.
 */
export function discreet(ctx: Context): Context {
  const secrets = new Set(SECRET_VARIABLES.map((name) => ctx.env[name]?.trim() ?? ''));
  let scrubber: ((text: string) => string) | undefined;
  const scrub = (text: string): string => {
    scrubber ??= makeScrubber([...secrets]);
    return scrubber(text);
  };
  const { stderr } = ctx;
  return {
    ...ctx,
    scrub,
    keepSecret: (secret) => {
      secrets.add(secret);
      scrubber = undefined;
    },
    stderr: {
      get isTTY() {
        return stderr.isTTY;
      },
      columns: () => stderr.columns(),
      rows: () => stderr.rows(),
      write: (chunk) => stderr.write(typeof chunk === 'string' ? scrub(chunk) : chunk),
    },
  };
}
