import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { explanationOf } from '../../src/commands/help.js';
import { describeProgram } from '../../src/commands/program.js';
import { TOPICS } from '../../src/commands/topics/index.js';
import { topicMarkdown } from '../../src/commands/topics/topic.js';
import { realContext } from '../../src/context.js';
import { makeHome, run } from '../helpers/world.js';

const commands = [...walk(await describeProgram(realContext()))];

function* walk(command: Command): Generator<Command> {
  yield command;
  for (const below of command.commands) if (below.name() !== 'help') yield* walk(below);
}

function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)}${command.name()} `;
}

const CORE = ['list', 'show', 'export', 'tail', 'stats', 'collect'];

describe('help in two depths', () => {
  test('--help of a large command has examples and the common flags; --help-all has every flag', async () => {
    for (const name of CORE) {
      const short = (await run(`${name} --help`)).stdout;
      const all = (await run(`${name} --help-all`)).stdout;
      const command = commands.find((one) => one.name() === name)!;
      const longs = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long!);
      const listed = (text: string) => longs.filter((long) => new RegExp(`^ {2}(?:-\\w, )?${long}\\b`, 'm').test(text));
      expect(listed(all), name).toEqual(longs);
      expect(listed(short).sort(), name).toEqual(
        [...explanationOf(command)!.common!].filter((one) => longs.includes(one)).sort(),
      );
      expect(listed(short).length, name).toBeLessThan(16);
      expect(short.split('\n').length, name).toBeLessThanOrEqual(50);
      expect(short, name).toContain(`Every flag: auditlog ${name} --help-all`);
      expect(short, name).toMatch(/^Read on: {4}auditlog help filters/m);
      expect(all, name).toContain('--debug');
    }
  });

  test('what is named in help exists: common flags, topics', () => {
    for (const command of commands) {
      const { common = [], topics = [] } = explanationOf(command) ?? {};
      const longs = command.options.map(({ long }) => long);
      expect(
        common.filter((name) => !longs.includes(name)),
        pathOf(command),
      ).toEqual([]);
      expect(
        topics.filter((name) => TOPICS.every((topic) => topic.name !== name)),
        pathOf(command),
      ).toEqual([]);
    }
  });

  test('every command has a sentence and an example', () => {
    const bare = commands.filter((one) => one.parent !== null && explanationOf(one)?.examples[0] === undefined);
    expect(bare.map(pathOf)).toEqual([]);
  });

  test('the help of the program groups its commands', async () => {
    const { stdout } = await run('--help');
    const headings = [...stdout.matchAll(/^([A-Z][a-z ]+):$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Examples',
      'Look at events',
      'Export events',
      'Watch and collect',
      'Verify',
      'Set up',
      'Flags of every command',
    ]);
    expect((await run('--help-all')).stdout).toBe(stdout);
  });

  test('a terminal with fewer rows than the help gets it through the pager, a pipe never does', async () => {
    const home = await makeHome();
    const env = { AUDITLOG_PAGER: 'cat >/dev/null', PATH: process.env.PATH };
    const piped = await run('list --help', { env, home });
    expect(piped.stdout).toContain('Usage: auditlog list');
    // The pager writes to the real terminal: nothing of it arrives here.
    const small = await run('list --help', { env, home, tty: { columns: 80, rows: 10 } });
    expect(small).toEqual({ code: 0, stdout: '', stderr: '' });
    const large = await run('list --help', { env, home, tty: { columns: 80, rows: 100 } });
    expect(large.stdout).toBe(piped.stdout);
    const program = await run('--help', { env, home, tty: { columns: 80, rows: 10 } });
    expect(program.stdout).toBe('');
  });
});

describe('flags that a vendor does not have', () => {
  test.each([
    ['--provider okta', ['--assistant', '--tenant', '--org'], ['--user', '--country', '--var']],
    ['--provider=github', ['--var', '--token-url', '--workflow'], ['--org', '--user']],
    ['--provider rpawatch', ['--assistant'], ['--account', '--tenant']],
    ['', [], ['--assistant', '--tenant', '--org', '--var', '--token-url']],
    ['--provider nobody', [], ['--assistant', '--tenant']],
  ])('list %s --help-all leaves them out', async (vendor, without, having) => {
    const { code, stdout } = await run(`list ${vendor} --help-all`);
    expect(code).toBe(0);
    const listed = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
    expect(listed).toEqual(expect.arrayContaining(having));
    expect(without.filter((flag) => listed.includes(flag))).toEqual([]);
    if (without.length > 0) expect(stdout.replaceAll('\n', ' ')).toMatch(/Not for (Okta|GitHub|RPAWatch)[^:]*: .*--/);
    const completed = await run(['complete', '=--', '--', 'list', ...vendor.split(' ').filter(Boolean)]);
    const offered = completed.stdout.split('\n').map((line) => line.split('\t')[0] ?? '');
    expect(offered).toEqual(expect.arrayContaining(having));
    expect(without.filter((flag) => offered.includes(flag))).toEqual([]);
  });

  test('those of the profile, the environment and a file count, too', async () => {
    const home = await makeHome();
    await run('profile add eu --provider okta --var tenant=acme', { home });
    for (const line of ['list --profile eu --help-all', 'help list --profile eu --help-all'])
      expect((await run(line, { home })).stdout, line).toContain('Not for Okta: ');
    expect((await run('list --help-all', { env: { AUDITLOG_PROVIDER: 'okta' } })).stdout).toContain('Not for Okta: ');
  });

  test('using one is an error that says what the vendor has', async () => {
    const { code, stderr } = await run('list --demo --provider okta --tenant x');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: --tenant does not apply to Okta: its entries have no tenant\nOkta has: --action, .*--user, .*--country, --ip, --search$/m,
    );
  });
});

describe('auditlog help', () => {
  test('topics lists them, and each is printed within 80 columns', async () => {
    const { stdout } = await run('help topics');
    for (const { name } of TOPICS) {
      expect(stdout).toContain(`auditlog help ${name}`);
      const { code, stdout: text } = await run(`help ${name}`);
      expect(code).toBe(0);
      expect(Math.max(...text.split('\n').map((line) => line.length)), name).toBeLessThanOrEqual(80);
    }
  });

  test('every term of a topic is in its text and in its Markdown', () => {
    for (const topic of TOPICS)
      for (const [term, meaning] of topic.tables.flatMap(({ rows }) => rows)) {
        const row = topicMarkdown(topic)
          .split('\n')
          .find((line) => line.startsWith(`| \`${term.split(', ')[0]}\``));
        expect(row, term).toContain(meaning);
      }
  });

  test.each([
    ['help tims', 'error: no help for "tims"\nDid you mean: auditlog help times\nSee: auditlog help topics\n'],
    ['help qqqq', 'error: no help for "qqqq"\nSee: auditlog help topics\n'],
  ])('%s', async (line, stderr) => {
    expect(await run(line)).toEqual({ code: 2, stdout: '', stderr });
  });

  test('of a subcommand is its --help', async () => {
    expect((await run('help auth login')).stdout).toBe((await run('auth login --help')).stdout);
  });
});
