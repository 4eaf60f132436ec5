import { usageError } from '../errors.js';
import { OPEN_BRACE, OPEN_BRACKET } from '../json/bytes.js';
import { parseToken } from '../providers/event/parse.js';

export type InputFormat = 'ndjson' | 'json' | 'csv';

const LF = 0x0a;

/** How lines of each schema begin, and how to extract the entries' own text. */
const SCHEMAS: readonly { readonly name: string; readonly begins: RegExp; readonly hint: string }[] = [
  {
    name: 'OCSF',
    begins: /^(?:\[\s*)?\{(?:"time":-?\d+,)?"category_uid":\d/,
    hint: 'The entries are in raw_data: jq -r .raw_data FILE > entries.ndjson',
  },
  {
    name: 'ECS',
    begins: /^(?:\[\s*)?\{(?:"@timestamp":"[^"]*",)?"ecs":\{"version":/,
    hint: 'The entries are in event.original: jq -r .event.original FILE > entries.ndjson',
  },
  { name: 'CEF', begins: /^CEF:\d/, hint: 'Name the export that it was made of' },
];

/** Throws a usage error for files without the vendor's entries: Parquet, and files written with `--schema`. */
export function requireEntries(head: Buffer, name: string): void {
  const mark = head.subarray(0, 2).toString('latin1');
  if (mark === '\xff\xfe' || mark === '\xfe\xff')
    throw usageError(
      `${name} is UTF-16, as PowerShell writes with >`,
      'Let auditlog write the file: auditlog export -o FILE\nOr convert it to UTF-8',
    );
  if (head.subarray(0, 4).toString('latin1') === 'PAR1')
    throw usageError(
      `${name} is Parquet, which only auditlog query reads`,
      `auditlog query "select ..." --input ${name}\nOr name the NDJSON, JSON or CSV that it was made of`,
    );
  if (head.subarray(0, 4).toString('latin1') === 'PK\x03\x04')
    throw usageError(
      `${name} is a workbook, or another ZIP file, and cannot be read back`,
      'Name the NDJSON or CSV of the same events: auditlog export -o FILE.ndjson',
    );
  const text = head.toString('latin1', 0, 200);
  const schema = SCHEMAS.find(({ begins }) => begins.test(text));
  if (schema !== undefined) throw usageError(`${name} holds events in the schema ${schema.name}`, schema.hint);
}

/** The format of a text, by its first character, or by its first line if that could be an entry that is not an object. */
export function formatOf(head: Buffer, isNamedLines: boolean): InputFormat {
  const first = head.find((byte) => byte > 0x20);
  if (first === OPEN_BRACE || first === undefined) return 'ndjson';
  const begin = head.indexOf(first);
  const end = head.indexOf(LF, begin);
  const line = head.toString('utf8', begin, end < 0 ? head.length : end);
  const next = end < 0 ? undefined : head.subarray(end).find((byte) => byte > 0x20);
  if (first === OPEN_BRACKET) return (isNamedLines || next !== undefined) && isOddRow(line, next) ? 'ndjson' : 'json';
  // Lines of CSV end with CRLF.
  return !line.endsWith('\r') && isJson(line) ? 'ndjson' : 'csv';
}

/** Whether a first line is an array that does not hold entries. `next`: the first byte of the next line. */
function isOddRow(line: string, next: number | undefined): boolean {
  if (next === undefined && /^\[\s*\]\s*$/.test(line)) return false;
  return (next === OPEN_BRACE || !/^\[\s*\{/.test(line)) && isJson(line);
}

function isJson(line: string): boolean {
  return parseToken(line) !== undefined;
}
