import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeProgram } from '../src/commands/program.js';
import { realContext, Stopped } from '../src/context.js';
import { EXIT } from '../src/errors.js';
import { PROVIDERS } from '../src/providers/index.js';
import { COLUMN_NAMES } from '../src/view.js';
import { makeHome, ROOT, run, words } from './helpers/world.js';

/** The pages whose commands run one after the other, in this order. */
const PAGES = [
  'README.md',
  ...['connect', 'auditor', 'platform', 'troubleshooting'].map((name) => `docs/howto/${name}.md`),
  ...['filters', 'times', 'columns', 'formats', 'statistics', 'configuration', 'environment', 'exit-codes'].map(
    (name) => `docs/reference/${name}.md`,
  ),
  ...['assumptions', 'rate-limits', 'products'].map((name) => `docs/reference/${name}.md`),
];
const README = PAGES.map((page) => readFileSync(join(ROOT, page), 'utf8')).join('\n');

/** The lines of the blocks in that language. */
function fenced(language: string): readonly string[] {
  return [...README.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, named]) => named === language)
    .flatMap(([, , text = '']) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.trimStart()),
    );
}

/** Every `auditlog` line that a reader is told to type, in the order of the page. */
const LINES = [...fenced('sh').filter((line) => line.startsWith('auditlog '))];

/** What has no demo, as a key is asked for: its own tests run it. */
const NOT_RUN = ['auditlog auth login'];

/** The commands that ask an API, or the demo. */
const ASKING = ['list', 'show', 'export', 'stats', 'tail', 'doctor'];

/** What the shell would make of a line: the words of the program, and the file that its output goes to. */
function typed(line: string): { readonly argv: readonly string[]; readonly into: string | undefined } {
  const [alone = ''] = /^(?:"[^"]*"|'[^']*'|[^|>])*/.exec(line) ?? [];
  const argv = words(alone.trim()).slice(1);
  const elsewhere = ['--demo', '--input', '--base-url', '--profile'].some((flag) => argv.includes(flag));
  const demo = ASKING.includes(argv[0] ?? '') && !elsewhere ? ['--demo'] : [];
  return { argv: [...argv, ...demo], into: /^\s*>\s*(\S+)/.exec(line.slice(alone.length))?.[1] };
}

describe('every command of the README ends well, in the order of the page', () => {
  let home: string;
  beforeAll(async () => {
    home = await makeHome();
  });

  test.each(LINES.filter((line) => !NOT_RUN.includes(line)))('%s', async (line) => {
    const { argv, into } = typed(line);
    const stop = new AbortController();
    const { code, stdout, stderr } = await run(argv, {
      home,
      signal: stop.signal,
      // What goes on for ever is stopped as its reader would.
      onStderr: (text) => text.includes('Ctrl-C ends it') && stop.abort(new Stopped('SIGINT')),
    });
    if (into !== undefined) await writeFile(join(home, into), stdout);
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  test('and there are many', () => {
    expect(LINES.length).toBeGreaterThan(50);
  });
});

test('lines that are not run are lines of the README', () => {
  expect(LINES).toEqual(expect.arrayContaining(NOT_RUN));
});

test('the table of exit codes is that of the program', () => {
  const [, table = ''] = /# Exit codes\n\n([\s\S]*?)\n\n/.exec(README) ?? [];
  const codes = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
});

test('the columns are all named, in their order', () => {
  expect(README).toContain(`\`\`\`text\n${COLUMN_NAMES.join(' ')}\n\`\`\``);
});

test.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  'what is assumed of %s stands in the README, and what its log needs',
  (name, { assumed, base, rate }) => {
    for (const fact of assumed) expect(README).toContain(`- ${fact}\n`);
    const row = README.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
    expect(row).toContain(base === undefined ? 'none' : `\`${base}\``);
    expect(README).toContain(`${rate.default} requests a minute`.replace('120 requests a minute', '120 for others'));
  },
);

describe('flags', () => {
  let commands: readonly (readonly [name: string, command: Command])[];
  let flagsOf: ReadonlyMap<string, ReadonlySet<string>>;
  let all: ReadonlySet<string>;
  const helps = new Map<string, string>();

  beforeAll(async () => {
    const program = await describeProgram(realContext());
    commands = program.commands.filter((command) => !isHidden(command)).flatMap((command) => [...walk(command)]);
    flagsOf = new Map(commands.map(([name, command]) => [name, new Set([...longs(program), ...longs(command)])]));
    all = new Set([...flagsOf.values()].flatMap((flags) => [...flags]));
    for (const [name] of commands) helps.set(name, (await run(`${name} --help`)).stdout);
  });

  test('each is told of, in the README or in the help of its command', () => {
    const untold = commands.flatMap(([name, command]) =>
      longs(command)
        .filter((flag) => !command.options.some(({ long, hidden }) => long === flag && hidden))
        .filter((flag) => !tells(README, flag) && !tells(helps.get(name) ?? '', flag))
        .map((flag) => `${name} ${flag}`),
    );
    expect(untold).toEqual([]);
  });

  test('no help tells of one that does not exist', async () => {
    const help = [...helps.values(), (await run('--help')).stdout].join('\n');
    expect(unknownIn(help.split('\n'))).toEqual([]);
    for (const [name, own] of helps) {
      const listed = own.split('\n').flatMap((line) => /^ {2}(?:-\w, )?(--[\w-]+)/.exec(line)?.[1] ?? []);
      expect([...(flagsOf.get(name) ?? [])]).toEqual(expect.arrayContaining(listed));
    }
  });

  test('nor does the README', () => {
    const ours = README.replaceAll('vitest run --config', 'vitest run').replaceAll('clickhouse client --query', '');
    const lines = ours.split('\n');
    expect(unknownIn(lines.flatMap((line) => line.split(/(?=`auditlog )/)))).toEqual([]);
  });

  /** What stands in a line of a command must be a flag of that command; what stands elsewhere, of any. */
  function unknownIn(lines: readonly string[]): readonly string[] {
    return lines.flatMap((line) => {
      const [, command = ''] = /^[`\s]*(auditlog (?:'[^']*'|"[^"]*"|[^|>`\s]| (?! ))*)/.exec(line) ?? [];
      const words = command.split(' ').slice(1, 3);
      const known = flagsOf.get(words.join(' ')) ?? flagsOf.get(words[0] ?? '') ?? all;
      const wrong = (text: string, flags: ReadonlySet<string>) =>
        [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].filter(([flag]) => !flags.has(flag));
      const bad = [...wrong(command, known), ...(command === '' ? wrong(line, all) : [])];
      return bad.map(([flag]) => `${flag}: ${line}`);
    });
  }
});

function tells(text: string, flag: string): boolean {
  return new RegExp(`(?<![\\w-])${flag}(?![\\w-])`).test(text);
}

function* walk(command: Command, above = ''): Generator<readonly [string, Command]> {
  const name = `${above}${command.name()}`;
  yield [name, command];
  for (const below of command.commands) if (below.name() !== 'help') yield* walk(below, `${name} `);
}

function longs(command: Command): readonly string[] {
  const own = command.options.flatMap(({ long }) => (long == null ? [] : [long]));
  return [...own, '--help'];
}

function isHidden(command: Command): boolean {
  return (command as unknown as { readonly _hidden?: boolean })._hidden === true;
}

test('environment variables are told of, each of them and no other', async () => {
  const named = new Set<string>();
  for (const file of await readdir(join(ROOT, 'src'), { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    for (const [name] of (await readFile(join(ROOT, 'src', file), 'utf8')).matchAll(/\bAUDITLOG_[A-Z_]+/g))
      named.add(name);
  }
  const told = new Set([...README.matchAll(/\bAUDITLOG_[A-Z_]+/g)].map(([name]) => name));
  expect([...told].toSorted()).toEqual([...named].toSorted());
});

test('what it says when something does not work is what the program says', async () => {
  const [, table = ''] = /\n\| it says \| do \|\n([\s\S]*?)\n\n/.exec(README) ?? [];
  const said = [...table.matchAll(/^\| `([^`]+)`/gm)]
    .flatMap(([, text = '']) => text.split(/ ?\.\.\. ?/))
    .filter(Boolean);
  const files = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts'));
  const source = (await Promise.all(files.map((file) => readFile(join(ROOT, 'src', file), 'utf8')))).join('\n');
  expect(said.filter((text) => !source.includes(text))).toEqual([]);
  expect(said.length).toBeGreaterThan(5);
});

test('scripts and the name of the package are those of package.json', () => {
  const { name, version, scripts, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly scripts: Readonly<Record<string, string>>;
    readonly engines: Readonly<Record<string, string>>;
  };
  const named = [...README.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  const install = readFileSync(join(ROOT, 'docs/howto/install.md'), 'utf8');
  expect(install).toContain(`./${name}-${version}.tgz`);
  expect(install).toContain(engines.node?.replace('>=', ''));
});
