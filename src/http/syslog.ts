import { connect as connectPlain, isIP, type Socket, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { Clock, Context } from '../context.js';
import { type AuditlogError, serverError, usageError } from '../errors.js';
import { isLoopback } from '../profile/loopback.js';
import { toFault } from './causes.js';
import { Fault, faultOf } from './fault.js';
import type { Hearing } from './outbound.js';
import { hostOf } from './proxy.js';
import { openPatience, persist } from './retry/loop.js';
import { Lifetime } from './signals.js';

/** A receiver of syslog over TCP, with TLS or on this machine. */
export interface SyslogLine {
  /**
   * Opens a connection, writes all frames, ends its side, and waits until the receiver closes its own: then the receiver has read to the end, the most that
   * syslog can tell. A receiver that closes earlier or breaks off has not. Failures are tried again from the first frame, as http/retry/decide.ts decides,
   * so frames may arrive more than once. Rejects with an `AuditlogError` when retrying is over or pointless, with the signal's reason when stopped.
   */
  deliver(frames: readonly Buffer[]): Promise<void>;
  /** Cuts what is under way. */
  close(): void;
}

export interface SyslogOptions extends Hearing {
  /** ms to connect, and of silence while it reads nothing or does not close. */
  readonly limits?: { readonly connect: number; readonly idle: number };
}

const WHAT = 'the syslog receiver';
/** Our own code for a receiver that took everything and then left the connection open. */
const NOT_CLOSED = 'ERR_NOT_CLOSED';
const LIMITS = { connect: 10_000, idle: 30_000 };

/**
 * `url` is `syslog+tls://HOST:PORT`, or `syslog+tcp://` on this machine; throws a usage error for others. Certificates are always checked, whatever
 * the environment says; NODE_EXTRA_CA_CERTS names other authorities. Makes no connection yet.
 */
export function openSyslogLine(ctx: Context, url: URL, options: SyslogOptions = {}): SyslogLine {
  const secure = url.protocol === 'syslog+tls:';
  if (!secure && !isLoopback(url))
    throw usageError(
      `${url.protocol}// would send the events unprotected to ${url.host}`,
      'Use syslog+tls://; syslog+tcp:// is only for this machine (localhost)',
    );
  // As in transport.ts.
  setDefaultAutoSelectFamilyAttemptTimeout(2500);
  const lifetime = new Lifetime(ctx.signal);
  const patience = openPatience(ctx, { onWait: options.onWait });
  const { clock, traffic } = patience;
  const target = { url, secure, limits: options.limits ?? LIMITS, clock };

  const asked = () => ({ by: { what: WHAT, secretFrom: undefined }, url, proxy: undefined });

  return {
    deliver(frames) {
      // One write: each would be a record of TLS.
      const bytes = Buffer.concat(frames);
      return lifetime.during(undefined, async (signal) => {
        const tryOnce = async (attempt: number): Promise<void> => {
          options.debug?.(`${url.href} ${frames.length} messages, attempt ${attempt}`);
          traffic.requests += 1;
          await deliverOnce(target, bytes, signal);
          // If it is away later, it is restarting; before, its address may be wrong.
          traffic.answer();
        };
        await persist(patience, { asked, shrinkable: false, signal, tryOnce }).catch((error: unknown) => {
          const fault = faultOf(error);
          throw fault?.code === NOT_CLOSED ? leftOpen(fault, url) : error;
        });
      });
    },
    close: () => lifetime.end('the way to the syslog receiver is closed'),
  };
}

function leftOpen(fault: Fault, url: URL): AuditlogError {
  return serverError(
    `${WHAT} at ${url.host} did not close the connection after the last message: it may not have read all of them`,
    'Check for a proxy between this machine and the receiver',
    fault,
  );
}

interface Target {
  readonly url: URL;
  readonly secure: boolean;
  readonly limits: { readonly connect: number; readonly idle: number };
  readonly clock: Clock;
}

/** The time between the last write and the end of our side, ms. */
const STAY = { least: 50, most: 2000 };

function deliverOnce({ url, secure, limits, clock }: Target, bytes: Buffer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = secure ? openSecure(url) : connectPlain({ ...addressOf(url), allowHalfOpen: true });
    const began = clock.monotonic();
    let ended = false;
    let staying: NodeJS.Timeout | undefined;
    const settle = (error?: unknown) => {
      clearTimeout(staying);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    const stop = () => settle(signal.reason);
    signal.addEventListener('abort', stop, { once: true });

    socket.setTimeout(limits.connect);
    socket.on('timeout', () =>
      settle(new Fault('timeout', 'no answer in time', { code: ended ? NOT_CLOSED : 'ETIMEDOUT' })),
    );
    socket.on('error', (error) => settle(toFault(error)));
    socket.on('close', () => settle(broken()));
    socket.on(secure ? 'secureConnect' : 'connect', () => {
      socket.setTimeout(limits.idle);
      // A receiver that had closed already answers a write with its own end, within one round trip: our side stays open for longer than that.
      const stay = Math.min(Math.max(2 * (clock.monotonic() - began), STAY.least), STAY.most);
      socket.write(bytes, () => {
        staying = setTimeout(() => {
          ended = true;
          socket.end();
        }, stay);
      });
    });
    // An end before ours: it cannot have read everything. The end is only seen by reading, though receivers send nothing.
    socket.on('end', () => settle(ended ? undefined : broken()));
    socket.resume();
  });
}

function openSecure(url: URL): Socket {
  const address = addressOf(url);
  const name = isIP(address.host) === 0 ? { servername: address.host } : {};
  // Half open, which the types leave out: the receiver ends its own side.
  const options = { ...address, ...name, allowHalfOpen: true, rejectUnauthorized: true };
  return connectSecure(options);
}

/** 6514 is the port of syslog over TLS (RFC 5425). */
function addressOf(url: URL): { readonly host: string; readonly port: number } {
  return { host: hostOf(url), port: Number(url.port || 6514) };
}

function broken(): Fault {
  return new Fault('reset', 'the connection broke off', { code: 'ECONNRESET' });
}
