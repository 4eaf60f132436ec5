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

/** Writes a value at a path, and makes what is missing on the way: lists where a step is a number. */
export function putAt(draft: EntryDraft, path: string, value: unknown): void {
  const steps = stepsOf(path);
  let place = draft;
  for (const [at, step] of steps.slice(0, -1).entries()) {
    const below = place[step];
    if (typeof below !== 'object' || below === null) place[step] = isIndex(steps[at + 1]!) ? [] : {};
    place = place[step] as EntryDraft;
  }
  const last = steps.at(-1)!;
  const there = place[last];
  // What other fields have written below it stays.
  place[last] = isPlain(there) && isPlain(value) ? { ...there, ...value } : value;
}

/** Removes what is at a path, and the containers that are empty then. Elements of lists become null. */
export function takeAway(draft: EntryDraft, path: string): void {
  if (readPath(draft, path) === undefined) return;
  remove(draft, stepsOf(path));
}

function remove(place: unknown, [step, ...rest]: readonly string[]): void {
  if (typeof place !== 'object' || place === null || step === undefined || !Object.hasOwn(place, step)) return;
  const of = place as EntryDraft;
  if (rest.length > 0) {
    remove(of[step], rest);
    const left = of[step];
    if (typeof left === 'object' && left !== null && Object.keys(left).length > 0) return;
  }
  if (!Array.isArray(of)) delete of[step];
  else if (Number(step) === of.length - 1) of.pop();
  else of[Number(step)] = null;
}

function isIndex(step: string): boolean {
  return /^\d+$/.test(step);
}

function isPlain(value: unknown): value is EntryDraft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
