import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeProgram } from '../src/commands/program.js';
import { realContext } from '../src/context.js';
import { ROOT } from './helpers/world.js';

/** What a reader is told to type, and where. A whole block of a document, or one line of a help. */
interface Sample {
  readonly from: string;
  readonly text: string;
}

const DOCUMENTS = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const inDocuments: readonly Sample[] = DOCUMENTS.flatMap((from) => {
  const text = readFileSync(join(ROOT, from), 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, language = '', block = '']) =>
    language === 'sh' || (language === '' && /^auditlog [a-z]/.test(block)) ? [block] : [],
  );
  const inline = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`(auditlog [a-z][^`]*)`/g)]
    .map(([, line = '']) => line)
    // What stands for something else, as in `auditlog collect NAME`, is not typed.
    .filter((line) => !/[A-Z]{3,}|…|\.\.\.|\[/.test(line));
  return [...blocks, ...inline].map((sample) => ({ from, text: sample }));
});

async function inHelp(): Promise<readonly Sample[]> {
  const program = await describeProgram(realContext());
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
  return all(program).flatMap((command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 400 });
    command.outputHelp();
    return [...help.matchAll(/^ {2}(.*auditlog .*)$/gm)]
      .map(([, line = '']) => line.split(/ {2,}/)[0] ?? '')
      .filter((line) => /^auditlog [a-z]|\| auditlog /.test(line) && !line.includes('<command>'))
      .map((text) => ({ from: `${command.name()} --help`, text }));
  });
}

/** The words of a line that is one command of ours, as a reader of the manual reads it; undefined for others. */
function wordsOf(line: string): readonly string[] | undefined {
  const plain = line.replace(/'[^']*'|"[^"]*"/g, '');
  if (!/^auditlog [a-z]/.test(line) || /[|<>&;$`\\\n]/.test(plain) || /"[^"]*[$`]/.test(line)) return undefined;
  return (line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []).map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}

/** The lines of ours in a sample, each without what it is piped or redirected to. */
function ownLines({ text }: Sample): readonly string[] {
  return text
    .split('\n')
    .map((line) => /^(?:[^'"|<>]|'[^']*'|"[^"]*")*/.exec(line)?.[0].trim() ?? '')
    .filter((line) => wordsOf(line) !== undefined);
}

/** As cmd.exe and the runtime of a program on Windows divide a line: only double quotes are quotes. Undefined: something in it is for cmd.exe. */
function cmdWords(line: string): readonly string[] | undefined {
  if (/[&|<>^%]/.test(line.replace(/"[^"]*"/g, '')) || /%\w+%/.test(line)) return undefined;
  return (line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

/** As PowerShell passes a line to a program. Undefined: something in it is for PowerShell, or it divides it in another way. */
function powerShellWords(line: string): readonly string[] | undefined {
  const plain = line.replace(/'[^']*'|"[^"]*"/g, 'x');
  if (/[`$;&|<>(){}]|(?:^|\s)[@#]|,\s|\s,/.test(plain) || /"[^"]*[$`]/.test(line)) return undefined;
  return (line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []).map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}

/** A script with a loop, which goes to a file: there, comments and marks mean less than at a prompt. */
const isScript = ({ text }: Sample) => /^#!|\bdone\b/m.test(text);

const found = (name: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
const SHELLS = ['bash', 'zsh'] as const;
const MISSING = new Set(SHELLS.filter((shell) => !found(shell)));

/** What shells say of a line that they read in another way than it was meant. */
const MISREAD =
  /no matches? found|bad (pattern|substitution)|parse error|syntax error|event not found|unmatched|unexpected|not found: #|\w+ not found$/m;

/** Reads a sample as typed at a prompt, in a folder without a file: each command becomes its words. */
async function read(shell: (typeof SHELLS)[number], sample: Sample, cwd: string) {
  const handler = shell === 'bash' ? 'command_not_found_handle' : 'command_not_found_handler';
  const script = [
    `${handler}() { printf '%s\\x1f' "$@" >&3; printf '\\x1e' >&3; }`,
    'PATH=/nowhere',
    // Builtins that would leave, or wait.
    'exit() { :; }; exec() { :; }',
    sample.text,
    '',
  ].join('\n');
  const options = { cwd, env: { PS1: '', PS2: '', RPS1: '', TERM: 'dumb', HOME: cwd }, timeout: 20_000 };
  const flags = shell === 'bash' ? ['--norc'] : ['-f'];
  const prompt = isScript(sample) ? [] : ['-i'];
  return new Promise<{ words: readonly string[][]; misread: string | undefined }>((resolve) => {
    const inner = `exec 3>&1 1>/dev/null; exec ${shell} ${[...flags, ...prompt].join(' ')}`;
    const child = execFile(
      pathOf('bash'),
      ['--norc', '-c', inner],
      { ...options, env: { ...options.env, PATH: process.env.PATH } },
      (_, stdout, stderr) => {
        const words = stdout.split('\x1e').flatMap((one) => (one === '' ? [] : [one.split('\x1f').slice(0, -1)]));
        resolve({ words, misread: MISREAD.exec(stderr)?.[0] });
      },
    );
    child.stdin?.end(script);
  });
}

function pathOf(name: string): string {
  const folder = (process.env.PATH ?? '').split(delimiter).find((one) => existsSync(join(one, name)));
  return join(folder ?? '', name);
}

/** Shells at one time. */
const ABREAST = 8;

let samples: readonly Sample[];
let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'auditlog-examples-'));
  // Files of the reader, which patterns in examples name.
  for (const path of ['date=2026-03-01/2026-03-01.ndjson.gz', 'spool/1']) {
    await mkdir(join(cwd, dirname(path)));
    await writeFile(join(cwd, path), '');
  }
  samples = [...inDocuments, ...(await inHelp())];
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

describe('every example', () => {
  for (const shell of SHELLS) {
    const isMissing = MISSING.has(shell);
    test.skipIf(isMissing)(
      `is read by ${shell} as it is meant${isMissing ? ` (skipped: no ${shell} here)` : ''}`,
      async () => {
        expect(samples.length).toBeGreaterThan(150);
        const wrong = [];
        for (let at = 0; at < samples.length; at += ABREAST) {
          const some = samples.slice(at, at + ABREAST);
          const seen = await Promise.all(some.map((sample) => read(shell, sample, cwd)));
          for (const [which, { words, misread }] of seen.entries()) {
            const sample = some[which]!;
            const meant = wordsOf(sample.text.trim());
            const isOther = meant !== undefined && JSON.stringify(words) !== JSON.stringify([meant]);
            if (misread !== undefined || words.flat().includes('#') || isOther)
              wrong.push({ ...sample, misread, words });
          }
        }
        expect(wrong).toEqual([]);
      },
    );
  }

  test.each([
    ['cmd.exe', cmdWords],
    ['PowerShell', powerShellWords],
  ] as const)('reaches the program from %s as it is meant', (_, wordsIn) => {
    const lines = samples.flatMap(ownLines);
    expect(lines.length).toBeGreaterThan(150);
    expect(lines.filter((line) => JSON.stringify(wordsIn(line)) !== JSON.stringify(wordsOf(line)))).toEqual([]);
  });
});
