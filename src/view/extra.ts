import type { AuditEvent } from '../event.js';
import { members } from '../json.js';
import { readPath } from '../providers/value.js';
import type { Column } from './columns.js';

/**
 * What the other columns of a row do not carry, as JSON in the vendor's own tokens; '' when they carry all.
 * A value is carried when its cell holds just that string, or, in `metadata`, just those tokens. So numbers, nulls, repeated keys,
 * times that were written in another way, and whatever was altered to fit into a cell stay in `extra`.
 */
export type ReadExtra = (event: AuditEvent, cells: readonly string[]) => string;

/** Reads `extra` for rows of these columns. `cells` are to be given as they will be read back, one for each column. */
export function openExtra(columns: readonly Column[]): ReadExtra {
  const root = branch();
  const carriers = columns.map(({ field, places }) => ({
    whole: field === 'metadata',
    places: field === 'extra' ? [] : places.map((place) => ({ place, node: plant(root, place) })),
  }));
  return (event, cells) => {
    const text = event.entry.raw.toString('utf8');
    const carried = new Map<Node, 'string' | 'whole'>();
    for (const [index, { whole, places }] of carriers.entries()) {
      const cell = cells[index];
      if (cell === undefined || cell === '') continue;
      const found = places.find(({ place }) => {
        const value = readPath(event.value, place);
        return whole ? value !== undefined && value !== null : value === cell;
      });
      if (found && carried.get(found.node) !== 'whole') carried.set(found.node, whole ? 'whole' : 'string');
    }
    return prune(text, root, carried) ?? '';
  };
}

/** A step of the places that columns may carry. */
interface Node {
  readonly below: Map<string, Node>;
}

function branch(): Node {
  return { below: new Map() };
}

function plant(root: Node, place: string): Node {
  let at = root;
  for (const step of place.split('.')) {
    const next = at.below.get(step) ?? branch();
    at.below.set(step, next);
    at = next;
  }
  return at;
}

/** An object's text without the carried members; undefined when nothing is left of it. */
function prune(text: string, at: Node, carried: ReadonlyMap<Node, 'string' | 'whole'>): string | undefined {
  const all = members(text);
  const kept: string[] = [];
  for (const member of all) {
    const { key, keyToken, token } = member;
    const node = at.below.get(key);
    const isRepeated = node !== undefined && all.some((other) => other.key === key && other !== member);
    if (node === undefined || isRepeated) {
      kept.push(`${keyToken}:${token}`);
      continue;
    }
    const how = carried.get(node);
    if (how === 'whole' || (how === 'string' && token.startsWith('"'))) continue;
    const left = node.below.size > 0 && token.startsWith('{') ? prune(token, node, carried) : token;
    if (left !== undefined) kept.push(`${keyToken}:${left}`);
  }
  if (kept.length === 0 && all.length > 0) return undefined;
  return `{${kept.join(',')}}`;
}
