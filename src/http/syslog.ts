import { connect as connectPlain, isIP, type Socket, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { Clock, Context } from '../context.js';
import { type AuditlogError, serverError, usageError } from '../errors.js';
import { isLoopback } from '../profile/loopback.js';
import { toFault } from './causes.js';
import { Fault } from './fault.js';
import { explain } from './messages/explain.js';
import type { Hearing } from './outbound.js';
import { openPatience, persist } from './retry/loop.js';
import { Lifetime } from './signals.js';

/** A receiver of syslog over TCP, with TLS or on this machine. */
export interface SyslogLine {
  /**
   * Opens a connection, writes all the frames, says that these were all, and waits until the receiver closes as well: then its program has read to the end, which is
   * as much as syslog can tell. A receiver that closes before it is told to has not, nor has one that breaks off. Whatever goes wrong is tried again from the first frame,
   * as http/retry/decide.ts decides; so frames may arrive more than once. Rejects with an `AuditlogError` when retrying is over or pointless, with the signal's reason when stopped.
   */
  deliver(frames: readonly Buffer[]): Promise<void>;
  /** Cuts what is under way. */
  close(): void;
}

export interface SyslogOptions extends Hearing {
  /** Milliseconds to connect, and of silence while it takes no more or does not close. */
  readonly limits?: { readonly connect: number; readonly idle: number };
}

const WHAT = 'the syslog receiver';
/** Our own code of a receiver that took everything and then left the connection open. */
const NOT_CLOSED = 'ERR_NOT_CLOSED';
const LIMITS = { connect: 10_000, idle: 30_000 };

/**
 * `url` is `syslog+tls://HOST:PORT`, or `syslog+tcp://` on this machine alone: throws a usage error for another. Certificates are always checked, whatever the environment
 * says; one's own authority is named by NODE_EXTRA_CA_CERTS. Makes no connection yet.
 */
export function openSyslogLine(ctx: Context, url: URL, options: SyslogOptions = {}): SyslogLine {
  const secure = url.protocol === 'syslog+tls:';
  if (!secure && !isLoopback(url))
    throw usageError(
      `${url.protocol}// would send the events unprotected to ${url.host}`,
      'Use syslog+tls://; syslog+tcp:// is only for this machine (localhost).',
    );
  // Node gives each address of a host 250 ms to connect, one after the other: too little for a slow line.
  setDefaultAutoSelectFamilyAttemptTimeout(2500);
  const lifetime = new Lifetime(ctx.signal);
  const patience = openPatience(ctx, { onWait: options.onWait });
  const { clock, traffic } = patience;
  const target = { url, secure, limits: options.limits ?? LIMITS, clock };

  return {
    deliver(frames) {
      // Each small write would be a record of TLS.
      const bytes = Buffer.concat(frames);
      const work = (signal: AbortSignal) =>
        persist(patience, {
          url,
          shrinkable: false,
          signal,
          tryOnce: async (attempt) => {
            options.debug?.(`${url.href} ${frames.length} messages, attempt ${attempt}`);
            traffic.request();
            await deliverOnce(target, bytes, signal);
            // A receiver that is away after that is being restarted; before, its address may be wrong.
            traffic.answer();
          },
          giveUp: (fault, attempts, why) => {
            const by = { what: WHAT, secretFrom: undefined };
            const about = { by, url, proxy: undefined, attempts, why, now: clock.now() };
            return fault.code === NOT_CLOSED ? leftOpen(fault, url) : explain(fault, about);
          },
        });
      return lifetime.during(undefined, work);
    },
    close: () => lifetime.end('the way to the syslog receiver is closed'),
  };
}

function leftOpen(fault: Fault, url: URL): AuditlogError {
  return serverError(
    `${WHAT} at ${url.host} did not close the connection after the last message: whether it has read all of them is not known`,
    'A receiver that keeps half-closed connections open cannot tell. Is something between this machine and the receiver?',
    fault,
  );
}

interface Target {
  readonly url: URL;
  readonly secure: boolean;
  readonly limits: { readonly connect: number; readonly idle: number };
  readonly clock: Clock;
}

/** How long at least and at most we stay before the end, ms. */
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
      // What is written to a receiver that had closed already comes back as an end of its own after one way there and back: longer than that, nothing is ended here.
      const stay = Math.min(Math.max(2 * (clock.monotonic() - began), STAY.least), STAY.most);
      socket.write(bytes, () => {
        staying = setTimeout(() => {
          ended = true;
          socket.end();
        }, stay);
      });
    });
    // A receiver that closes before it can have read everything has not.
    socket.on('end', () => settle(ended ? undefined : broken()));
    // Receivers say nothing; whatever comes is read, so that the end is seen.
    socket.resume();
  });
}

function openSecure(url: URL): Socket {
  const address = addressOf(url);
  const name = isIP(address.host) === 0 ? { servername: address.host } : {};
  // Half open as well, which the types leave out: what comes after our end is the receiver's own.
  const options = { ...address, ...name, allowHalfOpen: true, rejectUnauthorized: true };
  return connectSecure(options);
}

/** 6514 is the port of syslog over TLS (RFC 5425). */
function addressOf(url: URL): { readonly host: string; readonly port: number } {
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 6514) };
}

function broken(): Fault {
  return new Fault('reset', 'the connection broke off', { code: 'ECONNRESET' });
}
