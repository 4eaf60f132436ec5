import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { SHELLS } from '../../../src/commands/completion/shells.js';
import { makeHome, ROOT, run } from '../../helpers/world.js';

/** What is offered for the last word of a line, after the others. */
async function offered(line: string, env: Record<string, string> = {}, home?: string): Promise<string[]> {
  const words = line.split(' ').slice(1);
  const current = words.pop() ?? '';
  const { code, stdout } = await run(['complete', `=${current}`, '--', ...words], {
    env,
    ...(home === undefined ? {} : { home }),
  });
  expect(code).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((one) => one.split('\t')[0] ?? '');
}

describe('completion', () => {
  test('offers commands, but not those that only scripts use', async () => {
    const commands = await offered('auditlog ');
    expect(commands).toEqual(
      expect.arrayContaining(['list', 'export', 'actions', 'auth', 'profile', 'config', 'demo']),
    );
    expect(commands).not.toContain('complete');
    expect(await offered('auditlog ex')).toEqual(['export', ':none']);
  });

  test('offers subcommands', async () => {
    expect(await offered('auditlog auth log')).toEqual(['login', 'logout', ':none']);
  });

  test('offers the flags of the command and those that work everywhere, also under its alias', async () => {
    expect(await offered('auditlog list --no')).toEqual(
      expect.arrayContaining(['--not-action', '--not-user', '--no-pager', '--no-color', '--no-input']),
    );
    expect(await offered('auditlog ls --deb')).toEqual(['--debug', ':none']);
  });

  test('offers actions with their labels', async () => {
    const { stdout } = await run(['complete', '=member.', '--', 'list', '--action']);
    expect(stdout).toBe(
      [
        'member.invited\tMember Invited',
        'member.joined\tMember Joined',
        'member.removed\tMember Removed',
        'member.left\tMember Left',
        'member.role_changed\tMember Role Changed',
        ':none\n',
      ].join('\n'),
    );
  });

  test('offers the schemes of destinations', async () => {
    const begin = [
      'clickhouse://\tclickhouse://host/database.table',
      'clickhouse+http://\tclickhouse://host/database.table',
    ];
    const check = await run(['complete', '=cl', '--', 'destination', 'check']);
    expect(check.stdout).toBe([...begin, ':none\n'].join('\n'));
    const dest = await run(['complete', '=cl', '--', 'collect', 'prod', '--dest']);
    expect(dest.stdout).toBe([...begin, ':files\n'].join('\n'));
  });

  test('offers the next of several actions, without those already chosen', async () => {
    expect(await offered('auditlog list --action member.left,member.r')).toEqual([
      'member.left,member.removed',
      'member.left,member.role_changed',
      ':none',
    ]);
    expect(await offered('auditlog list --action member.removed,member.re')).toEqual([':none']);
  });

  test('offers a value after an equals sign as the whole word', async () => {
    expect(await offered('auditlog list --format=nd')).toEqual(['--format=ndjson', ':none']);
  });

  test('offers formats, columns, providers, times and zones', async () => {
    expect(await offered('auditlog list -f ')).toEqual(['table', 'json', 'ndjson', 'csv', 'xlsx', 'parquet', ':none']);
    expect(await offered('auditlog list --columns time,actor.e')).toEqual(['time,actor.email', ':none']);
    expect(await offered('auditlog list --provider in')).toEqual(['invent', ':files']);
    expect(await offered('auditlog list --category me')).toEqual(['members', ':none']);
    expect(await offered('auditlog list --kind create,up')).toEqual(['create,update', ':none']);
    expect(await offered('auditlog list --from last')).toEqual([
      'last-week',
      'last-month',
      'last-quarter',
      'last-year',
      ':none',
    ]);
    expect(await offered('auditlog list --tz Europe/Par')).toEqual(['Europe/Paris', ':none']);
  });

  test('offers saved profiles', async () => {
    const home = await makeHome();
    await run('profile add acme --base-url https://api.acme.example', { home });
    expect(await offered('auditlog list --profile ', {}, home)).toEqual(['acme', ':none']);
    expect(await offered('auditlog profile use a', {}, home)).toEqual(['acme', ':none']);
  });

  test('offers files where a file is wanted', async () => {
    expect(await offered('auditlog export -o ')).toEqual([':files']);
    expect(await offered('auditlog verify ')).toEqual([':files']);
    expect(await offered('auditlog verify one two ')).toEqual([':files']);
    expect(await offered('auditlog provider show ch')).toEqual(['chipp', ':files']);
  });

  test("offers a file's texts on one line, without what moves the cursor", async () => {
    const home = await makeHome();
    const file = JSON.parse(await readFile(join(ROOT, 'src/providers/catalogue/okta.json'), 'utf8'));
    file.variables.tenant.about = 'a\n--delete=\tb\u001b[2J\u202e';
    await writeFile(join(home, 'evil.json'), JSON.stringify(file));
    const lines = async (flag: string) =>
      (await run(['complete', '=', '--', 'list', '--provider', './evil.json', flag], { home })).stdout.split('\n');
    expect(await lines('--var')).toEqual(['tenant=\ta --delete= b [2J ', ':none', '']);
  });

  test('offers nothing, without an error, where nothing fits', async () => {
    expect(await offered('auditlog nonsense --what ')).toEqual([':none']);
    expect(await offered('auditlog list --action x --provider nobody --action ')).toEqual([':none']);
  });
});

test('the grammar in completions/ is that of the commands (if not: npm run completions)', async () => {
  const { code, stdout } = await run(['complete', '--grammar']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile(join(ROOT, 'completions/grammar.json'), 'utf8')));
});

describe('completion scripts', () => {
  test.each(Object.entries(SHELLS))('the script of %s is the one in completions/', async (shell, { file, script }) => {
    expect(await readFile(join(ROOT, 'completions', file), 'utf8')).toBe(script);
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toBe(script);
  });

  test('no script evaluates anything', () => {
    // The lines that tell how to load the script may name eval; the script itself may not.
    for (const { script } of Object.values(SHELLS)) {
      const code = script.split('\n').filter((line) => !line.trimStart().startsWith('#'));
      expect(code.join('\n')).not.toMatch(/\beval\b|Invoke-Expression|\bcompgen -W\b|_arguments|iex/);
    }
  });

  test('an unknown shell is refused with those that are known', async () => {
    const { code, stderr } = await run('completion tcsh');
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish, powershell');
  });
});

describe('bash', () => {
  /** What TAB would insert; `words` as bash splits them, at = and : too. */
  async function tab(words: readonly string[]): Promise<{ replies: string[]; home: string }> {
    const home = await makeHome();
    const shim = join(home, 'auditlog');
    await writeFile(shim, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'bin/auditlog.js')}" "$@"\n`);
    await chmod(shim, 0o755);
    const { stdout } = await promisify(execFile)(
      'bash',
      [join(ROOT, 'test/fixtures/complete.bash'), join(ROOT, 'completions/auditlog.bash'), ...words],
      {
        cwd: home,
        env: { PATH: `${home}:${process.env.PATH}`, HOME: home, AUDITLOG_CONFIG_DIR: join(home, 'config') },
      },
    );
    return { replies: stdout.trimEnd().split('\n'), home };
  }

  test('completes an action', async () => {
    expect((await tab(['auditlog', 'list', '--action', 'member.ro'])).replies).toEqual(['member.role_changed']);
  });

  test('completes the word after an equals sign', async () => {
    expect((await tab(['auditlog', 'list', '--format', '=', 'nd'])).replies).toEqual(['ndjson']);
    expect((await tab(['auditlog', 'list', '--format', '='])).replies).toEqual([
      'table',
      'json',
      'ndjson',
      'csv',
      'xlsx',
      'parquet',
    ]);
  });

  test('never runs what is typed', async () => {
    const { home } = await tab([
      'auditlog',
      '$(touch',
      'pwned1)',
      '`touch pwned2`',
      '"$(touch pwned3)"',
      '--x',
      '=',
      '$(touch pwned4)',
    ]);
    for (const n of [1, 2, 3, 4]) expect(existsSync(join(home, `pwned${n}`))).toBe(false);
    const { home: second } = await tab(['auditlog', 'list', '--action', "'$(touch pwned)"]);
    expect(existsSync(join(second, 'pwned'))).toBe(false);
  });

  test('offers files for -o', async () => {
    expect((await tab(['auditlog', 'export', '-o', 'audit'])).replies).toEqual(['auditlog']);
  });
});
