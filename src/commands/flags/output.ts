import type { Command, Option } from 'commander';
import type { ReadingOptions } from '../../engine/source.js';
import { usageError } from '../../errors.js';
import { type CsvDelimiter, DELIMITERS } from '../../formats/csv/dialect.js';
import type { FormatName } from '../../formats/format.js';
import type { TimeStyle } from '../../formats/table/when.js';
import { formatOfFile, linesOfFile } from '../../output/endings.js';
import type { ColorChoice } from '../../terminal/color.js';
import { colorChoice, type GlobalFlags } from './everywhere.js';
import { flag } from './flag.js';
import type { InputFlags } from './input.js';
import { checkBesideSchema, type SchemaChoice, type SchemaFlags, toSchema } from './schema.js';
import type { SelectionFlags } from './selection.js';

export interface OutputFlags {
  readonly format?: string;
  readonly columns?: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly csvRaw?: boolean;
  readonly csvBom?: boolean;
  readonly delimiter?: string;
}

export function addOutputFlags(command: Command, formats: readonly string[]): void {
  command.optionsGroup('Output:');
  for (const option of [
    flag('-f, --format <format>', 'output format').choices(formats),
    flag('--columns <names>', 'columns, such as time,action,actor.email, paths of an entry, or people'),
    flag('-o, --output <file>', 'write to a file; its ending sets the format: .csv, .xlsx, .ndjson, .json, .parquet'),
    flag('--force', 'overwrite the file'),
    flag('--csv-raw', 'do not guard CSV cells that look like formulas'),
    flag('--csv-bom', 'start CSV with a byte order mark, which Excel needs to read UTF-8'),
    flag('--delimiter <character>', 'separator of CSV cells: , ; | or tab'),
  ])
    command.addOption(option);
}

/** The flags that shape output, of all commands that write events. */
export type AllOutputFlags = OutputFlags &
  SchemaFlags &
  InputFlags &
  GlobalFlags & {
    readonly restart?: boolean;
    readonly diff?: boolean;
    readonly time?: string;
    readonly ids?: boolean;
    readonly manifest?: boolean;
    readonly split?: string;
    readonly reverse?: boolean;
    readonly failIfAny?: boolean;
    readonly access?: boolean;
  };

export type WritingFlags = SelectionFlags & AllOutputFlags;

export function reverseFlag(does: string): Option {
  return flag('--reverse', does);
}

export function failIfAnyFlag(): Option {
  return flag('--fail-if-any', 'exit with 9 if an event matches');
}

/** The order in which events are written. */
export function directionOf({ reverse }: Pick<AllOutputFlags, 'reverse'>): Pick<ReadingOptions, 'direction'> {
  return reverse === true ? { direction: 'oldest-first' } : {};
}

/** How events are written, and where to. */
export interface Output {
  readonly format: FormatName;
  /** Undefined: standard output. */
  readonly path: string | undefined;
  readonly gzip: boolean;
  /** Undefined: the vendor's own text of each entry. */
  readonly schema: SchemaChoice | undefined;
  /** As written; undefined: the default ones. */
  readonly columns: string | undefined;
  readonly csvRaw: boolean;
  readonly csvBom: boolean;
  readonly delimiter: CsvDelimiter;
  /** Adds a column with what each event changed. */
  readonly diff: boolean;
  /** The style of times in a table; undefined: the default. */
  readonly time: TimeStyle | undefined;
  /** Shows seconds in a table whatever the range. */
  readonly seconds?: boolean;
  /** Adds a column with ids to a table. */
  readonly ids: boolean;
  readonly force: boolean;
  /** Deletes the partial file of an interrupted run. */
  readonly restart: boolean;
  readonly color: ColorChoice;
  /** Rows arrive one by one, without an end. */
  readonly live?: boolean;
}

/** Undefined for every name of standard output. */
export function pathOf(output: string | undefined): string | undefined {
  return output === undefined || STDOUT.includes(output) ? undefined : output;
}

const STDOUT: readonly string[] = ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

/** `usual`: the default format. Throws a usage error if flags contradict each other. */
export function readOutput(flags: AllOutputFlags, usual: FormatName): Output {
  const path = pathOf(flags.output);
  const schema = toSchema(flags);
  const ofFile = schema?.name === 'cef' ? linesOfFile : formatOfFile;
  const file = path === undefined ? undefined : ofFile(path, flags.format);
  const format = (flags.format ?? file?.format ?? (schema === undefined ? usual : 'ndjson')) as FormatName;
  if (schema !== undefined) checkBesideSchema(schema, flags, format);
  for (const name of ['force', 'restart'] as const)
    if (flags[name] === true && path === undefined) throw usageError(`--${name} needs -o FILE`, 'Name it with -o FILE');
  checkCsvFlags(flags, format);
  if (flags.diff === true && format !== 'table')
    throw usageError(
      `--diff needs a table: ${format} already has the changes`,
      'Leave it out, or choose fields with --columns or jq',
    );
  for (const name of ['time', 'ids'] as const)
    if (flags[name] !== undefined && format !== 'table')
      throw usageError(
        `--${name} needs a table: the format is ${format}`,
        'Leave it out, or choose columns with --columns',
      );
  if (flags.columns !== undefined && (format === 'json' || format === 'ndjson'))
    throw usageError(
      `--columns does not apply to ${format}: it holds each entry as the vendor sent it`,
      'Leave it out, or choose fields with jq',
    );
  return {
    format,
    path,
    gzip: file?.gzip ?? false,
    schema,
    columns: flags.columns,
    csvRaw: flags.csvRaw === true,
    csvBom: flags.csvBom === true,
    delimiter: toDelimiter(flags.delimiter),
    diff: flags.diff === true,
    time: flags.time as TimeStyle | undefined,
    ids: flags.ids === true,
    force: flags.force === true,
    restart: flags.restart === true,
    color: colorChoice(flags),
  };
}

function checkCsvFlags({ csvRaw, csvBom, delimiter, inputFile }: AllOutputFlags, format: FormatName): void {
  if (format === 'csv') return;
  const given = [
    csvRaw === true && inputFile === undefined && '--csv-raw',
    csvBom === true && '--csv-bom',
    delimiter !== undefined && '--delimiter',
  ].find((name) => name !== false);
  if (given !== undefined)
    throw usageError(`${given} needs CSV: the format is ${format}`, 'Leave it out, or write --format csv');
}

/** The given delimiter, by default a comma; a tab has a name and an escape. */
function toDelimiter(text: string | undefined): CsvDelimiter {
  if (text === undefined) return ',';
  if (['tab', '\\t', '\t'].includes(text)) return '\t';
  const known = DELIMITERS.find((one) => one === text);
  if (known !== undefined) return known;
  throw usageError(
    `invalid --delimiter "${text}": expected one of , ; | or tab`,
    "auditlog export -o FILE.csv --delimiter ';'",
  );
}
