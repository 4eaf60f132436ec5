import { readPath } from '../../../providers/value.js';
import { indexOf } from './wanted.js';

/** A step of the path to the items. */
export interface PathStep {
  readonly name: Buffer;
  /** The index of an array element; -1 for a name. */
  readonly index: number;
  /** The whole rest of the path: a key may have dots itself. */
  readonly rest: Buffer;
}

/** The steps of the path to the items; none if the answer is the list. */
export function stepsTo(itemsPath: string): readonly PathStep[] {
  if (itemsPath === '') return [];
  const steps = itemsPath.split('.');
  return steps.map((step, at) => ({
    name: Buffer.from(step),
    index: indexOf(step),
    rest: Buffer.from(steps.slice(at).join('.')),
  }));
}

/** The list of an answer: null or left out means an empty one. */
export type ListState = 'given' | 'null' | 'left out';

/** The state of the list in an answer without one; undefined if something else is at its path or on the way there. */
export function listIn(envelope: unknown, path: string): ListState | undefined {
  const there = readPath(envelope, path);
  if (there === null) return 'null';
  if (there !== undefined) return undefined;
  const steps = path.split('.');
  const leads = steps.every((step, at) => {
    const before = at === 0 ? envelope : readPath(envelope, steps.slice(0, at).join('.'));
    // Only the answer itself must be there.
    return at > 0 && (before === undefined || before === null) ? true : leadsOn(before, step);
  });
  return leads ? 'left out' : undefined;
}

function leadsOn(value: unknown, step: string): boolean {
  if (Array.isArray(value)) return indexOf(step) >= 0;
  return typeof value === 'object' && value !== null;
}
