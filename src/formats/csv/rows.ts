import type { Entry } from '../../event.js';
import { textOf } from '../../json/tokens.js';
import type { ChosenPerson } from '../../providers/event/choose.js';
import { type ChosenResource, type FieldNode, openEventNodes } from '../../providers/event/nodes.js';
import type { Provider } from '../../providers/provider.js';
import { isUtcTimestamp } from '../../time.js';
import { type Column, type ColumnName, utcTime } from '../../view.js';
import type { CsvBuffer } from './buffer.js';
import { formulaLength } from './cell.js';
import { openCsvExtra } from './extra.js';
import { JSON_TOKENS, lookOf, ODD, PLAIN, QUOTED } from './look.js';
import type { CsvTexts } from './texts.js';

/**
 * Writes rows by copying bytes: a cell is where its value stands in the entry, found by an outline, and a text is made only of what must be altered on
 * its way. False, with nothing written, for an entry that has to be read in full.
 */
export type WriteRow = (entry: Entry, org: string) => boolean;

const COMMA = 0x2c;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const CR = 0x0d;
const LF = 0x0a;
const LOWER_N = 0x6e;
/** An entry with a member. */
const SHORTEST = '{"":1}'.length;

/** `longest`: rows of entries of more bytes are refused. */
export function openRowWriter(
  provider: Provider,
  columns: readonly Column[],
  into: CsvBuffer,
  { shape, finish, onCell }: Pick<CsvTexts, 'shape' | 'finish' | 'onCell'>,
  { isRaw, longest }: { readonly isRaw: boolean; readonly longest: number },
): WriteRow {
  const places = openEventNodes(
    provider,
    columns.flatMap((column) => column.places),
  );
  const { outline } = places;
  const { start, end, isPlain } = outline;
  const nodes = columns.map((column) => column.places.map(outline.nodeAt));
  const extraAt = columns.findIndex(({ field }) => field === 'extra');
  const orgAt = columns.findIndex(({ field }) => field === 'org.id');
  const wants = (...fields: readonly ColumnName[]) => columns.some(({ field }) => fields.some((one) => one === field));
  const wantsActor = wants('actor.id', 'actor.name', 'actor.email');
  const wantsTarget = wants('target.id', 'target.email');
  const wantsResource = wants('resource.type', 'resource.id', 'resource.name');

  // The row that is being made: a cell is a text, or where it stands, or neither.
  const from = new Int32Array(columns.length);
  const to = new Int32Array(columns.length);
  const looks = new Uint8Array(columns.length);
  const texts: (string | undefined)[] = columns.map(() => undefined);

  const setText = (column: number, text: string | undefined): void => {
    if (text !== undefined && text !== '') texts[column] = shape(text);
  };
  const setBytes = (column: number, first: number, after: number, look: number): void => {
    from[column] = first;
    to[column] = after;
    looks[column] = look;
  };
  /** The string at a node, unless it has to be made a text first. */
  const setString = (column: number, raw: Buffer, node: number): boolean => {
    const first = start[node]! + 1;
    const after = end[node]! - 1;
    if (raw[first - 1] !== QUOTE || isPlain[node] !== 1) return false;
    const look = lookOf(raw, first, after, isRaw);
    if (look === ODD) return false;
    setBytes(column, first, after, look);
    return true;
  };
  const firstOf = (raw: Buffer, column: number): FieldNode => {
    for (const node of nodes[column]!) if (start[node]! >= 0 && raw[start[node]!] !== LOWER_N) return node;
    return undefined;
  };

  /** What the fields of a row are set from. */
  const row: {
    action: string;
    actor: ChosenPerson<number> | undefined;
    target: ChosenPerson<number> | undefined;
    resource: ChosenResource | undefined;
  } = { action: '', actor: undefined, target: undefined, resource: undefined };

  /** Where a field's value stands, or the text that it is. */
  const fields: Readonly<Record<ColumnName, (raw: Buffer, column: number) => FieldNode | string>> = {
    id: firstOf,
    time: places.time,
    action: (raw) => places.actionAt(raw) ?? row.action,
    'actor.id': () => row.actor?.id,
    'actor.name': () => row.actor?.name,
    'actor.email': () => row.actor?.email,
    'target.id': () => row.target?.id,
    'target.email': () => row.target?.email,
    'resource.type': () => row.resource?.type,
    'resource.id': () => row.resource?.id,
    'resource.name': () => row.resource?.name,
    source: places.source,
    ip: places.ip,
    country: places.country,
    user_agent: places.userAgent,
    'org.id': places.orgId,
    'org.name': places.orgName,
    metadata: firstOf,
    extra: () => undefined,
  };
  const finders = columns.map(({ field }) => (field === undefined ? firstOf : fields[field]));

  const kinds = columns.map(({ field }) => (field === undefined ? PATH : (KINDS[field] ?? TEXT)));

  const setCell = (column: number, raw: Buffer, { id, time }: Entry): void => {
    from[column] = 0;
    to[column] = 0;
    texts[column] = undefined;
    const found = finders[column]!(raw, column);
    const kind = kinds[column]!;
    if (kind === ID) {
      const isThere =
        typeof found === 'number' && id !== undefined && isAscii(raw, start[found]! + 1, end[found]! - 1, id);
      if (!isThere || !setString(column, raw, found)) setText(column, id);
    } else if (found === undefined) return;
    else if (typeof found === 'string') setText(column, found);
    else if (kind === TOKENS) setBytes(column, start[found]!, end[found]!, JSON_TOKENS);
    else if (kind === TIME) {
      if (raw[start[found]!] === QUOTE && isUtcTimestamp(raw, start[found]! + 1, end[found]! - 1))
        setBytes(column, start[found]! + 1, end[found]! - 1, PLAIN);
      else setText(column, utcTime({ time, timeText: places.text(raw, found) ?? '' }));
    } else if (!setString(column, raw, found)) {
      const text = kind === PATH ? textOf(raw.toString('utf8', start[found], end[found])) : places.text(raw, found);
      setText(column, text);
    }
  };

  const isCarried = (raw: Buffer, node: number, column: number, isWhole: boolean): boolean => {
    const text = texts[column];
    const first = from[column]!;
    const after = to[column]!;
    if (text === undefined && first === after) return false;
    if (isWhole) return areSame(raw, start[node]!, end[node]!, first, after);
    if (raw[start[node]!] !== QUOTE) return false;
    if (text === undefined && isPlain[node] === 1) return areSame(raw, start[node]! + 1, end[node]! - 1, first, after);
    return places.text(raw, node) === (text ?? raw.toString('utf8', first, after));
  };
  const extra = extraAt < 0 ? undefined : openCsvExtra(columns, outline, into, isCarried);

  const writeCell = (raw: Buffer, column: number): void => {
    const text = texts[column];
    if (text !== undefined && text !== '') into.text(finish(column, text));
    const first = from[column]!;
    const after = to[column]!;
    if (first === after) return;
    const look = looks[column]!;
    const isQuoted = look === QUOTED || (look === JSON_TOKENS && lookOf(raw, first, after, isRaw) !== PLAIN);
    const isGuarded = !isRaw && (raw[first] === APOSTROPHE || formulaLength(raw, first) > 0);
    if (isQuoted) into.byte(QUOTE);
    if (isGuarded) into.byte(APOSTROPHE);
    if (look === JSON_TOKENS) into.json(raw, first, after);
    else into.bytes(raw, first, after);
    if (isQuoted) into.byte(QUOTE);
    onCell(column, isGuarded);
  };
  const writeExtra = (raw: Buffer): void => {
    const before = into.end();
    into.byte(QUOTE);
    if (extra?.write(raw) === true) {
      into.byte(QUOTE);
      onCell(extraAt, false);
    } else into.back(before);
  };

  return (entry, org) => {
    const { raw } = entry;
    if (raw.length > longest || raw.length < SHORTEST || !outline.read(raw)) return false;
    const before = into.end();
    row.action = places.action(raw);
    if (wantsActor) row.actor = places.actor(raw, row.action);
    if (wantsTarget) row.target = places.target(raw, row.action);
    if (wantsResource) row.resource = places.resource(raw, row.action);
    for (let column = 0; column < columns.length; column += 1) setCell(column, raw, entry);
    extra?.settle(raw);
    if (orgAt >= 0 && texts[orgAt] === undefined && from[orgAt] === to[orgAt] && org !== provider.defaultOrg)
      setText(orgAt, org);
    for (let column = 0; column < columns.length; column += 1) {
      if (column > 0) into.byte(COMMA);
      if (column === extraAt) writeExtra(raw);
      else writeCell(raw, column);
    }
    // A row of one empty cell must not look like no row.
    if (columns.length === 1 && into.end() === before) {
      into.byte(QUOTE);
      into.byte(QUOTE);
    }
    into.byte(CR);
    into.byte(LF);
    return true;
  };
}

/** How a cell is made of what stands at its node. */
const TEXT = 0;
const ID = 1;
const TIME = 2;
const TOKENS = 3;
/** A string's text, of anything else its tokens. */
const PATH = 4;
const KINDS: Readonly<Partial<Record<ColumnName, number>>> = { id: ID, time: TIME, metadata: TOKENS };

function areSame(bytes: Uint8Array, first: number, after: number, other: number, otherAfter: number): boolean {
  if (first === other) return after === otherAfter;
  if (after - first !== otherAfter - other) return false;
  for (let at = first; at < after; at += 1) if (bytes[at] !== bytes[other + at - first]) return false;
  return true;
}

/** Whether the bytes are those of a text of ASCII. */
function isAscii(bytes: Uint8Array, first: number, after: number, text: string): boolean {
  if (text.length !== after - first) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x80 || bytes[first + at] !== code) return false;
  }
  return true;
}
