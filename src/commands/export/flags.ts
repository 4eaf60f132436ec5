import type { ReadingOptions } from '../../engine/source.js';
import { usageError } from '../../errors.js';
import type { RunFacts } from '../../manifest/record.js';
import { resumeCommandOf } from '../flags/everywhere.js';
import { directionOf, type Output, pathOf, readOutput, type WritingFlags } from '../flags/output.js';
import { readSelection, type Selection } from '../flags/selection.js';

/** What to export, and where to. */
export interface ExportChoice {
  readonly selection: Selection;
  readonly output: Output;
  readonly order: ReadingOptions;
  /** The flags as manifests record them. No flag can hold a key. */
  readonly recorded: RunFacts['flags'];
  readonly hasManifest: boolean;
  /** Adds who has access to a workbook. */
  readonly hasAccess: boolean;
  /** Exits with 9 if an event matches. */
  readonly failsIfAny: boolean;
  readonly resumeCommand: string;
}

export function readExport(flags: WritingFlags): ExportChoice {
  if (flags.format?.endsWith('.gz') === true)
    throw usageError(
      `--format ${flags.format} needs --split day`,
      'Name a file that ends in .gz, or pipe it through gzip',
    );
  return choiceOf(flags, readOutput(flags, 'ndjson'));
}

/** Like `readExport`, for `--split day`: `path` is the directory. */
export function readDayExport(flags: WritingFlags): ExportChoice & { readonly path: string } {
  const { format = 'ndjson' } = flags;
  const path = pathOf(flags.output);
  if (path === undefined) throw usageError('--split day needs a directory', 'Name it with -o DIR/');
  if (flags.pseudonymize === true)
    throw usageError(
      '--split day and --pseudonymize cannot be combined: day files hold the entries as they are',
      'Write one file: auditlog export --pseudonymize --pseudonym-key-file FILE -o FILE',
    );
  if (flags.force === true)
    throw usageError(
      '--force and --split cannot be combined: sealed days never change',
      'Leave it out, or name another directory',
    );
  if (format === 'xlsx')
    throw usageError(
      '--split day cannot write workbooks',
      'For one workbook of all days: auditlog export -o FILE.xlsx',
    );
  if (format === 'parquet')
    throw usageError(
      '--split day cannot write Parquet',
      'For Parquet of each day: auditlog collect NAME --create --dest DIR',
    );
  const { output: _, restart, ...rest } = flags;
  const output = readOutput({ ...rest, format: format.replace(/\.gz$/, '') }, 'ndjson');
  return { ...choiceOf(flags, { ...output, path, gzip: format.endsWith('.gz'), restart: restart === true }), path };
}

function choiceOf(flags: WritingFlags, output: Output): ExportChoice {
  if (flags.access === true && output.format !== 'xlsx')
    throw usageError(
      `--access is a sheet of a workbook, and this is ${output.format}`,
      'As CSV: auditlog access -o access.csv',
    );
  return {
    selection: readSelection(flags),
    output,
    order: { ties: 'canonical', ...directionOf(flags), seesCoverage: true },
    recorded: recordedOf(flags),
    hasManifest: flags.manifest === true,
    hasAccess: flags.access === true,
    failsIfAny: flags.failIfAny === true,
    resumeCommand: resumeCommandOf(flags),
  };
}

/** Flags about the connection, the messages and the file's place: manifests record them in other fields, or not at all. */
const NOT_RECORDED: ReadonlySet<string> = new Set([
  'argv',
  'profile',
  'provider',
  'baseUrl',
  'org',
  'var',
  'tokenUrl',
  'demo',
  'rate',
  'maxWait',
  'timeout',
  'output',
  'force',
  'restart',
  'manifest',
  'failIfAny',
  'color',
  'quiet',
  'debug',
  'input',
  'pseudonymKeyFile',
]);

function recordedOf(flags: WritingFlags): RunFacts['flags'] {
  const given = Object.entries(flags).filter(([name, value]) => !NOT_RECORDED.has(name) && isPlain(value));
  return Object.fromEntries(given) as RunFacts['flags'];
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string');
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}
