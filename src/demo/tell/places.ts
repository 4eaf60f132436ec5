import { type LookupStep, lookupAt } from '../../json/lookup.js';
import { readPath, STEPS } from '../../providers/value.js';

/** JSON that is written into. */
export type EntryDraft = Record<string, unknown>;

const STEP = new RegExp(STEPS.slice(0, STEPS.indexOf(']+') + 2), 'y');

/** The keys of a path such as `actor.email`, `tags.0` or `event_type..tag`. Keys that begin with @ have dots: `@odata.nextLink`. */
export function stepsOf(path: string): readonly string[] {
  const steps: string[] = [];
  for (let at = 0; at < path.length; ) {
    if (path[at] === '@' && /^@\w+\./.test(path.slice(at))) return [...steps, path.slice(at)];
    STEP.lastIndex = at;
    const step = STEP.exec(path)?.[0] ?? path.slice(at);
    steps.push(step);
    at += step.length + 1;
  }
  return steps;
}

/** Writes a value at a path and creates missing steps: a list for a step that is a number, a member for a step that looks one up. */
export function putAt(draft: EntryDraft, path: string, value: unknown): void {
  const lookup = lookupAt(path);
  if (lookup !== undefined) {
    const member = memberOf(draft, lookup);
    if (lookup.rest !== '') putAt(member, lookup.rest, value);
    else if (isPlain(value)) Object.assign(member, value);
    return;
  }
  const [step = '', rest] = splitPath(path);
  const there = draft[step];
  if (rest === undefined) {
    // Keeps what other fields have written below it.
    draft[step] = isPlain(there) && isPlain(value) ? { ...there, ...value } : value;
    return;
  }
  if (typeof there !== 'object' || there === null) draft[step] = isIndex(stepsOf(rest)[0]!) ? [] : {};
  putAt(draft[step] as EntryDraft, rest, value);
}

/** The member of a list with this text; created if it is missing. */
function memberOf(draft: EntryDraft, { list, key, text }: LookupStep): EntryDraft {
  if (!Array.isArray(draft[list])) draft[list] = [];
  const members = draft[list] as unknown[];
  const found = members.find((one) => isPlain(one) && one[key] === text);
  if (isPlain(found)) return found;
  const made: EntryDraft = { [key]: text };
  members.push(made);
  return made;
}

/** Removes the value at a path, and containers that become empty. Elements of lists become null; members found by a lookup are deleted. */
export function takeAway(draft: EntryDraft, path: string): void {
  if (readPath(draft, path) !== undefined) remove(draft, path);
}

function remove(place: EntryDraft, path: string): void {
  const lookup = lookupAt(path);
  if (lookup !== undefined) {
    const { list, key, text, rest } = lookup;
    const members = Array.isArray(place[list]) ? (place[list] as unknown[]) : [];
    const at = members.findIndex((one) => isPlain(one) && one[key] === text);
    const member = members[at];
    if (rest !== '' && isPlain(member)) remove(member, rest);
    if (isPlain(member) && (rest === '' || Object.keys(member).length < 2)) members.splice(at, 1);
    return;
  }
  const [step = '', rest] = splitPath(path);
  if (!Object.hasOwn(place, step)) return;
  const there = place[step];
  if (rest !== undefined && typeof there === 'object' && there !== null) {
    remove(there as EntryDraft, rest);
    if (Object.keys(there).length > 0) return;
  }
  if (!Array.isArray(place)) delete place[step];
  else if (Number(step) === place.length - 1) place.pop();
  else place[Number(step)] = null;
}

/** The first step of a path, and the rest of it. */
function splitPath(path: string): readonly [step: string, rest?: string] {
  const [step = ''] = stepsOf(path);
  return step.length < path.length ? [step, path.slice(step.length + 1)] : [step];
}

function isIndex(step: string): boolean {
  return /^\d+$/.test(step);
}

function isPlain(value: unknown): value is EntryDraft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
