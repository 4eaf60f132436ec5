import { isObject } from '../../json/is.js';
import { isPath, readPath } from '../value.js';
import { type GuessNote, guessFields } from './fields.js';
import { fold, leavesOf } from './leaves.js';
import { type AnswerAround, guessPages } from './pages.js';
import { guessTime } from './times.js';

/** A first file for a vendor. */
export interface GuessedFile {
  readonly file: Readonly<Record<string, unknown>>;
  readonly notes: readonly GuessNote[];
}

export interface GuessWorld extends AnswerAround {
  readonly name: string;
  readonly auth: Readonly<Record<string, unknown>>;
  readonly now: number;
}

/** Guesses a vendor's file from an answer of its API; undefined if the answer has no list of entries. */
export function guessFile(answer: unknown, world: GuessWorld): GuessedFile | undefined {
  const list = listIn(answer, world.now);
  if (list === undefined) return undefined;
  const { items, each, entries } = list;
  const leaves = leavesOf(entries);
  const time = guessTime(leaves, entries.length, world.now);
  const notes: GuessNote[] = [
    { key: 'items', text: items === '' ? 'the answer is the list' : items, certainty: list.isOnly ? 'sure' : 'likely' },
  ];
  if (each !== undefined)
    notes.push({ key: 'each', text: `${each}: every member of the list has its entry there`, certainty: 'sure' });
  const { fields, notes: told } = guessFields(leaves, entries.length, time?.path ?? 'time');
  const pages = guessPages(answer, items, entries.length, world);
  const order = orderOf(time?.times ?? []);
  const form =
    time === undefined
      ? 'no place has a time that can be read'
      : `${time.format}${time.zone === undefined ? '' : `, in UTC, as it names no zone`}`;
  const all: readonly GuessNote[] = [
    ...placeNotes(world),
    ...notes,
    ...told.filter(({ key }) => time !== undefined || key !== 'fields.time'),
    { key: 'timeFormat', text: form, certainty: time === undefined ? 'unsure' : time.isSure ? 'sure' : 'likely' },
    ...pages.notes,
    ...(order === undefined ? [] : [{ key: 'order', text: order, certainty: 'likely' as const }]),
  ];
  return {
    file: {
      name: world.name,
      title: world.name.charAt(0).toUpperCase() + world.name.slice(1),
      ...placeOf(world),
      auth: world.auth,
      paging: pages.paging,
      ...(order === undefined ? {} : { order }),
      ...(items === '' ? {} : { items }),
      ...(each === undefined ? {} : { each }),
      ...(pages.total === undefined ? {} : { total: { path: pages.total } }),
      fields,
      ...(time === undefined || time.format === 'rfc3339' ? {} : { timeFormat: time.format }),
      ...(time?.zone === undefined ? {} : { timeZone: time.zone }),
      rate: { default: 60 },
    },
    notes: all,
  };
}

function placeOf({ url, name }: GuessWorld): object {
  if (url === undefined) return { base: `https://api.${name.replaceAll('_', '-')}.example`, path: '/v1/audit-logs' };
  return { base: url.origin, path: url.pathname };
}

function placeNotes({ url }: GuessWorld): readonly GuessNote[] {
  if (url === undefined)
    return ['base', 'path'].map((key) => ({
      key,
      text: 'made up: write that of the vendor',
      certainty: 'unsure' as const,
    }));
  const others =
    [...url.searchParams.keys()].length > 0
      ? [
          {
            key: 'fixed',
            text: 'parameters of the address that every request needs go there',
            certainty: 'unsure' as const,
          },
        ]
      : [];
  return [
    { key: 'path', text: `${url.pathname}: write {org} where it has the id of your organization`, certainty: 'likely' },
    ...others,
  ];
}

interface EntryList {
  readonly items: string;
  readonly each?: string;
  readonly entries: readonly unknown[];
  readonly isOnly: boolean;
}

const LISTS =
  'items events data logs records entries results result auditlogs auditevents activities value list rows nodes edges'.split(
    ' ',
  );

/** The outermost list whose members have times; of several, the one with a typical name. */
function listIn(answer: unknown, now: number): EntryList | undefined {
  const found = listsIn(answer).map(({ path, list }) => {
    const each = wrapperOf(list);
    const entries = each === undefined ? list : list.map((one) => readPath(one, each));
    const isTimed = guessTime(leavesOf(entries), entries.length, now) !== undefined;
    const named = LISTS.indexOf(fold(path.slice(path.lastIndexOf('.') + 1)));
    const depth = path === '' ? 0 : path.split('.').length;
    return { items: path, each, entries, rank: (isTimed ? 0 : 1000) + depth * 50 + (named < 0 ? 40 : named) };
  });
  const [best] = found.sort((a, b) => a.rank - b.rank);
  if (best === undefined) return undefined;
  const { rank: _, each, ...list } = best;
  return { ...list, ...(each === undefined ? {} : { each }), isOnly: found.length === 1 };
}

function listsIn(
  value: unknown,
  path = '',
  depth = 0,
): readonly { readonly path: string; readonly list: readonly unknown[] }[] {
  if (Array.isArray(value)) return value.length > 0 && value.every(isObject) ? [{ path, list: value }] : [];
  if (!isObject(value) || depth > 3) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const next = path === '' ? key : `${path}.${key}`;
    return isPath(next) ? listsIn(inner, next, depth + 1) : [];
  });
}

/** The path of the entry in each member of a list, if members only wrap it: `node` of edges. */
function wrapperOf(list: readonly unknown[]): string | undefined {
  return ['node', 'entry', 'item', 'resource'].find((key) =>
    list.every((one) => isObject(one) && isObject(one[key]) && Object.keys(one).length <= 2),
  );
}

function orderOf(times: readonly number[]): 'newest-first' | 'oldest-first' | undefined {
  const steps = times.slice(1).map((time, at) => time - times[at]!);
  if (steps.length === 0 || steps.every((step) => step === 0)) return undefined;
  if (steps.every((step) => step >= 0)) return 'oldest-first';
  return steps.every((step) => step <= 0) ? 'newest-first' : undefined;
}
