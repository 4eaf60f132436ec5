import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, untilListening } from './port.js';

/** A cluster of three nats-servers with JetStream, whose streams have three replicas. */
export interface Nats {
  /** For NATS_URL: of each server. */
  readonly urls: readonly string[];
  /** Makes a stream, and forgets what its name held before. */
  addStream(name: string, subjects: readonly string[], duplicateWindow: number): Promise<void>;
  /** The messages of a stream, in its order. */
  messages(name: string): Promise<readonly string[]>;
  /** Ends one server at once. */
  kill(at: number): Promise<void>;
  close(): Promise<void>;
}

export async function startNats(): Promise<Nats> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlog-nats-'));
  const ports = [await freePort(), await freePort(), await freePort()];
  const routes = [await freePort(), await freePort(), await freePort()];
  const children: ChildProcess[] = ports.map((port, at) => {
    const own = ['-a', '127.0.0.1', '-p', String(port), '-n', `node${at}`, '-js', '-sd', join(folder, `node${at}`)];
    const cluster = ['--cluster_name', 'test', '--cluster', `nats://127.0.0.1:${routes[at]}`];
    const others = ['--routes', routes.map((route) => `nats://127.0.0.1:${route}`).join(',')];
    return spawn('nats-server', [...own, ...cluster, ...others], { stdio: 'ignore' });
  });
  for (const port of ports) await untilListening(port, 'nats-server');
  const alive = new Set(ports);

  /** Asks until the cluster has a leader that answers. */
  const ask = async (subject: string, body: object): Promise<Record<string, unknown>> => {
    for (let tries = 0; ; tries += 1) {
      const [port = 0] = alive;
      const answer = await request(port, subject, JSON.stringify(body));
      const error = answer?.error as { readonly code?: number; readonly description?: string } | undefined;
      if (answer !== undefined && error === undefined) return answer;
      if (error !== undefined && error.code !== 503) throw new Error(error.description);
      if (tries > 100) throw new Error('the cluster has no leader');
      await delay(100);
    }
  };

  const kill = async (at: number) => {
    const child = children[at]!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    alive.delete(ports[at]!);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };

  return {
    urls: ports.map((port) => `nats://127.0.0.1:${port}`),
    async addStream(name, subjects, duplicateWindow) {
      await ask(`$JS.API.STREAM.DELETE.${name}`, {}).catch(() => undefined);
      const keeps = { storage: 'file', retention: 'limits', discard: 'old', num_replicas: 3 };
      const limits = { max_consumers: -1, max_msgs: -1, max_bytes: -1, max_age: 0 };
      await ask(`$JS.API.STREAM.CREATE.${name}`, {
        name,
        subjects,
        ...keeps,
        ...limits,
        duplicate_window: duplicateWindow * 1e6,
      });
    },
    async messages(name) {
      const { state } = (await ask(`$JS.API.STREAM.INFO.${name}`, {})) as { state: { messages: number } };
      const found: string[] = [];
      for (let seq = 1; found.length < state.messages; seq += 1) {
        const { message } = (await ask(`$JS.API.STREAM.MSG.GET.${name}`, { seq })) as { message: { data: string } };
        found.push(Buffer.from(message.data, 'base64').toString());
      }
      return found;
    },
    kill,
    async close() {
      for (const at of children.keys()) await kill(at);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One request over a connection of its own; undefined when nobody answers. */
function request(port: number, subject: string, body: string): Promise<Record<string, unknown> | undefined> {
  return new Promise((resolve) => {
    let told = '';
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: Record<string, unknown> | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle(undefined), 3000);
    socket.on('error', () => settle(undefined));
    socket.on('close', () => settle(undefined));
    socket.once('data', () => {
      socket.write('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB answer 1\r\n');
      socket.write(`PUB ${subject} answer ${Buffer.byteLength(body)}\r\n${body}\r\n`);
      socket.on('data', (bytes: Buffer) => {
        told += bytes.toString('latin1');
        if (told.includes('HMSG')) settle(undefined);
        const found = /MSG answer 1 (\d+)\r\n/.exec(told);
        const from = found === null ? 0 : found.index + found[0].length;
        if (found === null || told.length < from + Number(found[1]) + 2) return;
        settle(JSON.parse(Buffer.from(told.slice(from, from + Number(found[1])), 'latin1').toString()));
      });
    });
  });
}
