import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ModelAnswer } from './model.js';
import { takesGzip } from './pick.js';
import type { WireFault } from './wire.js';

export interface Patience {
  /** How long a stalled or dripping answer is held before its connection is reset, ms; infinite: until the client or the server ends it. */
  readonly stallMs: number;
  /** The pace of `slow-drip`. */
  readonly drip: { readonly bytes: number; readonly everyMs: number };
}

/** An answer about to be written by hand: its head as bytes without the lines about the body, and the body. */
interface Parcel {
  readonly socket: Socket;
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
  readonly patience: Patience;
}

/** Writes an answer as the model wants it: whole, or spoilt on its way. */
export function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ModelAnswer,
  patience: Patience,
): void {
  const packs = answer.status === 200 && takesGzip(request.headers['accept-encoding']);
  if (answer.wire === undefined) {
    whole(response, answer, packs);
    return;
  }
  const lines = linesOf(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${answer.status} ${answer.status === 200 ? 'OK' : 'Not OK'}\r\n${lines.join('')}`;
  // A client that has gone away is what these faults are about.
  request.socket.on('error', () => {});
  WAYS[answer.wire]({ socket: request.socket, status: answer.status, head, body: answer.body, patience });
}

function whole(response: ServerResponse, answer: ModelAnswer, packs: boolean): void {
  const body = packs ? gzipSync(answer.body, { level: 1 }) : answer.body;
  response.sendDate = false;
  response.writeHead(
    answer.status,
    [
      ...linesOf(answer.headers),
      ...(packs ? [['content-encoding', 'gzip']] : []),
      ['content-length', String(body.length)],
    ].flat(),
  );
  response.end(body);
}

function linesOf(headers: ModelAnswer['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value): [string, string][] => (name === 'date' && value === '' ? [] : [[name, value]])),
  );
}

const BOMB_SIZE = 48 * 1024 * 1024;

const WAYS: Readonly<Record<WireFault, (parcel: Parcel) => void>> = {
  'rst-before-headers': ({ socket }) => socket.resetAndDestroy(),
  'close-before-headers': ({ socket }) => socket.destroy(),
  'rst-mid-headers': ({ socket, head }) => thenReset(socket, [head.slice(0, head.length >> 1)]),
  'rst-mid-body': ({ socket, head, body }) => thenReset(socket, [head, lengthLine(body), half(body)]),
  'body-shorter-than-length': ({ socket, head, body }) => thenEnd(socket, [head, lengthLine(body), half(body)]),
  'length-shorter-than-body': ({ socket, head, body }) => thenEnd(socket, [head, lengthLine(half(body)), body]),
  'cut-chunked': ({ socket, head, body }) => thenEnd(socket, [head, CHUNKED, chunk(half(body))]),
  'cut-close-delimited': ({ socket, head, body }) => thenEnd(socket, [head, CLOSING, half(body)]),
  'gzip-truncated': (parcel) => packed(parcel, (bytes) => half(bytes)),
  'gzip-no-trailer': (parcel) => packed(parcel, (bytes) => bytes.subarray(0, -8)),
  'gzip-bad-crc': (parcel) =>
    packed(parcel, (bytes) => {
      bytes[bytes.length - 8]! ^= 0x55;
      return bytes;
    }),
  'gzip-garbage-after': (parcel) => packed(parcel, (bytes) => Buffer.concat([bytes, Buffer.from('garbage')])),
  'gzip-bomb': (parcel) => packed({ ...parcel, body: bomb() }, (bytes) => bytes),
  'stall-headers': ({ socket, patience }) => stall(socket, patience),
  'stall-body': ({ socket, head, body, patience }) => {
    write(socket, [head, lengthLine(body), half(body)]);
    stall(socket, patience);
  },
  'slow-drip': ({ socket, head, body, patience }) => {
    write(socket, [head, lengthLine(body)]);
    drip(socket, body, patience);
  },
  'header-bomb': ({ socket, head, body }) =>
    thenEnd(socket, [head, `x-padding: ${'p'.repeat(40_000)}\r\n`, lengthLine(body), body]),
  'not-http': ({ socket }) => thenEnd(socket, ['SSH-2.0-OpenSSH_9.9\r\n\u001b]0;owned\u0007\r\n']),
  // From here on the answers are unusual and right.
  'early-hints': ({ socket, head, body }) =>
    thenEnd(socket, [
      'HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n',
      `${head}connection: close\r\n`,
      lengthLine(body),
      body,
    ]),
  chunked: ({ socket, head, body }) => {
    const first = half(body);
    const rest = body.subarray(first.length);
    thenEnd(socket, [`${head}connection: close\r\n`, CHUNKED, chunk(first), chunk(rest), '0\r\nx-trailer: 1\r\n\r\n']);
  },
  'close-delimited': ({ socket, head, body }) => thenEnd(socket, [head.replace('HTTP/1.1', 'HTTP/1.0'), CLOSING, body]),
};

const CHUNKED = 'transfer-encoding: chunked\r\n\r\n';
const CLOSING = 'connection: close\r\n\r\n';

function packed({ socket, head, body }: Parcel, spoil: (bytes: Buffer) => Buffer): void {
  const bytes = spoil(gzipSync(body));
  thenEnd(socket, [head, 'content-encoding: gzip\r\nconnection: close\r\n', lengthLine(bytes), bytes]);
}

/** An empty array of white space, larger than any page should be. */
function bomb(): Buffer {
  const bytes = Buffer.alloc(BOMB_SIZE, ' ');
  bytes[0] = 0x5b;
  bytes[bytes.length - 1] = 0x5d;
  return bytes;
}

function half(body: Buffer): Buffer {
  return body.subarray(0, body.length >> 1);
}

function lengthLine(body: Buffer): string {
  return `content-length: ${body.length}\r\n\r\n`;
}

function chunk(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);
}

function write(socket: Socket, parts: readonly (string | Buffer)[], done?: () => void): void {
  const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  socket.write(bytes, () => done?.());
}

function thenEnd(socket: Socket, parts: readonly (string | Buffer)[]): void {
  write(socket, parts, () => socket.end());
}

/** Resets once the bytes before have surely been read: a reset overtakes what is still on its way. */
function thenReset(socket: Socket, parts: readonly (string | Buffer)[]): void {
  write(socket, parts, () => later(socket, 20, () => socket.resetAndDestroy()));
}

function stall(socket: Socket, { stallMs }: Patience): void {
  if (Number.isFinite(stallMs)) later(socket, stallMs, () => socket.resetAndDestroy());
}

function drip(socket: Socket, body: Buffer, { drip: pace, stallMs }: Patience): void {
  let sent = 0;
  const timer = setInterval(() => {
    write(socket, [body.subarray(sent, sent + pace.bytes)]);
    sent += pace.bytes;
    if (sent >= body.length) clearInterval(timer);
  }, pace.everyMs);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
  if (Number.isFinite(stallMs)) later(socket, stallMs, () => socket.resetAndDestroy());
}

function later(socket: Socket, ms: number, act: () => void): void {
  const timer = setTimeout(act, ms);
  socket.once('close', () => clearTimeout(timer));
}
