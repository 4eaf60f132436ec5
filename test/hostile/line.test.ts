import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, run } from '../helpers/world.js';
import { hostileEntries } from '../model/hostile.js';
import { type Model, startModel } from '../model/server.js';
import { harmIn } from './harmless.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 80);
const NOW = Date.now();

let server: Model;
let home: string;
beforeAll(async () => {
  server = await startModel({ entries: hostileEntries(NOW - 3_600_000), now: NOW });
  home = await makeHome();
});
afterAll(() => server.close());

const COMMANDS = [
  'list',
  'ls',
  'show',
  'export',
  'stats',
  'verify',
  'doctor',
  'actions',
  'auth',
  'profile',
  'provider',
  'config',
  'completion',
  'complete',
  'help',
  '',
];
const FLAGS = [
  '--profile',
  '--provider',
  '--org',
  '--action',
  '--not-action',
  '--from',
  '--to',
  '--since',
  '--tz',
  '--user',
  '--not-user',
  '--target',
  '--resource',
  '--assistant',
  '--source',
  '--country',
  '--ip',
  '--search',
  '--format',
  '-f',
  '--columns',
  '-n',
  '--limit',
  '--page',
  '--all',
  '--force',
  '--csv-raw',
  '--no-pager',
  '--color',
  '--quiet',
  '--debug',
  '--no-input',
  '--latest',
  '--by',
  '--every',
  '--top',
  '--input',
  '--manifest',
  '--restart',
  '--split',
  '--rate',
  '--max-wait',
  '--timeout',
  '--window',
  '--outside',
  '-h',
  '-V',
  '--',
  '-',
  '--verbose',
  '--online',
  '-o',
];
const VALUES = [
  'all',
  'member.*',
  '*.deleted',
  'member.left',
  ',',
  '',
  '*',
  '{}',
  '[',
  '2026-03-01',
  '7d',
  'now',
  'last-week',
  '2026-02-30',
  '25:00',
  'Europe/Oslo',
  'UTC',
  'Nowhere/None',
  'al_hostile03',
  'usr_h',
  'h@evil.example',
  'member:mem_1',
  'json',
  'ndjson',
  'csv',
  'table',
  'id',
  'time,action',
  'metadata.a.b',
  '__proto__',
  'constructor',
  'toString',
  '.',
  '..',
  '/',
  '0',
  '-1',
  '1',
  '5',
  '1e9',
  '99999999999999999999',
  '0x10',
  'NaN',
  'off',
  '1s',
  'day',
  'actor',
  'action',
  'bash',
  'get',
  'set',
  'list',
  'status',
  'path',
  'base_url',
  'out.csv',
  'out.ndjson',
  'nowhere/out.json',
  'NO',
  '::1',
  '192.0.2.1',
  '10.0.0.0/8',
  'a\u0000b',
  '\u001b[31m',
  '\u202e',
  '\ud800',
  "'",
  '"',
  '$(id)',
];

test('no line, however odd, is a fault of the program or does anything to a terminal', async () => {
  const word = fc.oneof(
    { arbitrary: fc.constantFrom(...FLAGS), weight: 5 },
    { arbitrary: fc.constantFrom(...VALUES), weight: 5 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom(...FLAGS), fc.constantFrom(...VALUES))
        .map(([flag, value]) => `${flag}=${value}`),
      weight: 2,
    },
    { arbitrary: fc.string({ maxLength: 8 }), weight: 1 },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 7 }), async (command, words) => {
      const line = command === '' ? words : [command, ...words];
      const env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key, AUDITLOG_MAX_WAIT: '1s' };
      const { code, stdout, stderr } = await run(line, { env, home, cwd: home, now: NOW, tty: { columns: 100 } });
      expect([0, 1, 2, 3, 4, 5, 7]).toContain(code);
      expect(stderr).not.toContain('internal error in auditlog');
      // Lines of CSV end with two characters; completions are told with a tab between.
      const shown = `${stdout}${stderr}`.replaceAll('\r\n', '\n').replaceAll(command === 'complete' ? '\t' : '', '');
      expect(harmIn(shown, { tty: true })).toBeUndefined();
    }),
    { numRuns: RUNS },
  );
});

/** Flags with what they take, for lines that get further. */
const ASKED: readonly (readonly string[])[] = [
  ['--action', 'chat.*'],
  ['--action', 'chat.deleted'],
  ['--action', 'member.left,chat.deleted'],
  ['--action', '*'],
  ['--not-action', 'chat.*'],
  ['--from', '2d'],
  ['--from', '2020-01-01'],
  ['--to', 'now'],
  ['--to', 'tomorrow'],
  ['--tz', 'Asia/Kathmandu'],
  ['--user', 'usr_h'],
  ['--user', 'h@evil.example'],
  ['--not-user', 'usr_h'],
  ['--target', 'nobody'],
  ['--resource', 'assistant'],
  ['--resource', 'assistant:asst_bare'],
  ['--source', 'app'],
  ['--country', 'NO'],
  ['--ip', '192.0.2.1'],
  ['--search', '\u001b'],
  ['--search', 'evil'],
  ['--assistant', 'asst_bare'],
  ['--org', 'c'],
  ['--quiet'],
  ['--debug'],
  ['--color', 'always'],
  ['--no-color'],
];
const SHOWN: Readonly<Record<string, readonly (readonly string[])[]>> = {
  list: [
    ['--format', 'csv'],
    ['--format', 'json'],
    ['--format', 'ndjson'],
    ['--columns', 'id,agent,metadata'],
    ['--columns', 'metadata.a.a,extra,__proto__'],
    ['-n', '3'],
    ['--page', '2'],
    ['--all'],
    ['--no-pager'],
    ['-o', 'l.csv', '--force'],
  ],
  export: [
    ['--format', 'csv'],
    ['--format', 'json'],
    ['--columns', 'id,actor.name,extra', '--format', 'csv'],
    ['--csv-raw', '--format', 'csv'],
    ['-o', 'e.json', '--force'],
    ['-o', 'e.csv.gz', '--force', '--manifest'],
    ['-o', 'e.ndjson', '--restart', '--force'],
  ],
  stats: [
    ['--by', 'actor'],
    ['--by', 'action'],
    ['--by', 'agent'],
    ['--by', 'source'],
    ['--every', 'day'],
    ['--every', 'hour'],
    ['--every', 'month'],
    ['--format', 'json'],
    ['--format', 'csv'],
    ['--top', '2'],
  ],
  show: [['--latest'], ['--format', 'json'], ['al_hostile03'], ['al_nothing'], ['al_hostile28']],
};

test('nor is one that asks for something', async () => {
  const lines = fc
    .constantFrom(...Object.keys(SHOWN))
    .chain((command) =>
      fc.tuple(
        fc.constant(command),
        fc.array(fc.constantFrom(...ASKED), { maxLength: 3 }),
        fc.array(fc.constantFrom(...SHOWN[command]!), { maxLength: 2 }),
        fc.boolean(),
      ),
    );
  const codes = new Set<number>();
  await fc.assert(
    fc.asyncProperty(lines, async ([command, asked, shown, isTTY]) => {
      const env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
      const line = [command, ...asked.flat(), ...shown.flat()];
      const { code, stdout, stderr } = await run(line, {
        env,
        home,
        cwd: home,
        now: NOW,
        ...(isTTY ? { tty: { columns: 90 } } : {}),
      });
      codes.add(code);
      expect([0, 2, 7]).toContain(code);
      expect(stderr).not.toContain('internal error in auditlog');
      // CSV in a pipe is for whoever reads CSV, and has the text of cells as it is.
      if (isTTY || !shown.flat().includes('csv'))
        expect(harmIn(`${stdout}${stderr}`.replaceAll('\r\n', '\n'), { tty: true })).toBeUndefined();
    }),
    { numRuns: RUNS },
  );
  expect(codes).toContain(0);
});
