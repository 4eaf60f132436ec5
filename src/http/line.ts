import type { Context } from '../context.js';
import { AuditlogError } from '../errors.js';
import type { Secret } from '../keys.js';
import type { Connection } from '../profile.js';
import { withAuth } from './auth.js';
import type { HttpProxy } from './proxy.js';
import { makeScrubber } from './redact.js';
import type { Send } from './send.js';
import { withTrace } from './trace.js';
import { type Limits, openTransport } from './transport.js';

/** An open way to the API. */
export interface Line {
  /** With the key, traced. */
  readonly send: Send;
  readonly key: Secret;
  /** The same error, without any secret in its text or in the text of what caused it. */
  scrubbed(error: AuditlogError): AuditlogError;
  close(): Promise<void>;
}

export interface LineOptions {
  /** Gets a line for each try, for `--debug`. Header values in it are the server's: neutralise it before showing. The key is not in it. */
  readonly debug?: (line: string) => void;
  /** Sockets; default 4, or 16 where no rate is kept; made as they are needed. */
  readonly connections?: number;
  /** For tests: shorter timeouts, a smaller cap. */
  readonly limits?: Partial<Limits>;
}

/** Sockets of a run, where the caller does not say: so many as there are requests under way at most. One is made when it is needed. */
const CONNECTIONS = { unlimited: 16, rated: 4 } as const;

/** Reads the key and loads the transport, both at the same time. Rejects with the key's own error when there is none. */
export async function openLine(
  ctx: Context,
  connection: Connection,
  proxy: HttpProxy | undefined,
  options: LineOptions,
): Promise<Line> {
  const { base, provider } = connection;
  const { clock } = ctx;
  ctx.compileOnce?.();
  const opening = openTransport({
    base,
    proxy,
    clock,
    connections: options.connections ?? (connection.rate === undefined ? CONNECTIONS.unlimited : CONNECTIONS.rated),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const [key, transport] = await Promise.all([connection.key(), opening]);
  const secrets = [key.reveal(), ...(proxy?.secrets ?? [])];
  for (const secret of secrets) ctx.keepSecret?.(secret);
  const scrub = makeScrubber(secrets);
  const { debug } = options;
  const traced = debug === undefined ? transport.send : withTrace(transport.send, clock, (line) => debug(scrub(line)));
  return {
    send: withAuth(traced, provider.auth, key, base.origin),
    key,
    scrubbed: (error) => scrubError(error, scrub),
    close: () => transport.close(),
  };
}

/** The same error with nothing secret in its text, in its hint, or in what caused it. */
export function scrubError(error: AuditlogError, scrub: (text: string) => string): AuditlogError {
  for (let link: unknown = error, depth = 0; link instanceof Error && depth < 8; link = link.cause, depth += 1) {
    link.message = scrub(link.message);
    if (link.stack !== undefined) link.stack = scrub(link.stack);
  }
  return new AuditlogError(
    error.message,
    error.exitCode,
    error.hint === undefined ? undefined : scrub(error.hint),
    error.cause,
  );
}
