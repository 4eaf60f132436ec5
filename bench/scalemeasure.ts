import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeEntries, makeEntry } from '../test/model/makeentries.js';
import { startModel } from '../test/model/server.js';
import { startServer } from '../test/model/static.js';
import { measure } from './measure.js';
import { COUNTED, type CountedCycle, MEASURED, type MeasuredDay } from './scalemodel.js';

const execute = promisify(execFile);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-20T14:00:00Z');
const AUDITLOG = `${process.execPath} ${join(process.cwd(), 'bin', 'auditlog.js')}`;

/** Measures again what bench/scalemodel.ts holds, and prints it as it stands there. Takes some minutes. */
export async function measureScale(say: (line: string) => void): Promise<void> {
  for (const { events } of COUNTED) say(JSON.stringify(await cyclesOf(events)));
  for (const { events } of MEASURED) say(JSON.stringify(await sizesOf(events)));
}

/** The files of a day of one organization. */
async function sizesOf(events: number): Promise<MeasuredDay> {
  const to = Date.parse('2026-11-01T00:00:00Z');
  const server = await startServer({ n: events, latency: 0, from: to - DAY, to, now: NOW });
  return inFolder(async (folder) => {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      AUDITLOG_CONFIG_DIR: join(folder, 'config'),
      AUDITLOG_API_KEY: server.key,
      AUDITLOG_BASE_URL: server.base.origin,
    };
    const auditlog = (...args: string[]) => execute(process.execPath, ['bin/auditlog.js', ...args], { env });
    const range = ['--from', '2026-10-31', '--to', '2026-10-31', '--quiet', '--rate', 'off'];
    await auditlog('export', ...range, '-o', join(folder, 'day.parquet'));
    await auditlog('export', ...range, '-o', join(folder, 'day.ndjson'));
    await auditlog('export', ...range, '--split', 'day', '--format', 'ndjson.gz', '-o', join(folder, 'days/'));
    const size = (...path: string[]) => statSync(join(folder, ...path)).size;
    return {
      events,
      text: size('day.ndjson'),
      gzip: size('days', '2026-10-31.ndjson.gz'),
      parquet: size('day.parquet'),
      manifest: size('days', '2026-10-31.manifest.json'),
    };
  }).finally(() => server.close());
}

/** A day of cycles to an archive, one every hour, each with new entries, after ten days of history. */
async function cyclesOf(events: number): Promise<CountedCycle> {
  const model = await startModel({
    entries: makeEntries({ n: events * 10, from: NOW - 10 * DAY, to: NOW, seed: 5 }),
    now: NOW,
  });
  const requests = () => model.requests.length;
  const server = {
    base: model.base.origin,
    key: model.key,
    requests: async () => requests(),
    traffic: async () => ({ times: [], connections: 0 }),
    close: () => {},
  };
  return inFolder(async (folder) => {
    const collect = (rest: string) =>
      measure(`AUDITLOG_STATE_DIR=${folder}/state ${AUDITLOG} collect scale ${rest}`, server, folder);
    await collect('--create --rate off --dest archive');
    await collect('');
    const sums = { requests: 0, objects: 0, seconds: 0, megabytes: 0 };
    for (let hour = 1; hour <= 48; hour += 1) {
      model.setNow(NOW + hour * HOUR);
      const fresh = Math.max(1, Math.round(events / 24));
      for (let at = 0; at < fresh; at += 1)
        model.insert(makeEntry(NOW + hour * HOUR - ((at + 1) * 3_500_000) / fresh, 99, hour * fresh + at));
      const before = filesIn(join(folder, 'archive'));
      const run = await collect('');
      if (hour <= 24) continue;
      const after = filesIn(join(folder, 'archive'));
      sums.requests += run.requests;
      sums.seconds += run.cpu;
      sums.megabytes = Math.max(sums.megabytes, run.memory);
      for (const [name, stamp] of after) if (before.get(name) !== stamp) sums.objects += 1;
    }
    const { objects, seconds, megabytes } = sums;
    const tenths = (value: number) => Math.round(value * 10) / 10;
    return {
      events,
      requests: tenths(sums.requests / 24),
      objects: tenths(objects / 24),
      seconds: tenths(seconds / 24),
      megabytes: Math.round(megabytes),
    };
  }).finally(() => model.close());
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'auditlog-scale-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Which files there are, and what is in them. */
function filesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    names.flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isFile()
        ? [[name, createHash('md5').update(readFileSync(path)).digest('hex')] as const]
        : [];
    }),
  );
}
