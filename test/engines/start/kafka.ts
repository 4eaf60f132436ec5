import { spawn } from 'node:child_process';
import { output } from '../engine.js';

/** Three brokers that speak Kafka's protocol and keep messages in memory: librdkafka's own mock cluster, inside of a kcat that waits. */
export interface Kafka {
  /** For `kcat -b`. */
  readonly brokers: string;
  /** Every message of a topic, as key and value. */
  messages(topic: string): Promise<readonly (readonly [key: string, value: string])[]>;
  close(): Promise<void>;
}

export async function startKafka(): Promise<Kafka> {
  const mock = ['-b', 'mock', '-t', 'none', '-X', 'test.mock.num.brokers=3', '-d', 'mock'];
  const child = spawn('kcat', ['-P', ...mock], { stdio: ['pipe', 'ignore', 'pipe'] });
  const brokers = await new Promise<string>((resolve, reject) => {
    let told = '';
    child.stderr.on('data', (bytes: Buffer) => {
      told = `${told}${bytes.toString()}`.slice(0, 10_000);
      const found = /bootstrap\.servers=(\S+)/.exec(told)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`kcat did not start a mock cluster: ${told}`)));
  });
  return {
    brokers,
    async messages(topic) {
      const text = await output('kcat', ['-C', '-b', brokers, '-t', topic, '-e', '-q', '-f', '%k\t%s\n']);
      const lines = text.split('\n').slice(0, -1);
      return lines.map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)] as const);
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
