import { readPath } from '../../../providers/value.js';
import { indexOf } from './wanted.js';

/** A step of the path to the items. */
export interface PathStep {
  readonly name: Buffer;
  /** The element of an array that it is; -1 for a name. */
  readonly index: number;
  /** The whole rest of the path from here: a key may hold dots itself. */
  readonly rest: Buffer;
}

/** The steps of the path to the items; none where the answer is the list. */
export function stepsTo(itemsPath: string): readonly PathStep[] {
  if (itemsPath === '') return [];
  const steps = itemsPath.split('.');
  return steps.map((step, at) => ({
    name: Buffer.from(step),
    index: indexOf(step),
    rest: Buffer.from(steps.slice(at).join('.')),
  }));
}

/** Whether an answer has its list; `null` or left out, it is an empty one. */
export type ListState = 'given' | 'null' | 'left out';

/** What an answer without a list has at the path of the items; undefined where that, or what leads there, is something else. */
export function listIn(envelope: unknown, path: string): ListState | undefined {
  const there = readPath(envelope, path);
  if (there === null) return 'null';
  if (there !== undefined) return undefined;
  const steps = path.split('.');
  const leads = steps.every((step, at) => {
    const before = at === 0 ? envelope : readPath(envelope, steps.slice(0, at).join('.'));
    // Only the answer itself has to be there.
    return at > 0 && (before === undefined || before === null) ? true : leadsOn(before, step);
  });
  return leads ? 'left out' : undefined;
}

function leadsOn(value: unknown, step: string): boolean {
  if (Array.isArray(value)) return indexOf(step) >= 0;
  return typeof value === 'object' && value !== null;
}
