import { describe, expect, test } from 'vitest';
import { makeHome, run } from '../helpers/world.js';

/** The first lines of what is said of a wrong line, without the last, which names the help. */
async function said(line: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await run(line);
  expect({ code, stdout }, line).toEqual({ code: 2, stdout: '' });
  const lines = stderr.trimEnd().split('\n');
  expect(lines.at(-1), line).toMatch(/^See: auditlog /);
  return lines.slice(0, -1);
}

describe('words of other programs', () => {
  test.each([
    ['login --help', 'auth login --help'],
    ['logout --help', 'auth logout --help'],
    ['whoami --help', 'auth status --help'],
    ['version', '--version'],
    ['-v', '--version'],
    ['logs --help', 'list --help'],
    ['events --help', 'list --help'],
    ['ls --help', 'list --help'],
    ['get --help', 'show --help'],
    ['watch --help', 'tail --help'],
    [
      'logs --demo -n 2 --since 2026-11-10 --until 2026-11-12 -q',
      'list --demo -n 2 --from 2026-11-10 --to 2026-11-12 -q',
    ],
    ['list --demo --input nothing.ndjson -q', 'list --demo --input nothing.ndjson --quiet'],
    ['actions --json', 'actions --format json'],
    [
      'stats --demo --csv --from 2026-11-10 --to 2026-11-12 -q',
      'stats --demo -f csv --from 2026-11-10 --to 2026-11-12 --quiet',
    ],
    [
      'list --demo --ndjson --from 2026-11-10 --to 2026-11-12 -q',
      'list --demo -f ndjson --from 2026-11-10 --to 2026-11-12 -q',
    ],
    ['tail -f --wrong', 'tail --wrong'],
    ['tail --follow -f', 'tail'],
  ])('auditlog %s is auditlog %s', async (line, ours) => {
    // Without a key, tail ends at once.
    const home = await makeHome();
    expect(await run(line, { home })).toEqual(await run(ours, { home }));
  });

  test.each([
    ['search foo', 'unknown command "search"', 'Use: auditlog list --search foo'],
    ['search "two words"', 'unknown command "search"', 'Use: auditlog list --search TEXT'],
    ['grep x', 'unknown command "grep"', 'Use: auditlog list --search x'],
    ['download', 'unknown command "download"', 'Use: auditlog export -o events.csv'],
    ['status', 'unknown command "status"', 'Use: auditlog auth status', 'Use: auditlog collect status'],
    ['init', 'unknown command "init"', 'Use: auditlog auth login'],
    ['providers', 'unknown command "providers"', 'Use: auditlog provider list'],
    ['sql', 'unknown command "sql"', 'Use: auditlog query SQL --input DIR'],
    ['validate x.csv', 'unknown command "validate"', 'Use: auditlog verify FILE'],
    ['vresion', 'unknown command "vresion"'],
    ['verfy', 'unknown command "verfy"', 'Did you mean: auditlog verify'],
    ['lits', 'unknown command "lits"', 'Did you mean: auditlog list'],
    ['exprot', 'unknown command "exprot"', 'Did you mean: auditlog export'],
    ['auth lgin', 'unknown command "lgin"', 'Did you mean: auditlog auth login'],
    ['profile delete', 'unknown command "delete"'],
    ['qwertz', 'unknown command "qwertz"'],
  ])('auditlog %s', async (line, ...expected) => {
    expect(await said(line)).toEqual([`error: ${expected[0]}`, ...expected.slice(1)]);
  });

  test.each([
    [
      'list --sort time',
      'unknown flag --sort',
      'Events are sorted by time, newest first',
      'To reverse that: --reverse',
    ],
    ['stats --sort time', 'unknown flag --sort', 'Events are sorted by time, newest first'],
    ['list --start 2026-03-01', 'unknown flag --start', 'Use: --from <when>'],
    ['list --after=2026-03-01', 'unknown flag --after', 'Use: --from <when>'],
    ['list --before 2026-03-01', 'unknown flag --before', 'Use: --to <when>'],
    ['list --actor dana', 'unknown flag --actor', 'Use: --user <who>'],
    ['list --email dana', 'unknown flag --email', 'Use: --user <who>'],
    ['list --event x', 'unknown flag --event', 'Use: --action <pattern>'],
    ['list --grep x', 'unknown flag --grep', 'Use: --search <text>'],
    ['list --head 3', 'unknown flag --head', 'Use: --limit <n>'],
    ['list --timezone UTC', 'unknown flag --timezone', 'Use: --tz <zone>'],
    ['list --url http://x', 'unknown flag --url', 'Use: --base-url <url>'],
    ['list --vendor okta', 'unknown flag --vendor', 'Use: --provider <name>'],
    ['list --verbose', 'unknown flag --verbose', 'Use: --debug'],
    ['list -v', 'unknown flag -v', 'To print each request: --debug', 'To print the version: auditlog --version'],
    ['list -s', 'unknown flag -s', 'Use: --quiet'],
    ['export --out x.csv', 'unknown flag --out', 'Use: --output <file>'],
    ['stats --yaml', 'unknown flag --yaml', 'Use: --format table|json|ndjson|csv'],
    ['tail --json', 'unknown flag --json', 'Use: --format table|ndjson|csv'],
    ['tail -n 20', 'unknown flag -n', 'Use: auditlog list --follow -n 20'],
    ['list --fomat json', 'unknown flag --fomat', 'Did you mean --format?'],
    ['list --colums x', 'unknown flag --colums', 'Did you mean --columns?'],
    ['list --qwertz', 'unknown flag --qwertz'],
    ['list --demo --json --csv', '--json and --csv cannot be combined', 'Leave one of them out'],
    ['list --demo --json -f csv', '--json and --format cannot be combined', 'Leave one of them out'],
    ['list --demo --count --json', '--count and --json cannot be combined', 'Leave one of them out'],
    ['list -f', '--format needs a value: -f, --format <format>', '-f is --format; to wait for new events: --follow'],
    ['list -n ten', 'invalid --limit "ten": expected a whole number from 1'],
    ['demo --port 70000', 'invalid --port "70000": expected a port, 0 to 65535'],
    ['completion tcsh', 'invalid <shell> "tcsh": expected bash, zsh, fish, powershell'],
    ['archive prune DIR', 'missing flag --older-than <age>'],
    ['list surplus', 'too many arguments: expected 0, got 1'],
  ])('auditlog %s', async (line, ...expected) => {
    expect(await said(line)).toEqual([`error: ${expected[0]}`, ...expected.slice(1)]);
  });

  test('a mistyped vendor is led to the three nearest, not to all of them', async () => {
    for (const [typed, near] of [
      ['oktta', 'okta'],
      ['gihub', 'github'],
      ['google', 'google-workspace'],
      ['atlasian', 'atlassian'],
    ] as const) {
      const { code, stderr } = await run(`list --provider ${typed}`);
      expect(code).toBe(2);
      const [first, second = '', third] = stderr.trimEnd().split('\n');
      expect(first).toBe(`error: provider "${typed}" does not exist`);
      expect(second.split(', ')).toHaveLength(3);
      expect(second).toMatch(new RegExp(`^Did you mean: ${near},`));
      expect(third).toBe('To list all: auditlog provider list');
    }
  });
});

describe('without a key', () => {
  test.each([
    [
      'list --provider okta --var tenant=acme',
      'To save one: auditlog auth login --provider okta --var tenant=acme',
      'Okta makes keys at: https://acme-admin.okta.com/admin/access/api/tokens',
    ],
    [
      'list --provider github --org acme',
      'To save one: auditlog auth login --provider github --org acme',
      'GitHub makes keys at: https://github.com/settings/tokens',
    ],
    [
      'list',
      'To save one: auditlog auth login',
      'Invent: Audit logs need a Business or Enterprise plan, and a key made by an admin',
    ],
  ])('auditlog %s says how to save one, where keys are made, and --demo', async (line, login, made) => {
    const { code, stderr } = await run(line);
    expect(code).toBe(4);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toEqual(expect.arrayContaining([login, made, 'Without a key: auditlog list --demo']));
  });
});
