import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, untilListening } from './port.js';

const run = promisify(execFile);

/** A rsyslogd of Debian's that takes octet-counted messages over TLS on loopback, with a certificate of its own authority, and writes each as a line of a file. */
export interface Rsyslog {
  /** `localhost:PORT`; its certificate is for that name. */
  readonly host: string;
  /** The authority's certificate: for NODE_EXTRA_CA_CERTS. */
  readonly ca: string;
  /** Messages as they were received, without the frames. */
  messages(): Promise<readonly string[]>;
  /** How many messages the file has, and how many bytes. */
  size(): Promise<{ readonly messages: number; readonly bytes: number }>;
  /** Ends it as an administrator would: what it has accepted, it writes. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface RsyslogOptions {
  /** The longest message that it takes whole, such as `256k`. */
  readonly maxMessageSize: string;
}

export async function startRsyslog({ maxMessageSize }: RsyslogOptions): Promise<Rsyslog> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlog-rsyslog-'));
  await makeCertificates(folder);
  const port = await freePort();
  const configuration = [
    `global(workDirectory="${folder}" maxMessageSize="${maxMessageSize}"`,
    '  defaultNetstreamDriver="gtls"',
    `  defaultNetstreamDriverCAFile="${folder}/ca.pem"`,
    `  defaultNetstreamDriverCertFile="${folder}/server.pem"`,
    `  defaultNetstreamDriverKeyFile="${folder}/server.key")`,
    // Written to disk when it is stopped before it is empty.
    'main_queue(queue.type="LinkedList" queue.filename="main" queue.saveOnShutdown="on")',
    'module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")',
    `input(type="imtcp" port="${port}" address="127.0.0.1")`,
    'template(name="whole" type="string" string="%rawmsg%\\n")',
    `action(type="omfile" file="${folder}/messages" template="whole")`,
    '',
  ].join('\n');
  await writeFile(join(folder, 'rsyslog.conf'), configuration);
  let child: ChildProcess | undefined;

  const rsyslog: Rsyslog = {
    host: `localhost:${port}`,
    ca: join(folder, 'ca.pem'),
    async messages() {
      const text = await readFile(join(folder, 'messages'), 'utf8').catch(() => '');
      return text.split('\n').slice(0, -1);
    },
    async size() {
      const { stdout } = await run('wc', ['-l', '-c', join(folder, 'messages')]).catch(() => ({ stdout: '' }));
      const [messages = 0, bytes = 0] = stdout.trim().split(/\s+/).map(Number);
      return { messages, bytes };
    },
    async start() {
      child = spawn('rsyslogd', ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')], {
        stdio: 'ignore',
      });
      await untilListening(port, 'rsyslogd');
    },
    async stop() {
      const stopping = child;
      child = undefined;
      if (stopping === undefined) return;
      const ended = new Promise((resolve) => stopping.once('exit', resolve));
      stopping.kill('SIGTERM');
      await ended;
    },
    async close() {
      await rsyslog.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await rsyslog.start();
  return rsyslog;
}

/** An authority, and a certificate of it for `localhost`. */
async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const key = ['-newkey', 'rsa:2048', '-nodes', '-sha256'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    '/CN=Test Authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  await openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:localhost\n');
  const sign = [
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
  ];
  await openssl(...sign, '-extfile', 'names', '-out', 'server.pem');
}
