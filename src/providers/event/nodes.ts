import { type Outline, openOutline } from '../../json/outline.js';
import type { FieldPath, PersonField, Provider, ResourceField } from '../provider.js';
import { anyText, pathList } from '../value.js';
import { type ChosenPerson, choosePerson, chooseResource, type EntryAccess, isFor, type PersonWay } from './choose.js';
import { above, isJoined, listOf, typeOf } from './normalize.js';
import { parseToken } from './parse.js';

/** A node of an outline where a value stands; undefined for what an entry does not tell. */
export type FieldNode = number | undefined;

/**
 * Where an entry's text has what `toEvent` would read, by the same rules, and without making anything but the answers. Asked about an entry
 * whose outline was read last. A place is never that of null.
 */
export interface EventNodes {
  readonly outline: Outline;
  readonly time: (raw: Buffer) => FieldNode;
  /** Undefined for an action that is put together from several fields. */
  readonly actionAt: (raw: Buffer) => FieldNode;
  readonly action: (raw: Buffer) => string;
  readonly actor: (raw: Buffer, action: string) => ChosenPerson<number> | undefined;
  readonly target: (raw: Buffer, action: string) => ChosenPerson<number> | undefined;
  /** A type that the entry does not tell itself is its text. */
  readonly resource: (raw: Buffer, action: string) => ChosenResource | undefined;
  readonly source: (raw: Buffer) => FieldNode;
  readonly ip: (raw: Buffer) => FieldNode;
  readonly country: (raw: Buffer) => FieldNode;
  readonly userAgent: (raw: Buffer) => FieldNode;
  readonly orgId: (raw: Buffer) => FieldNode;
  readonly orgName: (raw: Buffer) => FieldNode;
  /** What stands there as text: a string as it is, objects and arrays as JSON. */
  readonly text: (raw: Buffer, node: number) => string | undefined;
}

export interface ChosenResource {
  readonly type: number | string | undefined;
  readonly id: FieldNode;
  readonly name: FieldNode;
}

/** The nodes of paths, the first of them preferred. */
interface PathNodes {
  readonly at: readonly number[];
  /** Those nodes and what is directly above them. */
  readonly near: readonly number[];
}

type PersonNodes = PersonWay<PathNodes> & Pick<PersonField, 'actions'>;
interface ResourceNodes extends Pick<ResourceField, 'actions'> {
  readonly type: string | PathNodes | undefined;
  readonly id?: PathNodes;
  readonly name?: PathNodes;
}

/** The places that count for the entries of one action. */
interface ActionFields {
  readonly actor: readonly PersonNodes[];
  readonly target: readonly PersonNodes[];
  readonly resource: readonly ResourceNodes[];
  readonly typeOf: string | undefined;
}

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const LOWER_N = 0x6e;
/** A server may send any number of actions. */
const KNOWN = 1000;

/** Opens the places of a provider's fields; `more` are paths that the outline is to find besides. */
export function openEventNodes(provider: Provider, more: Iterable<string> = []): EventNodes {
  const { fields } = provider;
  const outline = openOutline([...pathsOf(provider), ...more]);
  const { start, end, isPlain, nodeAt } = outline;

  const nodes = (paths: FieldPath | undefined): PathNodes => {
    const all = pathList(paths);
    return { at: all.map(nodeAt), near: [...new Set(all.flatMap((path) => [path, ...above(path)]))].map(nodeAt) };
  };
  const isNone = (raw: Buffer, node: number): boolean => start[node]! < 0 || raw[start[node]!] === LOWER_N;
  const hasAny = (raw: Buffer, at: readonly number[]): boolean => {
    for (const node of at) if (!isNone(raw, node)) return true;
    return false;
  };

  const first = (paths: FieldPath | undefined): ((raw: Buffer) => FieldNode) => {
    const { at } = nodes(paths);
    return (raw) => {
      for (const node of at) if (!isNone(raw, node)) return node;
      return undefined;
    };
  };

  const text = (raw: Buffer, node: number): string | undefined => {
    const from = start[node]!;
    const to = end[node]!;
    if (raw[from] === QUOTE && isPlain[node] === 1) return raw.toString('utf8', from + 1, to - 1);
    return anyText(parseToken(raw.toString('utf8', from, to)));
  };

  const reading: EntryAccess<Buffer, PathNodes, number> = {
    scalar: (raw, paths) => {
      if (paths === undefined) return undefined;
      for (const node of paths.at) {
        const from = start[node]!;
        if (from < 0) continue;
        const byte = raw[from];
        if (byte === QUOTE ? end[node]! > from + 2 : byte !== OPEN_BRACE && byte !== OPEN_BRACKET && byte !== LOWER_N)
          return node;
      }
      return undefined;
    },
    isThere: (raw, paths) => paths !== undefined && hasAny(raw, paths.at),
    isNear: (raw, paths) => paths !== undefined && hasAny(raw, paths.near),
    isSame: (raw, one, other) => text(raw, one) === text(raw, other),
  };

  const person = ({ id, name, email, actions }: PersonField): PersonNodes => ({
    id: nodes(id),
    name: nodes(name),
    email: nodes(email),
    ...(actions && { actions }),
  });
  const actors = listOf(fields.actor).map(person);
  const targets = listOf(fields.target).map(person);
  const resources = (fields.resource ?? []).map(
    ({ type, id, name, actions }): ResourceNodes => ({
      type: typeof type === 'object' ? nodes(type.path) : type,
      id: nodes(id),
      name: nodes(name),
      ...(actions && { actions }),
    }),
  );
  const last = resources.at(-1);

  const known = new Map<string, ActionFields>();
  const waysOf = (action: string): ActionFields => {
    const found = known.get(action);
    if (found !== undefined) return found;
    if (known.size === KNOWN) known.clear();
    const ways = {
      actor: actors.filter(isFor(action)),
      target: targets.filter(isFor(action)),
      resource: resources.filter(isFor(action)),
      typeOf: typeOf(action),
    };
    known.set(action, ways);
    return ways;
  };

  const joined = isJoined(fields.action) ? fields.action.join.map(first) : undefined;
  const actionAt = first(isJoined(fields.action) ? undefined : fields.action);
  const textOf = (raw: Buffer, node: FieldNode): string | undefined =>
    node === undefined ? undefined : text(raw, node);
  const orgId = nodes(fields.org?.id);
  const orgName = nodes(fields.org?.name);
  return {
    outline,
    time: first(fields.time),
    actionAt,
    action: (raw) => {
      if (joined === undefined) return textOf(raw, actionAt(raw)) ?? '';
      const words = joined.map((word) => textOf(raw, word(raw))).filter((word) => word !== undefined);
      return words.join('.').toLowerCase();
    },
    actor: (raw, action) => choosePerson(waysOf(action).actor, raw, reading),
    target: (raw, action) => choosePerson(waysOf(action).target, raw, reading),
    resource: (raw, action) => {
      const ways = waysOf(action);
      const found = chooseResource(ways.resource, last, raw, reading);
      if (found === undefined) return undefined;
      const { type } = found.way;
      const told = typeof type === 'object' ? reading.scalar(raw, type) : (type ?? ways.typeOf);
      return { type: told, id: found.id, name: found.name };
    },
    source: first(fields.source),
    ip: first(fields.ip),
    country: first(fields.country),
    userAgent: first(fields.userAgent),
    orgId: (raw) => reading.scalar(raw, orgId),
    orgName: (raw) => reading.scalar(raw, orgName),
    text,
  };
}

function pathsOf({ fields }: Provider): readonly string[] {
  const { action } = fields;
  const people = [...listOf(fields.actor), ...listOf(fields.target)];
  const resources = fields.resource ?? [];
  const all: readonly (FieldPath | undefined)[] = [
    fields.time,
    isJoined(action) ? action.join : action,
    ...people.flatMap(({ id, name, email }) => [id, name, email]),
    ...resources.flatMap(({ type, id, name }) => [typeof type === 'object' ? type.path : undefined, id, name]),
    fields.source,
    fields.ip,
    fields.country,
    fields.userAgent,
    fields.org?.id,
    fields.org?.name,
  ];
  return all.flatMap(pathList);
}
