import { type Context, SECRET_VARIABLES } from '../context.js';
import { makeScrubber } from '../http/redact.js';

/** Secrets known at one time. */
const MOST = 400;

/**
 * The same world, but stderr is free of secrets in every form that a scrubber knows: those in the environment, and those from `keepSecret`. The last
 * line of defence, for texts that quote a server that quotes us.
 */
export function discreet(ctx: Context): Context {
  const own: ReadonlySet<string> = new Set(SECRET_VARIABLES.map((name) => ctx.env[name]?.trim() ?? ''));
  const secrets = new Set(own);
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
      const isNew = !secrets.delete(secret);
      secrets.add(secret);
      // Runs of days have many tokens. The secrets of a sign-in arrive with each.
      for (const oldest of [...secrets].slice(0, -MOST)) if (!own.has(oldest)) secrets.delete(oldest);
      if (isNew) scrubber = undefined;
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
