import type { Context } from '../context.js';
import { makeScrubber } from '../http/redact.js';

/**
 * The same world, which removes secrets from stderr in every form that a scrubber knows: the key in the environment, and those of `keepSecret`.
 * The last line of defence, for texts that quote a server that quotes us.
 */
export function discreet(ctx: Context): Context {
  const secrets = new Set([ctx.env.AUDITLOG_API_KEY ?? '']);
  let scrub: ((text: string) => string) | undefined;
  const { stderr } = ctx;
  return {
    ...ctx,
    keepSecret: (secret) => {
      secrets.add(secret);
      scrub = undefined;
    },
    stderr: {
      get isTTY() {
        return stderr.isTTY;
      },
      columns: () => stderr.columns(),
      rows: () => stderr.rows(),
      write: (chunk) => {
        scrub ??= makeScrubber([...secrets]);
        return stderr.write(typeof chunk === 'string' ? scrub(chunk) : chunk);
      },
    },
  };
}
