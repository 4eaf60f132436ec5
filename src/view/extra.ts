import { hasLookup } from '../json/lookup.js';
import { type Member, members, textOf } from '../json/tokens.js';
import type { Column } from './column.js';

/**
 * The values without another column, as JSON in the vendor's own tokens; '' if every value has one. A cell carries a value if it has exactly that
 * string or, in `metadata`, those tokens; of equal values only the first. So `extra` has numbers, nulls, repeated keys, times in another format, and
 * the originals of values that were altered to fit a cell.
 */
export type ReadExtra = (top: readonly Member[], cells: readonly string[]) => string;

/** Makes `extra` from an entry's members. `cells`: the other columns, as they will be read back. */
export function openExtra(columns: readonly Column[]): ReadExtra {
  const root: PlaceNode = { columns: [], below: new Map() };
  for (const [column, { field, places }] of columns.entries()) {
    // Values in lists stay in `extra`.
    if (field !== 'extra')
      for (const place of places) if (!hasLookup(place)) plant(root, place, { column, whole: field === 'metadata' });
  }
  return (top, cells) => prune(top, root, { cells, used: new Set() }) ?? '';
}

/** A key on the paths of columns, and the columns that may carry its value. */
interface PlaceNode {
  readonly columns: CellCarrier[];
  readonly below: Map<string, PlaceNode>;
}

interface CellCarrier {
  readonly column: number;
  /** Whether the cell has tokens instead of a string's text. */
  readonly whole: boolean;
}

interface CarriedCells {
  readonly cells: readonly string[];
  /** Columns that carry a value already. */
  readonly used: Set<number>;
}

function plant(root: PlaceNode, place: string, carrier: CellCarrier): void {
  let at = root;
  for (const step of place.split('.')) {
    const next = at.below.get(step) ?? { columns: [], below: new Map() };
    at.below.set(step, next);
    at = next;
  }
  at.columns.push(carrier);
}

/** An object's text without the carried members; undefined if none is left. */
function prune(all: readonly Member[], at: PlaceNode, row: CarriedCells): string | undefined {
  let kept = '';
  for (const member of all) {
    const left = leftOf(member, all, at.below.get(member.key), row);
    if (left !== undefined) kept += `${kept === '' ? '' : ','}${member.keyToken}:${left}`;
  }
  return kept === '' && all.length > 0 ? undefined : `{${kept}}`;
}

/** The rest of a member's tokens; undefined if nothing is left. */
function leftOf(
  member: Member,
  all: readonly Member[],
  node: PlaceNode | undefined,
  row: CarriedCells,
): string | undefined {
  const { key, token } = member;
  if (node === undefined || all.some((other) => other.key === key && other !== member)) return token;
  const carrier = node.columns.find((one) => !row.used.has(one.column) && isCarried(token, one, row));
  if (carrier !== undefined) {
    row.used.add(carrier.column);
    return undefined;
  }
  return node.below.size > 0 && token.startsWith('{') ? prune(members(token), node, row) : token;
}

function isCarried(token: string, { column, whole }: CellCarrier, { cells }: CarriedCells): boolean {
  const cell = cells[column];
  if (cell === undefined || cell === '') return false;
  return whole ? token === cell : token.startsWith('"') && textOf(token) === cell;
}
