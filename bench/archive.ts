import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { measure, openServer, type Run } from './measure.js';

/**
 * node bench/run.mjs archive [N] [ORGS]: collects N entries (default a million) of 540 days from a server on loopback into an archive, and asks it; then makes
 * one Parquet file of the same entries, beside DuckDB's own conversion of the same NDJSON. AUDITLOG_DUCKDB names the node_modules folder that has
 * @duckdb/node-api; without it what needs DuckDB is left out. ORGS: what was collected is copied, as if that many organizations had as many
 * entries each, before the archive is asked.
 */
const N = Number(process.argv[2] ?? 1_000_000);
const ORGS = Number(process.argv[3] ?? 1);
const root = process.cwd();
const auditlog = `${process.execPath} ${join(root, 'bin', 'auditlog.js')}`;
const duckdb = process.env.AUDITLOG_DUCKDB ?? '';
const hasDuckDb = duckdb !== '' && existsSync(join(duckdb, '@duckdb/node-api'));
const folder = mkdtempSync(join(tmpdir(), 'auditlog-bench-'));
process.env.AUDITLOG_STATE_DIR = join(folder, 'state');

const say = (line = ''): void => void process.stdout.write(`${line}\n`);

/** What is asked: the command line, and what it is for. */
const ASKED: Readonly<Record<string, string>> = {
  'stats, by action': `${auditlog} stats --input archive --format csv`,
  'stats, by month and actor, top 10': `${auditlog} stats --input archive --every month --by actor --top 10 --format csv`,
  'stats of one day': `${auditlog} stats --input archive --from 2026-03-01 --to 2026-03-01 --format csv`,
  'access, who has which role': `${auditlog} access --input archive --format csv`,
  'list, the 50 newest': `${auditlog} list --input archive --format ndjson`,
  'export of one day': `${auditlog} export --input archive --from 2026-03-01 --to 2026-03-01 > day.ndjson`,
  ...(hasDuckDb
    ? {
        'query, by action': `${auditlog} query --input archive "select action, count(*) from events group by all"`,
        'query, month and actor': `${auditlog} query --input archive "select date_trunc('month', date), actor_email, count(*) n from events group by all order by n desc limit 10"`,
        'query of one day': `${auditlog} query --input archive "select action, count(*) from events where date = '2026-03-01' group by all"`,
        'query, text in whole entries': `${auditlog} query --input archive "select count(*) from events where raw like '%192.0.2.7%'"`,
      }
    : {}),
};

/** The same columns by another's hand. What no column carries is only in raw. */
const CONVERSION = `
import { DuckDBInstance } from '@duckdb/node-api';
const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', preserve_insertion_order: 'true' });
const connection = await instance.connect();
const text = (path) => "json->>'$." + path + "'";
const columns = { id: 'id', action: 'action', actor_id: 'actor.id', actor_name: 'actor.name', actor_email: 'actor.email', source: 'source', ip: 'ip',
  country: 'country', user_agent: 'agent', org_id: 'org.id', org_name: 'org.name', metadata: 'metadata' };
const list = Object.entries(columns).map(([name, path]) => text(path) + ' AS ' + name).join(', ');
await connection.run("COPY (SELECT " + list + ", (" + text('created_at') + ")::TIMESTAMPTZ AS time, json::VARCHAR AS raw FROM read_ndjson_objects('all.ndjson'))"
  + " TO 'duckdb.parquet' (FORMAT parquet, COMPRESSION " + process.argv[2] + ")");
`;

try {
  say(`# Archive of ${N.toLocaleString('en')} events`);
  say();
  const [cpu] = cpus();
  say(
    `Node ${process.version}, ${cpus().length} × ${cpu?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GB. DuckDB: ${hasDuckDb ? 'there' : 'not there'}.`,
  );
  await collecting();
  await asking();
  await converting();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function collecting(): Promise<void> {
  const server = await openServer(N, 0);
  try {
    await measure(`${auditlog} collect bench --create --dest archive --rate off`, server, folder);
    const run = await measure(`${auditlog} collect bench --rate off`, server, folder);
    const sizes = sizesOf(join(folder, 'archive'));
    heading('made');
    row('collect: NDJSON.gz and Parquet', run, N);
    say();
    for (const [ending, { bytes, files }] of sizes)
      say(`- ${ending}: ${files} files, ${(bytes / N).toFixed(0)} bytes an event, ${(bytes / 2 ** 20).toFixed(0)} MB`);
  } finally {
    server.close();
  }
}

async function asking(): Promise<void> {
  const archive = join(folder, 'archive');
  const own = readdirSync(archive).find((name) => name.startsWith('org=')) ?? '';
  for (let n = 1; n < ORGS; n += 1) cpSync(join(archive, own), join(archive, `org=copy_${n}`), { recursive: true });
  heading(`asked: ${(N * ORGS).toLocaleString('en')} events${ORGS > 1 ? `, ${ORGS} organizations` : ''}`);
  for (const [name, command] of Object.entries(ASKED)) {
    const isPart = name.includes('one day') || name.includes('newest');
    row(name, await measure(command, undefined, folder), isPart ? undefined : N * ORGS);
  }
  for (let n = 1; n < ORGS; n += 1) rmSync(join(archive, `org=copy_${n}`), { recursive: true });
}

async function converting(): Promise<void> {
  heading('one file of all of it');
  const export_ = `${auditlog} export --input archive --quiet --force`;
  row('auditlog export -o all.ndjson', await measure(`${export_} -o all.ndjson`, undefined, folder), N);
  row(
    'auditlog: all.ndjson to Parquet',
    await measure(`${auditlog} export --input all.ndjson --quiet -o all.parquet`, undefined, folder),
    N,
  );
  if (hasDuckDb) {
    execFileSync('ln', ['-s', duckdb, join(folder, 'node_modules')]);
    writeFileSync(join(folder, 'convert.mjs'), CONVERSION);
    for (const codec of ['snappy', 'zstd']) {
      const run = await measure(`${process.execPath} convert.mjs ${codec}`, undefined, folder);
      row(`DuckDB: all.ndjson to Parquet, ${codec}, ${sizeOf('duckdb.parquet').toFixed(0)} bytes an event`, run, N);
    }
  }
  const [text, columns] = ['all.ndjson', 'all.parquet'].map((name) => sizeOf(name).toFixed(0));
  say();
  say(`- all.ndjson: ${text} bytes an event; all.parquet: ${columns}`);
}

function heading(what: string): void {
  say();
  say(`| ${what} | seconds | events a second | processor s | peak MB |`);
  say('|---|---|---|---|---|');
}

/** `events`: how many all of it was about. */
function row(name: string, { wall, cpu, memory }: Run, events: number | undefined): void {
  const speed = events === undefined ? '' : Math.round(events / wall).toLocaleString('en');
  say(`| ${name} | ${wall.toFixed(2)} | ${speed} | ${cpu.toFixed(2)} | ${memory.toFixed(0)} |`);
}

function sizeOf(name: string): number {
  return statSync(join(folder, name)).size / N;
}

function sizesOf(directory: string): ReadonlyMap<string, { readonly bytes: number; readonly files: number }> {
  const found = new Map<string, { bytes: number; files: number }>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const ending = entry.name.replace(/^[^.]*/, '');
    const sum = found.get(ending) ?? { bytes: 0, files: 0 };
    sum.bytes += statSync(join(entry.parentPath, entry.name)).size;
    sum.files += 1;
    found.set(ending, sum);
  }
  return found;
}
