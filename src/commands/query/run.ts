import { join } from 'node:path';
import { loadDuckDb } from '../../archive/duckdb.js';
import { runSql, type SqlAnswer } from '../../archive/query.js';
import { stateDir } from '../../collect/paths.js';
import type { Context } from '../../context.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import { type RecordFormat, recordsFor } from '../../formats/records/records.js';
import { formatOfFile } from '../../output/endings.js';
import { openExportFile } from '../../output/export.js';
import { writeStream } from '../../output/stream.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { pathOf } from '../flags/output.js';
import { type InputPlace, withPlace } from '../job/place.js';
import { openNotes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import { isReaderGone } from '../write/deliver.js';

/** Longer SQL is most likely a mistake. */
const LONGEST_SQL = 1024 * 1024;

export interface QueryCommandFlags extends GlobalFlags {
  readonly inputFile?: string;
  readonly format?: RecordFormat;
  readonly output?: string;
  readonly force?: boolean;
  readonly csvRaw?: boolean;
}

/** Runs one SELECT on an archive and writes its rows. */
export async function queryArchive(ctx: Context, flags: QueryCommandFlags, words: string): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const { format, gzip } = formatOf(flags);
  const sql = words === '-' ? (await ctx.stdin.readAll(LONGEST_SQL)).toString('utf8') : words;
  const { inputFile: input = '.', force = false, csvRaw = false } = flags;
  const path = pathOf(flags.output);
  const isTTY = path === undefined && ctx.stdout.isTTY;
  const width = isTTY ? ctx.stdout.columns() : 0;
  const writeAnswer = async ({ columns, rows: answer }: SqlAnswer): Promise<number> => {
    const records = await recordsFor(format, { columns, csvRaw, isTTY, width });
    const write = async (sink: (text: string) => Promise<void>): Promise<number> => {
      let written = 0;
      await sink(records.open());
      for await (const some of answer) {
        written += some.length;
        await sink(records.write(some));
      }
      await sink(records.close());
      return written;
    };
    return path === undefined
      ? await write((text) => ctx.stdout.write(text))
      : await writeFile(ctx, path, { gzip, force, sql }, write);
  };
  try {
    const rows = await withPlace(ctx, input, notes, (place) => ask(ctx, place, sql, writeAnswer));
    notes.say(`${count(rows)} ${rows === 1 ? 'row' : 'rows'}`);
    return EXIT.ok;
  } catch (error) {
    if (isReaderGone(error)) return EXIT.ok;
    throw error;
  }
}

async function ask(
  ctx: Context,
  { path, bucket, notes }: InputPlace,
  sql: string,
  use: (answer: SqlAnswer) => Promise<number>,
): Promise<number> {
  if (bucket !== undefined) {
    await loadDuckDb(ctx);
    await bucket.fetchColumns();
  }
  // A copy is compared each time, because its hashes are not saved.
  const memory = bucket === undefined ? join(stateDir(ctx), 'checked') : bucket.copy.memory;
  return runSql(ctx, { input: path, sql, memory, tell: notes.insist }, use);
}

function formatOf({ output: named, format, csvRaw, force }: QueryCommandFlags): {
  readonly format: RecordFormat;
  readonly gzip: boolean;
} {
  const output = pathOf(named);
  const file = output === undefined ? undefined : formatOfFile(output, format);
  const chosen = format ?? file?.format ?? 'table';
  if (chosen === 'parquet' || chosen === 'xlsx')
    throw usageError(
      'expected a file that ends in .csv, .ndjson or .json',
      chosen === 'xlsx' ? 'For a spreadsheet: -o FILE.csv' : 'For Parquet use the duckdb program',
    );
  if (csvRaw === true && chosen !== 'csv')
    throw usageError(`--csv-raw needs CSV: the format is ${chosen}`, 'Leave it out, or write --format csv');
  if (force === true && output === undefined) throw usageError('--force needs -o FILE', 'Name it with -o FILE');
  return { format: chosen, gzip: file?.gzip ?? false };
}

/** Writes a complete file or none. */
async function writeFile(
  ctx: Context,
  path: string,
  { gzip, force, sql }: { readonly gzip: boolean; readonly force: boolean; readonly sql: string },
  write: (sink: (text: string) => Promise<void>) => Promise<number>,
): Promise<number> {
  const streamed = await writeStream(ctx, path, { gzip }, (stream) => write((bytes) => stream.write(bytes)));
  if (streamed !== undefined) return streamed;
  const file = await openExportFile(ctx, path, { gzip, force, restart: false, identity: { query: sql } });
  try {
    const rows = await write((bytes) => file.write(bytes));
    await file.finish();
    return rows;
  } catch (error) {
    await file.abandon();
    throw error;
  }
}
