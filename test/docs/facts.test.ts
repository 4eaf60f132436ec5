import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import { describeProgram } from '../../src/commands/program.js';
import { realContext } from '../../src/context.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { ROOT, run } from '../helpers/world.js';
import { DOCUMENTS, readDocument } from './pages.js';

/** All that users read. */
const README = DOCUMENTS.filter((name) => !name.startsWith('docs/providers'))
  .map(readDocument)
  .join('\n');
const page = (name: string) => readDocument(`docs/${name}.md`);

test.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  'what is assumed of %s is in the docs, and what its log needs',
  (name, { assumed, base, rate }) => {
    for (const fact of assumed) expect(page('reference/assumptions')).toContain(`- ${fact}\n`);
    const row =
      page('reference/products')
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\``)) ?? '';
    expect(row).toContain(base === undefined ? 'none' : `\`${base}\``);
    expect(README).toContain(`${rate.default} requests a minute`.replace('120 requests a minute', '120 for others'));
  },
);

/** Commands of other programs, to the end of the line or of the code. */
const OTHERS =
  /(?:systemctl|nats stream|aws s3|npm install|logger|node bench\/run\.mjs|vitest run|clickhouse client)\b[^`\n]*/g;

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
    for (const [name] of commands) helps.set(name, (await run(`${name} --help-all`)).stdout);
  });

  test('each is told of, in the docs or in the help of its command', () => {
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

  test('nor do the docs', () => {
    const ours = README.replace(OTHERS, '').replaceAll('`-- --quick`', '');
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
  return [...own, '--help', '--help-all'];
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
  const told = new Set([...page('reference/environment').matchAll(/\bAUDITLOG_[A-Z_]+/g)].map(([name]) => name));
  expect([...told].toSorted()).toEqual([...named].toSorted());
});

test('what it says when something does not work is what the program says', async () => {
  const [, table = ''] = /\n\| it says \| do \|\n([\s\S]*?)(?:\n\n|$)/.exec(page('howto/troubleshooting')) ?? [];
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
  const named = [...README.matchAll(/npm run (\w+(?::\w+)*)/g)].map(([, script]) => script);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  const install = readFileSync(join(ROOT, 'docs/howto/install.md'), 'utf8');
  expect(install).toContain(`./${name}-${version}.tgz`);
  expect(install).toContain(engines.node?.replace('>=', ''));
});
