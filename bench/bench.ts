import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { measure, median, openServer, type Run, race, type Server } from './measure.js';
import { profile } from './profile.js';
import { slowLink } from './slow.js';

/**
 * Measures auditlog beside what else does the same work, in one run, on servers of its own on loopback, and writes bench/RESULTS.md.
 * `--quick`: fewer entries, one round, nothing written.
 */
const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 1 : 5;
const SMALL = quick ? 50_000 : 200_000;
const LARGE = 1_000_000;
const SAMPLE = quick ? 30 : 100;
const root = process.cwd();
const auditlog = `${process.execPath} ${join(root, 'bin', 'auditlog.js')}`;
const EXPORT = `${auditlog} export --rate off --quiet`;
const folder = mkdtempSync(join(tmpdir(), 'auditlog-bench-'));

/** Said beside the figures: nothing is left out to gain speed. */
const CHECKS = [
  'Every run of auditlog makes all of its checks: each page is read to its end and its JSON checked whole, ids are compared within and between',
  'pages, times are in order across seams, the count is the same on every page and equal to what came, and is asked for once more at the end.',
  'With `-o` the file is also synced at each checkpoint, hashed, and read back from the disk before it gets its name.',
].join('\n');

/** A reader that takes 1 MB a second for half a minute, and then the rest at once. */
const SLOW_READER =
  '{ for second in $(seq 30); do dd bs=1M count=1 iflag=fullblock of=/dev/null 2> /dev/null; sleep 1; done; cat > /dev/null; }';

const lines: string[] = [];
const say = (line = ''): void => {
  lines.push(line);
  process.stdout.write(`${line}\n`);
};

try {
  writeFileSync(join(folder, 'loop.mjs'), FETCH_LOOP());
  say('# Benchmark');
  say();
  say(
    'Made by `npm run bench`. Medians; ratios are measured side by side in one run, contender after contender, and are what counts.',
  );
  say();
  for (const fact of facts()) say(`- ${fact}`);
  for (const latency of [0, 20]) await exportsAt(latency);
  await memory();
  await tables();
  await counting();
  await startUp();
  if (!quick) await slow();
  if (!quick) await profiles();
  if (!quick) say(`\n${readFileSync(join(root, 'bench', 'NOTES.md'), 'utf8').trimEnd()}`);
  if (!quick) writeFileSync(join(root, 'bench', 'RESULTS.md'), `${lines.join('\n')}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function exportsAt(latency: number): Promise<void> {
  const server = await openServer(SMALL, latency);
  const pages = SMALL / 100;
  urls(server, pages);
  const rounds = latency === 0 ? ROUNDS : Math.min(ROUNDS, 3);
  const contenders: Record<string, string> = {
    'curl --parallel (8), bodies to files':
      'mkdir -p pages; curl -s --parallel --parallel-max 8 -H "Authorization: Bearer $KEY" -K urls-files',
    'curl --parallel (8), bodies thrown away':
      'curl -s --parallel --parallel-max 8 -H "Authorization: Bearer $KEY" -K urls > /dev/null',
    'auditlog export, NDJSON, to a redirected file': `${EXPORT} > out.ndjson`,
    'auditlog export, CSV, to a redirected file': `${EXPORT} --format csv > out.csv`,
    'auditlog export -o out.ndjson': `${EXPORT} --force -o f.ndjson`,
    'auditlog export -o out.ndjson.gz': `${EXPORT} --force -o f.ndjson.gz`,
    'auditlog export -o out.csv.gz': `${EXPORT} --force -o f.csv.gz`,
    'auditlog export | gzip -6': `${EXPORT} | gzip -6 > out.ndjson.gz`,
    ...(latency === 0
      ? { 'a simple fetch loop in Node, page after page': `${process.execPath} loop.mjs > loop.ndjson` }
      : {}),
    ...(latency === 0
      ? { 'one curl into one jq -c': 'curl -s -H "Authorization: Bearer $KEY" -K urls | jq -c ".[]" > jq.ndjson' }
      : {}),
    ...(latency === 0 && hasMiller()
      ? {
          'one curl into one Miller, CSV':
            'curl -s -H "Authorization: Bearer $KEY" -K urls | mlr --ijson --ocsv unsparsify --fill-with "" > mlr.csv',
        }
      : {}),
  };
  const runs = await race(contenders, server, folder, rounds);
  const of = (name: string): Run => runs[name] as Run;
  const perPage = (filter: string): string =>
    `for page in $(seq ${SAMPLE}); do curl -s -H "Authorization: Bearer $KEY" "$BASE/orgs/c/audit-logs?take=100&page=$page" | jq ${filter}; done > sample`;
  const scaled = (run: Run): Run => ({
    wall: (run.wall * pages) / SAMPLE,
    cpu: (run.cpu * pages) / SAMPLE,
    memory: run.memory,
    requests: (run.requests * pages) / SAMPLE,
  });
  const loops = await race(
    {
      [`one curl and one jq -c a page (${SAMPLE} pages, scaled)`]: perPage(`-c '.[]'`),
      [`one curl and one jq -r @csv a page (${SAMPLE} pages, scaled)`]: perPage(
        `-r '.[] | [.id, .created_at, .action, .actor.id, .actor.name, .actor.email, .source, .ip, .country, .agent, .org.id, .org.name] | @csv'`,
      ),
    },
    server,
    folder,
    Math.min(rounds, 2),
  );
  const all: Record<string, Run> = {
    ...runs,
    ...Object.fromEntries(Object.entries(loops).map(([name, run]) => [name, scaled(run)])),
  };
  const files = of('curl --parallel (8), bodies to files').wall;
  say();
  say(`## ${SMALL.toLocaleString('en')} entries, ${latency} ms latency`);
  say();
  say(CHECKS);
  say();
  table(
    ['', 'seconds', 'against curl to files', 'processor seconds', 'peak MB', 'requests'],
    Object.entries(all).map(([name, run]) => [
      name,
      run.wall.toFixed(2),
      (run.wall / files).toFixed(2),
      run.cpu.toFixed(2),
      run.memory.toFixed(0),
      run.requests.toFixed(0),
    ]),
  );
  const ndjson = of('auditlog export, NDJSON, to a redirected file');
  const csv = of('auditlog export, CSV, to a redirected file');
  const loop = Object.entries(all).find(([name]) => name.startsWith('one curl and one jq -c'))?.[1] as Run;
  const jq = runs['one curl into one jq -c'];
  say();
  table(
    ['what', 'reached', 'aim'],
    [
      [
        'NDJSON against curl to files',
        (ndjson.wall / files).toFixed(2),
        latency === 0 ? 'at most 1.3' : 'at most 1.05',
      ],
      ['CSV against curl to files', (csv.wall / files).toFixed(2), latency === 0 ? 'at most 3.2' : 'at most 1.1'],
      [
        '-o FILE.gz against a pipe to gzip -6',
        (of('auditlog export -o out.ndjson.gz').wall / of('auditlog export | gzip -6').wall).toFixed(2),
        'at most 1.3',
      ],
      [
        'times faster than one curl and one jq a page',
        (loop.wall / ndjson.wall).toFixed(0),
        latency === 0 ? 'at least 40' : 'at least 10',
      ],
      ...(jq === undefined
        ? []
        : [['times faster than one curl into one jq', (jq.wall / ndjson.wall).toFixed(1), 'at least 8']]),
      ['processor: that loop against NDJSON', (loop.cpu / ndjson.cpu).toFixed(0), latency === 0 ? '' : 'at least 25'],
      ['processor: that loop against CSV', (loop.cpu / csv.cpu).toFixed(0), latency === 0 ? '' : 'at least 12'],
    ],
  );
  server.close();
}

function hasMiller(): boolean {
  return versionOf('mlr', '--version') !== undefined;
}

async function memory(): Promise<void> {
  const rows: string[][] = [];
  for (const n of quick ? [SMALL] : [SMALL, LARGE]) {
    const server = await openServer(n, 0);
    const runs: Record<string, string> = {
      NDJSON: `${EXPORT} > memory.ndjson`,
      CSV: `${EXPORT} --format csv > /dev/null`,
      ...(n === SMALL && !quick
        ? {
            'NDJSON, to a reader that takes 1 MB a second': `${EXPORT} | ${SLOW_READER}`,
            'CSV, to a reader that takes 1 MB a second': `${EXPORT} --format csv | ${SLOW_READER}`,
          }
        : {}),
    };
    for (const [name, command] of Object.entries(runs)) {
      const run = await measure(command, server, folder);
      rows.push([
        `${n.toLocaleString('en')} entries, ${name}`,
        run.memory.toFixed(0),
        run.wall.toFixed(2),
        run.requests.toFixed(0),
      ]);
    }
    server.close();
  }
  say();
  say('## Memory');
  say();
  say('Aims: at most 130 MB for NDJSON and 160 MB for CSV, the same for both sizes.');
  say();
  table(['', 'peak MB', 'seconds', 'requests'], rows);
}

/** Counts what the last run of `memory` has written. */
async function counting(): Promise<void> {
  const runs = await race(
    {
      stats: `${auditlog} stats --input memory.ndjson --by action > stats.txt`,
      jq: 'jq -r .action memory.ndjson | sort | uniq -c > jq.txt',
    },
    undefined,
    folder,
    quick ? 1 : 3,
  );
  const entries = (quick ? SMALL : LARGE).toLocaleString('en');
  say();
  say('## Counting the actions of a local file');
  say();
  table(
    [`${entries} entries`, 'seconds', 'processor seconds', 'peak MB'],
    [
      ['auditlog stats --input FILE --by action', runs.stats],
      ['jq -r .action FILE, into sort, into uniq -c', runs.jq],
    ].map(([name, run]) => [
      name as string,
      ...(({ wall, cpu, memory: peak }: Run) => [wall.toFixed(2), cpu.toFixed(2), peak.toFixed(0)])(run as Run),
    ]),
  );
  say();
  say(
    `${(runs.jq.wall / runs.stats.wall).toFixed(1)} times faster (aim: at least 5), in ${runs.stats.memory.toFixed(0)} MB (aim: under 130).`,
  );
}

/** Where the time of the main thread goes. */
async function profiles(): Promise<void> {
  const server = await openServer(SMALL, 0);
  say();
  say(`## Profiles, ${SMALL.toLocaleString('en')} entries, no latency`);
  for (const [name, args] of [
    ['NDJSON', 'export --rate off --quiet > out'],
    ['CSV', 'export --rate off --quiet --format csv > out'],
  ] as const) {
    say();
    table(
      [name, 'of the main thread'],
      (await profile(args, server, folder, 10)).map(({ what, share }) => [what, `${share.toFixed(1)} %`]),
    );
  }
  server.close();
}

async function slow(): Promise<void> {
  const run = await slowLink(70_000, 300, folder);
  say();
  say('## A slow line: 300 ms latency, the default of 300 requests a minute, on a terminal');
  say();
  table(
    ['70,000 entries', 'reached', 'aim'],
    [
      ['seconds', run.seconds.toFixed(0), ''],
      ['requests', String(run.requests), ''],
      ['requests in any 60 s, with the burst of the beginning', String(run.most), 'at most 360'],
      ['requests in any 60 s after that', String(run.steady), '300'],
      ['connections at one time', String(run.connections), '2 carry it; the burst takes up to 4'],
      ['time left, largest error after the first minute', `${run.worst.toFixed(0)} %`, 'within 10 %'],
      ['processor', `${run.processor.toFixed(1)} % of a core`, 'under 3 %'],
    ],
  );
}

async function tables(): Promise<void> {
  const server = await openServer(10_000, 0);
  const runs = await race(
    {
      table: `${auditlog} list --all --rate off --no-pager --quiet --color always > out`,
      csv: `${auditlog} list --all --rate off --format csv --quiet > out`,
    },
    server,
    folder,
    ROUNDS,
  );
  say();
  say(
    `10,000 rows as a table take ${(runs.table.wall / runs.csv.wall).toFixed(2)} times what the CSV of the same takes (aim: at most 3).`,
  );
  server.close();
}

async function startUp(): Promise<void> {
  const server = await openServer(1000, 0);
  const contenders: Record<string, string> = {
    'node -e 0': `${process.execPath} -e 0`,
    'auditlog --version': `${auditlog} --version`,
    'auditlog --help': `${auditlog} --help`,
    'completion of a word': `${auditlog} complete =member. -- list --action`,
    'list -n 50': `${auditlog} list -n 50 > out`,
    'list --demo -n 1': `env -u AUDITLOG_BASE_URL -u AUDITLOG_API_KEY ${auditlog} list --demo -n 1 > out`,
  };
  const walls = new Map<string, number[]>();
  const others = (process.env.AUDITLOG_BENCH_NODE ?? '').split(':').filter((path) => path !== '');
  for (const node of others) {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    contenders[`node -e 0, ${version}`] = `${node} -e 0`;
    contenders[`list -n 50, ${version}`] = `${node} ${join(root, 'bin', 'auditlog.js')} list -n 50 > out`;
  }
  for (let round = 0; round < (quick ? 5 : 21); round += 1) {
    for (const [name, command] of Object.entries(contenders)) {
      const run = await measure(command, server, folder);
      walls.set(name, [...(walls.get(name) ?? []), run.wall]);
    }
  }
  server.close();
  const aims: Record<string, string> = {
    'auditlog --version': '1.15',
    'auditlog --help': '1.5',
    'completion of a word': '1.6',
    'list -n 50': '8 (Node 20), 5 (Node 24)',
  };
  say();
  say('## Start');
  say();
  table(
    ['', 'milliseconds', 'against node -e 0', 'aim, at most'],
    [...walls].map(([name, own]) => [
      name,
      (median(own) * 1000).toFixed(0),
      (median(own) / median(walls.get(`node -e 0${/, v.*/.exec(name)?.[0] ?? ''}`) as number[])).toFixed(2),
      aims[name] ?? '',
    ]),
  );
}

function urls(server: Server, pages: number): void {
  const numbers = Array.from({ length: pages }, (_, index) => index + 1);
  const url = (page: number): string => `url="${server.base}/orgs/c/audit-logs?take=100&page=${page}"`;
  writeFileSync(join(folder, 'urls'), numbers.map(url).join('\n'));
  writeFileSync(join(folder, 'urls-files'), numbers.map((page) => `${url(page)}\noutput="pages/${page}"`).join('\n'));
}

function FETCH_LOOP(): string {
  return `for (let page = 1; ; page += 1) {
  const response = await fetch(process.env.BASE + '/orgs/c/audit-logs?take=100&page=' + page, { headers: { authorization: 'Bearer ' + process.env.KEY } });
  const rows = await response.json();
  if (rows.length === 0) break;
  for (const row of rows) process.stdout.write(JSON.stringify(row) + '\\n');
}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  say(line(head));
  say(`|${head.map(() => ' --- |').join('')}`);
  for (const row of rows) say(line(row));
}

/** The first line of what a program says of itself; undefined where it is not installed. */
function versionOf(command: string, ...args: string[]): string | undefined {
  try {
    const told = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return told.split('\n')[0]?.trim();
  } catch {
    return undefined;
  }
}

function facts(): string[] {
  const tools = [
    `Node ${process.version}`,
    versionOf('curl', '--version')?.split(' ').slice(0, 2).join(' ') ?? 'no curl',
    versionOf('jq', '--version') ?? 'no jq',
    versionOf('mlr', '--version') ?? 'no Miller',
  ];
  return [
    `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 1024 ** 3)} GB`,
    tools.join(', '),
    'Servers and clients share the machine. Entries are those of the demo, about 1.2 KB each, 100 on a page.',
  ];
}
