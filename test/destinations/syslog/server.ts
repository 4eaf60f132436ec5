import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { later } from '../../http/asking.js';

/** What a receiver does with a connection: reads to the end and closes, closes at once, never closes, reads slowly, or cuts it after some bytes. */
export type Manner = 'read' | 'close' | 'open' | 'slow' | { readonly cutAfter: number };

export interface SyslogServer {
  readonly host: string;
  /** The messages read, in order, without their frames. */
  readonly messages: string[];
  readonly connections: () => number;
  /** Called for each connection, with its number from 0. */
  manner: (at: number) => Manner;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A receiver of octet-counted frames on a loopback port, with TLS if it gets a key and certificate. Keeps what it has read, also from a broken connection. */
export async function startSyslog(pem?: Buffer): Promise<SyslogServer> {
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  let connections = 0;

  const receive = (socket: Socket) => {
    const manner = receiver.manner(connections);
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (manner === 'close') return void socket.end();
    let rest: Buffer = Buffer.alloc(0);
    let size = 0;
    socket.on('data', (bytes: Buffer) => {
      size += bytes.length;
      rest = takeFrames(Buffer.concat([rest, bytes]), messages);
      if (typeof manner === 'object' && size > manner.cutAfter) socket.resetAndDestroy();
      if (manner !== 'slow') return;
      socket.pause();
      setTimeout(() => socket.resume(), 5);
    });
    socket.on('end', () => {
      if (rest.length > 0) messages.push(`CUT: ${rest.toString()}`);
      if (manner !== 'open') socket.end();
    });
  };

  const receiver: SyslogServer & { host: string } = {
    host: '',
    messages,
    connections: () => connections,
    manner: () => 'read',
    async stop() {
      const stopping = server;
      server = undefined;
      // The socket under TLS last.
      for (const socket of [...sockets].reverse()) socket.destroy();
      if (stopping !== undefined) await new Promise((resolve) => stopping.close(resolve));
    },
    async start() {
      const starting =
        pem === undefined
          ? createServer({ allowHalfOpen: true }, receive)
          : createSecureServer({ key: pem, cert: pem, allowHalfOpen: true } as object, receive);
      starting.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
      });
      starting.on('tlsClientError', (_: Error, socket: Socket) => socket.destroy());
      await new Promise<void>((resolve) => starting.listen(port, '127.0.0.1', resolve));
      port = (starting.address() as AddressInfo).port;
      receiver.host = `localhost:${port}`;
      server = starting;
    },
  };
  await receiver.start();
  later(() => receiver.stop());
  return receiver;
}

/** Moves whole frames into `messages`. Gives the rest. */
function takeFrames(bytes: Buffer, messages: string[]): Buffer {
  let at = 0;
  for (;;) {
    const blank = bytes.indexOf(0x20, at);
    const length = blank < 0 ? Number.NaN : Number(bytes.toString('latin1', at, blank));
    if (blank >= 0 && !Number.isSafeInteger(length)) throw new Error('a frame does not begin with its length');
    if (blank < 0 || bytes.length < blank + 1 + length) return bytes.subarray(at);
    messages.push(bytes.toString('utf8', blank + 1, blank + 1 + length));
    at = blank + 1 + length;
  }
}
