import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Trials that tests make: a row, its test files, and what those count of it; else each test is a trial. */
interface Kind {
  readonly name: string;
  readonly files: readonly string[];
  readonly counted?: readonly string[];
}

const LIFETIME = 'test/collect/lifetime.test.ts';
const KINDS: readonly Kind[] = [
  {
    name: 'sixty days of a collector in which all of the following happens, and answers lag, lie and are cut off',
    files: [LIFETIME],
    counted: ['sixty days'],
  },
  {
    name: '- a run is killed at a random step',
    files: [LIFETIME],
    counted: ['a run that is killed'],
  },
  { name: '- an archive is restored from a backup', files: [LIFETIME], counted: ['an archive is restored'] },
  {
    name: '- an archive is merged with an older one, or one of its days is removed',
    files: [LIFETIME],
    counted: ['an archive is merged with an older one', 'a day of an archive is removed'],
  },
  {
    name: '- the table is emptied, or what a collector remembers is lost',
    files: [LIFETIME],
    counted: ['a table is emptied', 'what a collector remembers is lost'],
  },
  {
    name: '- the vendor deletes an entry, purges by age, or writes an entry anew',
    files: [LIFETIME],
    counted: ['an entry is deleted', 'entries are purged by their age', 'an entry is written anew'],
  },
  { name: '- the key is replaced', files: [LIFETIME], counted: ['a key is replaced'] },
  { name: '- two containers run at once', files: [LIFETIME], counted: ['two containers run at once'] },
  { name: '- an entry is refused by the table', files: [LIFETIME], counted: ['an entry is refused'] },
  {
    name: 'archives restored, replaced, merged, moved, damaged, also while a cycle runs or is cut off',
    files: ['test/collect/restored.test.ts', 'test/collect/restoredtwice.test.ts'],
  },
  {
    name: 'entries gone from the server: alone, behind a lagging replica, after a restore, after a kill',
    files: ['test/collect/gone.test.ts', 'test/commands/collect/gone.test.ts'],
  },
  {
    name: 'locks: runs at the same moment, in one place and in containers',
    files: ['test/files/lock.test.ts', 'test/faults/together.test.ts'],
  },
  { name: 'events that a destination refuses', files: ['test/commands/collect/refused.test.ts'] },
  {
    name: 'redelivery: replays, lost state, texts that the vendor writes anew',
    files: ['test/commands/collect/identity.test.ts'],
  },
  { name: 'keys that are replaced while a command runs', files: ['test/commands/job/rotation.test.ts'] },
  { name: 'coverage: days that the log cannot answer for', files: ['test/commands/export/coverage.test.ts'] },
  {
    name: '`export -o`: ended, or out of space, at each call to the file system (simulated)',
    files: ['test/faults/laststeps.test.ts'],
    counted: ['a call of -o'],
  },
  {
    name: '`export -o`: the program really killed (SIGKILL), or out of space, at each call after the last byte',
    files: ['test/faults/reallykilled.test.ts'],
    counted: ['a call of the program'],
  },
  { name: 'resumed exports behind cursors and links', files: ['test/faults/chained.test.ts'] },
  { name: 'rate-limit headers', files: ['test/http/rate/told.test.ts'] },
];

interface Outcome {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Runs the tests, with `runs` lives of sixty days, and makes a table of what they tried. */
export function tryKinds(runs: number): { readonly table: string; readonly wrong: number } {
  const folder = mkdtempSync(join(tmpdir(), 'auditlog-kinds-'));
  try {
    const [counts, report] = [join(folder, 'counts'), join(folder, 'report.json')];
    const files = [...new Set(KINDS.flatMap((kind) => kind.files))];
    const vitest = ['vitest', 'run', '--config', 'test/vitest.config.ts', '--reporter=json', `--outputFile=${report}`];
    spawnSync('npx', [...vitest, '--testTimeout', '7200000', ...files], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, AUDITLOG_TRIED: counts, AUDITLOG_TEST_RUNS: String(runs * 100) },
    });
    const { testResults }: Outcome = JSON.parse(readFileSync(report, 'utf8'));
    const tallies = new Map<string, number>();
    for (const line of readFileSync(counts, 'utf8').split('\n')) {
      const [, rows, kind] = /^(\d+) (.*)$/.exec(line) ?? [];
      if (kind !== undefined) tallies.set(kind, (tallies.get(kind) ?? 0) + Number(rows));
    }
    const rows = KINDS.map(({ name, files: own, counted }) => {
      const tests = testResults
        .filter((one) => own.some((file) => one.name.endsWith(file)))
        .flatMap(({ assertionResults }) => assertionResults);
      const passed = tests.filter(({ status }) => status === 'passed').length;
      const failed = tests.filter(({ status }) => status === 'failed').length;
      const tried = counted?.reduce((sum, kind) => sum + (tallies.get(kind) ?? 0), 0) ?? passed + failed;
      return { failed, text: `| ${name} | ${tried.toLocaleString('en')} | **${failed}** |` };
    });
    const table = ['| kind | tried | **wrong** |', '| --- | --- | --- |', ...rows.map(({ text }) => text)].join('\n');
    return { table, wrong: rows.reduce((sum, { failed }) => sum + failed, 0) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
