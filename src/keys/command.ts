import { spawn } from 'node:child_process';
import { childEnv } from '../context/children.js';
import { type AuditlogError, keyError, systemCode } from '../errors.js';
import type { KeyWorld } from './store.js';

/** Environment variables of password managers and secret stores: their addresses and credentials. */
const STORES =
  /^(?:VAULT_|BAO_|AWS_|AZURE_|GOOGLE_|CLOUDSDK_|GCLOUD_|OP_|BW_|BWS_|DOPPLER_|INFISICAL_|PASSWORD_STORE_|GPG_TTY$|GNUPGHOME$|GOPASS_|KUBECONFIG$|KUBERNETES_|SOPS_|CREDENTIALS_DIRECTORY$|DBUS_SESSION_BUS_ADDRESS$|XDG_RUNTIME_DIR$|SSH_AUTH_SOCK$|SSL_CERT_|NODE_EXTRA_CA_CERTS$|https?_proxy$|HTTPS?_PROXY$|no_proxy$|NO_PROXY$)/;

/** How long to wait, ms: a store may ask its owner. */
const LONGEST = 120_000;
const MOST = 65_536;

/**
 * The output of a command that prints a secret, as configured by `$NAME`. Starts it without a shell, with the variables that such programs need.
 * Never shows the command or its output. Rejects with a `keyError`, or with the signal's reason when stopped.
 */
export async function secretFromCommand(world: KeyWorld, command: string, name: string): Promise<string> {
  const [program = '', ...args] = wordsOf(command, world.platform !== 'win32');
  if (program === '') throw keyError(`$${name} names no program`, `Example: ${name}="pass show auditlog"`);
  world.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: world.cwd,
      env: childEnv(world.env, STORES),
      shell: false,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const settle = (work: () => void) => {
      clearTimeout(timer);
      world.signal.removeEventListener('abort', stop);
      work();
    };
    // A process started by the command may keep running: its output is discarded, and we do not wait for it.
    const end = (reason: unknown) => {
      child.kill();
      child.stdout.destroy();
      settle(() => reject(reason));
    };
    const stop = () => end(world.signal.reason);
    const timer = setTimeout(() => end(failed(name, `has not ended after ${LONGEST / 1000} s`)), LONGEST);
    world.signal.addEventListener('abort', stop, { once: true });
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST) chunks.push(chunk);
      else end(failed(name, 'prints too much to be a key'));
    });
    child.once('error', (error) => settle(() => reject(failed(name, `cannot be started (${systemCode(error)})`))));
    child.once('close', (code, signal) =>
      settle(() => {
        if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(failed(name, `failed (${code === null ? signal : `exit code ${code}`})`));
      }),
    );
  });
}

function failed(name: string, how: string): AuditlogError {
  return keyError(
    `the command in $${name} ${how}`,
    'Run it yourself: it must print only the key. It runs without a shell, so $ and | have no effect',
  );
}

/** The words of a command line: quotes keep words together, and a backslash escapes the next character if `escapes` is set. */
function wordsOf(command: string, escapes: boolean): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < command.length; at += 1) {
    const char = command[at]!;
    if (escapes && char === '\\' && quote !== "'" && at + 1 < command.length) {
      at += 1;
      word = (word ?? '') + command[at];
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
      word ??= '';
    } else if (char === quote) quote = '';
    else if (quote === '' && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  return word === undefined ? words : [...words, word];
}
