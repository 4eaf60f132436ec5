import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { oddEntries } from '../test/model/hostile.js';
import { makeEntries } from '../test/model/makeentries.js';
import { runSwitches } from '../test/model/runswitches.js';
import { paged } from '../test/model/styles.js';
import { startTrial, type TrialOptions, tryReading } from '../test/model/trial.js';
import { tryKinds } from './kinds.js';

/**
 * Reads a model server under every condition many times, once with auditlog's engine and once with the loop of curl and jq that people
 * write, judges both by the model's truth, and writes the table into docs/explanation/reliability.md; then the table of what the tests try. Arguments: runs per condition
 * and lives of sixty days (default 40), and `table` or `kinds` for one of the two tables only.
 */
interface Condition {
  readonly name: string;
  readonly of: (seed: number) => TrialOptions;
  /** For a vendor of another kind than the loop is written for. */
  readonly withoutLoop?: boolean;
}

const small = (seed: number) => ({ n: 1200 + (seed % 10) * 300, days: 30, seed });
const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T14:00:00Z');
const clamped = (seed: number) => (seed % 2 === 0 ? { ...small(seed), clamp: seed % 4 === 0 ? 25 : 50 } : small(seed));
const withOddRows = (seed: number): TrialOptions => {
  const range = { from: NOW - 30 * DAY, to: NOW, seed };
  return {
    ...small(seed),
    entries: [...makeEntries({ n: small(seed).n, ...range }), ...oddEntries({ n: 5, ...range })],
  };
};
const CONDITIONS: readonly Condition[] = [
  { name: 'a log that stands still', of: small },
  { name: 'new entries, 5 a second', of: (seed) => ({ ...small(seed), live: { head: 300 } }) },
  { name: 'late entries, 1 a second, anywhere in the past', of: (seed) => ({ ...small(seed), live: { late: 60 } }) },
  { name: 'deletions, 1 a second', of: (seed) => ({ ...small(seed), live: { deletes: 60 } }) },
  {
    name: 'half of the answers from a replica up to 30 s behind, new entries 5 a second (only older ones count as lost)',
    of: (seed) => ({ ...small(seed), live: { head: 300 }, faults: { lag: 0.5 } }),
  },
  {
    name: 'equal times in another order on each request',
    of: (seed) => ({ ...small(seed), ties: 'unstable', grain: 600_000 }),
  },
  { name: 'pages of 50 where 100 were asked for', of: (seed) => ({ ...small(seed), clamp: 50 }) },
  { name: '`to` means the days before it', of: (seed) => ({ ...small(seed), to: 'exclusive' }) },
  {
    name: 'days of another time zone (all from -12 to +14, and with DST)',
    of: (seed) => ({ ...small(seed), zone: runSwitches(seed).zone ?? 0 }),
  },
  {
    name: 'counts: 5 % missing, capped, doubled or off by one',
    of: (seed) => ({
      ...small(seed),
      faults: {
        'count-missing': 0.01,
        'count-capped': 0.01,
        'count-two-headers': 0.01,
        'count-plus-one': 0.01,
        'count-minus-one': 0.01,
      },
    }),
  },
  {
    name: 'the count is that of the page, half of the pages smaller than asked',
    of: (seed) => ({ ...clamped(seed), lies: ['count-of-page'] }),
  },
  { name: 'oldest first', of: (seed) => ({ ...small(seed), order: 'oldest-first' }) },
  {
    name: 'oldest first, new entries, one every 3 seconds',
    of: (seed) => ({ ...small(seed), order: 'oldest-first', live: { head: 20 } }),
  },
  {
    name: 'a filter by action that leaks: a foreign row in place of one that was asked for',
    of: (seed) => ({ ...small(seed), leaks: 'action', action: 'chat.deleted' }),
  },
  { name: 'a filter by days that leaks', of: (seed) => ({ ...small(seed), leaks: 'day', from: NOW - 15 * DAY }) },
  { name: 'an empty list is null', of: (seed) => ({ ...small(seed), lies: ['list-null'] }) },
  { name: 'five rows that are no entries, or nest too deep', of: withOddRows },
  {
    name: 'clocks that differ by minutes, hours or days',
    of: (seed) => ({
      ...small(seed),
      [seed % 2 === 0 ? 'skew' : 'ahead']: (seed % 3 === 0 ? -1 : 1) * ([120_000, DAY / 5, 3 * DAY][seed % 3] ?? DAY),
    }),
  },
  {
    name: 'cursors, empty pages that go on for ever',
    of: (seed) => ({
      ...clamped(seed),
      provider: paged('cursor', { counted: seed % 2 === 0 }),
      lies: ['pages-empty-on'],
    }),
    withoutLoop: true,
  },
  {
    name: 'offsets without a count, half of the pages smaller than asked',
    of: (seed) => ({ ...clamped(seed), provider: paged('offset', { counted: false }) }),
    withoutLoop: true,
  },
  { name: '5 % faults of line and HTTP that a retry cures', of: (seed) => ({ ...small(seed), faults: 'mild' }) },
  {
    name: '28 % faults of every kind',
    of: (seed) => ({ ...small(seed), n: 200 + (seed % 10) * 150, faults: 'heavy', ...runSwitches(seed) }),
  },
];

/** What people write: one curl a page until a page is empty, jq to take it apart; any failure ends it. */
const LOOP = `
set -eo pipefail
page=1
while :; do
  body=$(curl -sS --fail --compressed --max-time 5 -H "Authorization: Bearer $KEY" "$BASE/orgs/c/audit-logs?take=100&page=$page$QUERY")
  [ "$(jq length <<<"$body")" -gt 0 ] || break
  jq -c '.[]' <<<"$body"
  page=$((page + 1))
done
`;

/** What the loop asks for besides its page. */
function queryOf({ action, from }: TrialOptions): string {
  const day = from === undefined ? '' : `&from=${new Date(from).toISOString().slice(0, 10)}`;
  return `${action === undefined ? '' : `&action=${action}`}${day}`;
}

async function tryLoop(
  options: TrialOptions,
): Promise<{ ended: boolean; wrong: string | undefined; requests: number }> {
  const { model, judge } = await startTrial(options);
  try {
    const { code, out } = await new Promise<{ code: number; out: string }>((resolve, reject) => {
      const child = spawn('bash', ['-c', LOOP], {
        env: { PATH: process.env.PATH, KEY: model.key, BASE: model.base.origin, QUERY: queryOf(options) },
      });
      const chunks: Buffer[] = [];
      const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      child.stderr.resume();
      child.on('error', reject);
      child.on('close', (status) => {
        clearTimeout(timer);
        resolve({ code: status ?? 137, out: Buffer.concat(chunks).toString() });
      });
    });
    const lines = out.split('\n').filter((line) => line !== '');
    return { ended: code === 0, wrong: code === 0 ? judge(lines) : undefined, requests: model.requests.length };
  } finally {
    await model.close();
  }
}

const DOCUMENT = 'docs/explanation/reliability.md';
const runs = Number(process.argv[2] ?? 40);
const only = process.argv[3];

async function tryConditions(): Promise<{ readonly table: string; readonly wrong: number }> {
  const rows: string[] = [];
  let anyWrong = 0;
  for (const { name, of, withoutLoop = false } of CONDITIONS) {
    const ours = { clean: 0, told: 0, stopped: 0, wrong: 0, requests: 0, resumed: 0 };
    const loop = { right: 0, wrong: 0, failed: 0, requests: 0 };
    const seeds = Array.from({ length: runs }, (_, index) => index + 1);
    const work = async (): Promise<void> => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        const trial = await tryReading(of(seed));
        ours[trial.outcome] += 1;
        ours.requests += trial.requests;
        if (trial.runs > 1) ours.resumed += 1;
        if (trial.wrong !== undefined) ours.wrong += 1;
        if (withoutLoop) continue;
        const plain = await tryLoop(of(seed));
        loop.requests += plain.requests;
        if (!plain.ended) loop.failed += 1;
        else if (plain.wrong === undefined) loop.right += 1;
        else loop.wrong += 1;
      }
    };
    await Promise.all([work(), work(), work()]);
    anyWrong += ours.wrong;
    const resumed = ours.resumed > 0 ? ` (${ours.resumed} after going on)` : '';
    const others = [loop.right, loop.failed, `**${loop.wrong}**`, (loop.requests / runs).toFixed(1)];
    const beside = withoutLoop ? others.map(() => '-') : others;
    rows.push(
      `| ${name} | ${ours.clean}${resumed} | ${ours.told} | ${ours.stopped} | **${ours.wrong}** | ${(ours.requests / runs).toFixed(1)} | ${beside.join(' | ')} |`,
    );
    process.stderr.write(`${rows.at(-1)}\n`);
  }

  const table = [
    `${runs} runs of each condition, 1,200 to 3,900 entries (fewer in the last), Node ${process.version}.`,
    '',
    '| condition | auditlog: reconciled | not reconciled, and said so | stopped, with a reason | **wrong, and did not say so** | requests | curl + jq loop: right | failed | **wrong, and did not say so** | requests |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  return { table, wrong: anyWrong };
}

function put(mark: string, table: string): void {
  const text = readFileSync(DOCUMENT, 'utf8');
  const between = new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*(<!-- end of ${mark} -->)`);
  writeFileSync(
    DOCUMENT,
    text.replace(between, (_, begin, end) => `${begin}\n${table}\n\n${end}`),
  );
}

const read = only === 'kinds' ? undefined : await tryConditions();
if (read !== undefined) put('table', read.table);
const kinds = only === 'table' ? undefined : tryKinds(runs);
if (kinds !== undefined) put('kinds', kinds.table);
process.exitCode = (read?.wrong ?? 0) + (kinds?.wrong ?? 0) > 0 ? 1 : 0;
