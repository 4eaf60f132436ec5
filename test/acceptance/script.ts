import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Stopped } from '../../src/context.js';
import { makeHome, NOW, type Ran, run, words } from '../helpers/world.js';

/** A script of acceptance: its lines, with their numbers, and the files that it begins with. */
export interface Script {
  readonly lines: readonly { readonly number: number; readonly text: string }[];
  readonly files: ReadonlyMap<string, string>;
}

/** What a script has done so far. */
interface State {
  readonly home: string;
  now: number;
  tty: number | undefined;
  readonly env: Record<string, string>;
  stdin: string;
  readonly named: Map<string, string>;
  ran: Ran | undefined;
}

/** Lines, and after them files, each below a line `-- name --`. Empty lines and those that begin with # say nothing. */
export function parseScript(text: string): Script {
  const [steps = '', ...rest] = text.split(/^-- (.+) --\n/m);
  const files = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 2) files.set(rest[at]!, rest[at + 1] ?? '');
  const lines = steps
    .split('\n')
    .map((line, at) => ({ number: at + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
  return { lines, files };
}

/** Runs a script in a fresh folder. Throws with the number of the line that fails, and with what was printed. */
export async function runScript({ lines, files }: Script): Promise<void> {
  const state: State = {
    home: await makeHome(),
    now: NOW,
    tty: undefined,
    env: {},
    stdin: '',
    named: new Map(),
    ran: undefined,
  };
  for (const [name, text] of files) {
    await mkdir(dirname(join(state.home, name)), { recursive: true });
    await writeFile(join(state.home, name), text);
  }
  for (const { number, text } of lines) {
    const fault = await step(state, text);
    if (fault === undefined) continue;
    const { code, stdout, stderr } = state.ran ?? { code: '-', stdout: '', stderr: '' };
    throw new Error(`line ${number}: ${text}\n${fault}\nexit ${code}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
  }
}

/** Does what a line says; the fault if it is not so. */
async function step(state: State, text: string): Promise<string | undefined> {
  const isNot = text.startsWith('! ');
  const filled = text.replace(/\$(\w+)/g, (whole, name: string) => state.named.get(name) ?? whole);
  const [verb = '', ...rest] = words(isNot ? filled.slice(2) : filled);
  const [first = '', second = '', third = ''] = rest;
  if (verb === 'exec') {
    state.ran = await execute(state, rest);
    return (state.ran.code === 0) === isNot ? `expected ${isNot ? 'an error' : 'exit 0'}` : undefined;
  }
  const verdict = checked(state, verb, first, second);
  if (verdict !== undefined) return verdict === isNot ? `is ${isNot ? '' : 'not '}so` : undefined;
  if (verb === 'tty') state.tty = first === 'off' ? undefined : Number(first);
  else if (verb === 'now') state.now = Date.parse(first);
  else if (verb === 'env') state.env[first.slice(0, first.indexOf('='))] = first.slice(first.indexOf('=') + 1);
  else if (verb === 'stdin') state.stdin = contents(state, first);
  else if (verb === 'let') state.named.set(first, new RegExp(second).exec(contents(state, third))?.[1] ?? '');
  else return `no such word: ${verb}`;
  return undefined;
}

/** Whether it is as the line says; undefined for lines that say nothing of what was printed. */
function checked(state: State, verb: string, first: string, second: string): boolean | undefined {
  switch (verb) {
    case 'stdout':
    case 'stderr':
      return new RegExp(first, 'm').test(contents(state, verb));
    case 'grep':
      return new RegExp(first, 'm').test(contents(state, second));
    case 'exit':
      return state.ran?.code === Number(first);
    case 'exists':
      return existsSync(join(state.home, first));
    case 'lines':
      return contents(state, first).split('\n').length - 1 === Number(second);
    case 'widest':
      return (
        Math.max(
          ...contents(state, first)
            .split('\n')
            .map((line) => plain(line).length),
        ) <= Number(second)
      );
    case 'cmp':
      return contents(state, first) === contents(state, second);
    default:
      return undefined;
  }
}

function contents(state: State, name: string): string {
  if (name === 'stdout' || name === 'stderr') return state.ran?.[name] ?? '';
  return readFileSync(join(state.home, name), 'utf8');
}

/** Without colours, and marks of direction. */
function plain(text: string): string {
  return text.replace(/\x1b\[[\d;]*[a-zA-Z]|[\u2066-\u2069]/g, '');
}

async function execute(state: State, argv: readonly string[]): Promise<Ran> {
  const [program, ...line] = argv;
  if (program !== 'auditlog') throw new Error(`a script runs auditlog, not ${program}`);
  const into = line.at(-2) === '>' ? line.at(-1) : undefined;
  const stop = new AbortController();
  const ran = await run(into === undefined ? line : line.slice(0, -2), {
    home: state.home,
    env: { CI: '1', ...state.env },
    stdin: state.stdin,
    signal: stop.signal,
    clock: {
      now: () => state.now,
      monotonic: () => performance.now(),
      sleep: async (_, signal) => signal?.throwIfAborted(),
    },
    ...(state.tty !== undefined && { tty: { columns: state.tty, rows: 1000 } }),
    // What goes on for ever is stopped once it waits.
    onStderr: (text) => text.includes('Ctrl-C') && stop.abort(new Stopped('SIGINT')),
  });
  if (into !== undefined) await writeFile(join(state.home, into), ran.stdout);
  return ran;
}
