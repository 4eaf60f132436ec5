import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectSecure, type TLSSocket } from 'node:tls';
import { toFault } from './causes.js';
import { Fault } from './fault.js';
import { type HttpProxy, hostOf, portOf } from './proxy.js';
import { orAborted } from './signals.js';
import type { TransportOptions } from './transport.js';

/** A host that was connected to. */
export interface ReachedHost {
  /** The host's own address, or the proxy's. */
  readonly address: string | undefined;
  readonly ms: number;
  /** Undefined for http. */
  readonly certificate: Certificate | undefined;
}

/** A server's certificate. Its texts are untrusted. */
export interface Certificate {
  readonly issuer: string;
  /** Epoch ms. */
  readonly from: number;
  readonly until: number;
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** The code of what is wrong with it; undefined when it is accepted. */
  readonly refused: string | undefined;
}

export interface ReachOptions extends Pick<TransportOptions, 'base' | 'proxy' | 'clock'> {
  readonly signal: AbortSignal;
  /** ms for each step; default 10 s. */
  readonly timeout?: number;
}

/**
 * Opens a connection to a host as a request would (name, TCP, the proxy's tunnel, TLS) and closes it again. Sends nothing over it, so that it can
 * read a refused certificate, too. Rejects with a `Fault` when it cannot connect, with the signal's reason when stopped.
 */
export async function reach({ base, proxy, clock, signal, timeout = 10_000 }: ReachOptions): Promise<ReachedHost> {
  signal.throwIfAborted();
  const began = clock.monotonic();
  const opened: { destroy(): unknown }[] = [];
  const track: Track = (one) => {
    opened.push(one);
    return one;
  };
  const secure = base.protocol === 'https:';
  try {
    const opening =
      proxy !== undefined && secure ? throughProxy(base, proxy, track) : direct(proxy?.url ?? base, track);
    const socket = await within(opening, timeout, signal);
    const { remoteAddress } = socket;
    const certificate = secure ? await within(shakeHands(base, socket, track), timeout, signal) : undefined;
    return { address: remoteAddress, ms: Math.round(clock.monotonic() - began), certificate };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw toFault(error);
  } finally {
    // The inner one last: Node 20 crashes when the socket under a TLS connection goes first.
    for (const one of opened.reverse()) one.destroy();
  }
}

/** Keeps what has to be closed at the end. */
type Track = <T extends { destroy(): unknown }>(one: T) => T;

function direct(url: URL, track: Track): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = track(
      connectPlain({ host: hostOf(url), port: portOf(url), autoSelectFamilyAttemptTimeout: 2500 }, () =>
        resolve(socket),
      ),
    );
    socket.on('error', reject);
  });
}

function throughProxy(base: URL, proxy: HttpProxy, track: Track): Promise<Socket> {
  const target = `${base.hostname}:${portOf(base)}`;
  const ask = proxy.url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = track(
      ask({
        host: hostOf(proxy.url),
        port: portOf(proxy.url),
        method: 'CONNECT',
        path: target,
        headers: { host: target, ...(proxy.token === undefined ? {} : { 'proxy-authorization': proxy.token }) },
        agent: false,
      }),
    );
    const refuse = (status: number | undefined) =>
      reject(new Fault('proxy', `the proxy answered ${status}`, { code: String(status) }));
    request.on('connect', (response, stream) => {
      const socket = track(stream as Socket);
      socket.on('error', reject);
      if (response.statusCode === 200) resolve(socket);
      else refuse(response.statusCode);
    });
    request.on('response', (response) => refuse(response.statusCode));
    request.on('error', reject);
    request.end();
  });
}

function shakeHands(base: URL, socket: Socket, track: Track): Promise<Certificate> {
  const host = hostOf(base);
  return new Promise((resolve, reject) => {
    const secure: TLSSocket = track(
      connectSecure(
        // This connection may be to anybody: unlike a request's, it carries nothing.
        { socket, host, rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) },
        () => resolve(toCertificate(secure)),
      ),
    );
    secure.on('error', reject);
    secure.on('close', () => reject(new Fault('reset', 'the connection broke off', { code: 'ECONNRESET' })));
  });
}

function toCertificate(socket: TLSSocket): Certificate {
  const peer = socket.getPeerCertificate();
  // Absent where there is no certificate, which the types leave out.
  const { O, CN } = peer.issuer ?? {};
  // Typed as an error, but a code.
  const refused = socket.authorized ? undefined : String(socket.authorizationError ?? 'unknown');
  return {
    issuer: [O, CN].flat().filter(Boolean).join(', ').slice(0, 120),
    from: Date.parse(peer.valid_from),
    until: Date.parse(peer.valid_to),
    protocol: socket.getProtocol() ?? '',
    refused,
  };
}

/** Rejects with a fault when it takes longer than `ms`, with the signal's reason when stopped. */
async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fault = new Fault('timeout', `no connection within ${ms / 1000} s`, { code: 'ETIMEDOUT' });
    timer = setTimeout(() => reject(fault), ms);
  });
  return orAborted(Promise.race([work, late]), signal).finally(() => clearTimeout(timer));
}
