import { isFor } from '../../providers/event/choose.js';
import { listOf, readAction } from '../../providers/event/normalize.js';
import type { FieldPath, PersonField, Provider, ResourceField } from '../../providers/provider.js';
import { isCoded, isJoined, pathList, readFirst, readPath } from '../../providers/value.js';
import { hash } from '../random.js';
import type { Happening } from '../vendors/happening.js';
import { actionChooser, type ToldLog } from './actions.js';
import { putChanges, withoutPairs } from './changes.js';
import { idLike } from './ids.js';
import { numberOf, putPerson } from './people.js';
import { type EntryDraft, putAt, takeAway } from './places.js';
import { timeWriter } from './times.js';

/** An entry in the vendor's form, and its time, epoch ms. */
export interface ToldEntry {
  readonly value: object;
  readonly time: number;
}

const SEED = 4127;

/**
 * Writes events of the demo as a vendor's entries, with the fields of the file. Each entry starts as a copy of an example in the file, of the same
 * action if there is one, so that it has the vendor's other fields. `n` is the number of the event; no two entries are equal.
 */
export function entryTeller(
  provider: Provider,
  examples: readonly unknown[],
  log?: ToldLog,
): (happening: Happening, n: number) => ToldEntry {
  const samples = examples.filter(
    (one): one is EntryDraft => typeof one === 'object' && one !== null && !Array.isArray(one),
  );
  const choose = actionChooser(provider, samples, log);
  const writeTime = timeWriter(
    provider,
    samples.map((one) => readFirst(one, provider.fields.time)).find((one) => one !== undefined),
  );
  const byAction = new Map<string, EntryDraft[]>();
  for (const one of samples)
    byAction.set(readAction(provider, one), [...(byAction.get(readAction(provider, one)) ?? []), one]);
  const overwritten = pathsOf(provider).sort((a, b) => b.length - a.length);
  const { fields } = provider;
  const anyOf = (field: Parameters<typeof pathList>[0]): unknown =>
    samples.map((one) => readFirst(one, pathList(field))).find((value) => value !== undefined);
  // Of an id joined from several fields, the last one that no other field uses.
  const taken = [...pathList(fields.time), ...pathList(fields.action)];
  const idPaths = pathList(fields.id).filter((path) => !taken.includes(path));
  const firstId = isJoined(fields.id) ? idPaths.at(-1) : idPaths[0];
  const idSample = anyOf(firstId);

  return (happening, n) => {
    const action = choose(happening.action, n);
    const alike = byAction.get(action) ?? inShapeOf(action, byAction) ?? samples;
    const example = alike[hash(n, 17) % Math.max(1, alike.length)] ?? {};
    const draft = structuredClone(example);
    const meta = pathList(fields.metadata)[0];
    const keepsMeta = meta !== undefined && isOdd(readPath(example, meta));
    for (const path of overwritten) if (!(keepsMeta && path === meta)) takeAway(draft, path);

    const pairs = fields.changes === undefined ? happening.metadata : withoutPairs(happening.metadata);
    if (meta !== undefined && !keepsMeta && Object.keys(pairs).length > 0) putAt(draft, meta, pairs);
    putChanges(draft, fields.changes ?? [], happening.metadata);
    putResource(draft, provider, { happening, action, example, n });
    const [target] = listOf<PersonField>(fields.target).filter(isFor(action));
    if (target !== undefined && happening.target !== undefined)
      putPerson(draft, target, happening.target, anyPerson(example, samples, target));
    const [actor] = listOf<PersonField>(fields.actor).filter(isFor(action));
    if (actor !== undefined && happening.by !== undefined)
      putPerson(draft, actor, happening.by, anyPerson(example, samples, actor));
    else if (actor !== undefined) takeAbove(draft, actor);
    const put = (field: FieldPath | undefined, value: unknown): void => {
      const [path] = pathList(field);
      if (path !== undefined && value !== undefined && value !== null) putAt(draft, path, value);
    };
    put(fields.ip, happening.ip);
    put(fields.country, happening.country);
    put(fields.userAgent, happening.agent);
    if (readFirst(draft, fields.source) === undefined) put(fields.source, happening.source);
    put(fields.org?.id, orgLike(anyOf(fields.org?.id), happening.org));
    put(fields.org?.name, happening.orgName);
    for (const name of ['assistant', 'workflow', 'connection', 'account', 'tenant'] as const)
      if (readFirst(draft, fields[name]) === undefined) put(fields[name], idLike(anyOf(fields[name]), SEED, n % 3));
    putAction(draft, provider, action, example);
    const { value, time } = writeTime(Date.parse(happening.at));
    for (const [at, path] of pathList(fields.time).entries())
      if (at === 0 || readPath(example, path) !== undefined) putAt(draft, path, value);
    if (firstId !== undefined) putAt(draft, firstId, idLike(idSample, SEED, n));
    return { value: draft, time };
  };
}

/** Examples whose actions have the same number of words, because a joined action has one word in another place than three. */
function inShapeOf(
  action: string,
  byAction: ReadonlyMap<string, readonly EntryDraft[]>,
): readonly EntryDraft[] | undefined {
  const wordsIn = (text: string): number => text.split('.').length;
  const found = [...byAction].filter(([other]) => wordsIn(other) === wordsIn(action)).flatMap(([, some]) => some);
  return found.length === 0 ? undefined : found;
}

/** Fields that describe the event. They are removed from an example before an event is written into it. */
function pathsOf({ fields }: Provider): string[] {
  const people = [...listOf<PersonField>(fields.actor), ...listOf<PersonField>(fields.target)];
  const resources = (fields.resource ?? []).flatMap(({ type, id, name }) => [
    typeof type === 'object' ? type.path : undefined,
    id,
    name,
  ]);
  const changes = (fields.changes ?? []).flatMap((way) =>
    'list' in way ? [way.list] : 'map' in way ? [way.map] : [way.old, way.new],
  );
  const all = [
    ...people.flatMap(({ id, name, email }) => [id, name, email]),
    ...resources,
    ...changes,
    fields.ip,
    fields.country,
    fields.userAgent,
    fields.metadata,
  ];
  return [...new Set(all.flatMap(pathList))];
}

interface Subject {
  readonly happening: Happening;
  readonly action: string;
  readonly example: unknown;
  readonly n: number;
}

function putResource(draft: EntryDraft, { fields }: Provider, { happening, action, example, n }: Subject): void {
  const ways = (fields.resource ?? [])
    .filter(isFor(action))
    .filter(({ id, name }) => id !== undefined || name !== undefined);
  const { type, id, name } = happening.resource;
  if (ways.length === 0 || (id === undefined && name === undefined)) return;
  const words = action.toLowerCase();
  const named = ways.find((way) => typeof way.type === 'string' && words.includes(way.type.toLowerCase()));
  const way: ResourceField = named ?? ways[hash(n, 5) % ways.length]!;
  const pick = (field: FieldPath | undefined): string | undefined => {
    const paths = pathList(field);
    return paths.find((path) => readPath(example, path) !== undefined) ?? paths[0];
  };
  const [idAt, nameAt] = [pick(way.id), pick(way.name)];
  const known = idAt === undefined ? undefined : readPath(example, idAt);
  if (idAt !== undefined)
    putAt(draft, idAt, typeof known === 'number' ? idLike(known, SEED, numberOf(id ?? name ?? '')) : (id ?? name));
  if (nameAt !== undefined && name !== undefined) putAt(draft, nameAt, name);
  if (typeof way.type !== 'object') return;
  const typeAt = pick(way.type.path);
  if (typeAt !== undefined) putAt(draft, typeAt, readPath(example, typeAt) ?? type ?? 'item');
}

function putAction(draft: EntryDraft, provider: Provider, action: string, example: unknown): void {
  if (readAction(provider, draft) === action) return;
  const { action: field } = provider.fields;
  if (isJoined(field)) {
    const words = action.split('.');
    const there = field.join.filter((path) => readPath(example, path) !== undefined);
    const paths = there.length > 0 && there.length <= words.length ? there : field.join;
    for (const path of field.join) takeAway(draft, path);
    for (const [at, path] of paths.entries()) {
      const word = at === paths.length - 1 ? words.slice(at).join('.') : words[at];
      if (word !== undefined && word !== '') putAt(draft, path, word);
    }
    return;
  }
  const coded = isCoded(field) ? field : undefined;
  const [path] = pathList(coded === undefined ? field : coded.path);
  for (const other of pathList(coded === undefined ? field : coded.path)) takeAway(draft, other);
  if (path === undefined || coded?.otherwise === action) return;
  const code = Object.entries(coded?.words ?? {}).find(([, word]) => word === action)?.[0] ?? action;
  putAt(draft, path, typeof readPath(example, path) === 'number' && /^\d+$/.test(code) ? Number(code) : code);
}

/** An example of a person in these fields: of this entry, or else of any. */
function anyPerson(example: unknown, samples: readonly unknown[], { id }: PersonField): unknown {
  if (readFirst(example, id) !== undefined) return example;
  return samples.find((one) => readFirst(one, id) !== undefined);
}

/** Removes the rest of a person, such as its type, from an automated event. */
function takeAbove(draft: EntryDraft, { id, name, email }: PersonField): void {
  for (const path of [id, name, email].flatMap(pathList)) {
    const dot = path.lastIndexOf('.');
    if (dot > 0) takeAway(draft, path.slice(0, dot));
  }
}

function orgLike(example: unknown, org: string): string | number {
  return typeof example === 'number' ? numberOf(org) : org;
}

function isOdd(value: unknown): boolean {
  return value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value));
}
