import { Agent, request as forward } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { listen } from '../http/asking.js';

/** How an answer says where it ends. `until closed`: with the connection, so that only its own form shows whether it is whole. */
export const FRAMINGS = ['content-length', 'chunked', 'gzip', 'gzip, chunked', 'until closed'] as const;
export type Framing = (typeof FRAMINGS)[number];

/** An answer as it is put on the wire. */
export interface Wired {
  readonly path: string;
  readonly method: string;
  /** Bytes of its headers, and of all of it. */
  readonly head: number;
  readonly length: number;
}

/** Something between a client and a server that cuts answers at a byte. */
export interface Cutter {
  readonly host: string;
  framing: Framing;
  /** Gives the bytes that are left of an answer of so many; undefined: all of them. */
  cut: (answer: Wired) => number | undefined;
}

/** Stopped after the test. */
export async function startCutter(host: string): Promise<Cutter> {
  const agent = new Agent({ keepAlive: true });
  const cutter: Cutter & { host: string } = {
    host: '',
    framing: 'content-length',
    cut: () => undefined,
  };
  const serve = async (socket: Socket): Promise<void> => {
    for await (const asked of requestsOf(socket)) {
      const answer = await answerOf(asked, { host, agent });
      const bytes = framed(asked, answer, cutter.framing);
      const left = cutter.cut({
        path: asked.path,
        method: asked.method,
        head: bytes.indexOf('\r\n\r\n'),
        length: bytes.length,
      });
      socket.write(bytes.subarray(0, left));
      // An end of both kinds: in good order, and by a reset once the bytes were read.
      if (left !== undefined && left % 2 === 0) setTimeout(() => socket.resetAndDestroy(), 1);
      else if (left !== undefined || cutter.framing === 'until closed') socket.end();
      if (left !== undefined || cutter.framing === 'until closed') return;
    }
  };
  const server = createServer((socket) => void serve(socket).catch(() => socket.destroy()));
  cutter.host = (await listen(server)).host;
  return cutter;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

async function* requestsOf(socket: Socket): AsyncGenerator<Asked, void> {
  let bytes: Buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) continue;
    const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => [line.split(':')[0]!, line.replace(/^[^:]*:\s*/, '')]));
    const length = Number(headers['content-length'] ?? 0);
    if (bytes.length < end + 4 + length) continue;
    const [method = '', path = ''] = first.split(' ');
    const body = bytes.subarray(end + 4, end + 4 + length);
    bytes = bytes.subarray(end + 4 + length);
    yield { method, path, headers, body };
  }
}

interface Answered {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Headers of the server that matter to somebody. */
const KEPT: ReadonlySet<string> = new Set(['etag', 'x-amz-meta-sha256', 'x-clickhouse-exception-code']);

function answerOf(asked: Asked, { host, agent }: { readonly host: string; readonly agent: Agent }): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const [name, port] = host.split(':');
    const options = { host: name, port, agent, method: asked.method, path: asked.path, headers: asked.headers };
    const sent = forward(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const headers = Object.entries(response.headers).flatMap(([key, value]) =>
          KEPT.has(key) ? [`${key}: ${String(value)}`] : [],
        );
        const length = response.headers['content-length'];
        if (asked.method === 'HEAD' && length !== undefined) headers.push(`content-length: ${length}`);
        resolve({ status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end(asked.body);
  });
}

function framed({ method }: Asked, { status, headers, body }: Answered, framing: Framing): Buffer {
  const start = [`HTTP/1.1 ${status} x`, ...headers];
  const head = (...more: readonly string[]) => Buffer.from([...start, ...more, '', ''].join('\r\n'));
  if (method === 'HEAD' || status === 204) return head();
  const isPacked = framing.startsWith('gzip') && body.length > 0;
  const sent = isPacked ? gzipSync(body) : body;
  const encoding = isPacked ? ['content-encoding: gzip'] : [];
  if (framing === 'until closed') return Buffer.concat([head('connection: close'), sent]);
  if (!framing.endsWith('chunked')) return Buffer.concat([head(...encoding, `content-length: ${sent.length}`), sent]);
  const middle = Math.floor(sent.length / 2);
  const chunks = [sent.subarray(0, middle), sent.subarray(middle)].filter(({ length }) => length > 0);
  return Buffer.concat([
    head(...encoding, 'transfer-encoding: chunked'),
    ...chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ]);
}
