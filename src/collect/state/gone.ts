import { isFlag, isNumber, isText, objectOf, type TypeOf } from '../../json/is.js';
import type { HandoverResult, LookedDays } from '../deliver/handover.js';

export const isGoneDay = objectOf(
  {
    day: isText,
    rows: isNumber,
    /** Epoch ms. */
    found: isNumber,
  },
  {
    /** The delivered ids were forgotten since then: later readings cannot show that the entries came back. */
    lasting: isFlag,
  },
);
export type GoneDay = TypeOf<typeof isGoneDay>;

/** Days with gone entries to remember at most. */
const MOST_GONE = 10_000;

/**
 * What is known to be gone after a reading: of the days that it looked at, what it found; of the others, what was known before. `found`: what no
 * earlier reading found. `changed`: days whose files somebody changed: what they do not hold any more cannot be seen to come back. `at`: the server's
 * clock, epoch ms.
 */
export function learnGone(
  known: readonly GoneDay[],
  { gone, looked }: Pick<HandoverResult, 'gone' | 'looked'>,
  { at, changed }: { readonly at: number; readonly changed: ReadonlySet<string> },
): { readonly gone: readonly GoneDay[]; readonly found: readonly GoneDay[]; readonly unseen: readonly GoneDay[] } {
  const before = new Map(known.filter(isFleeting).map((one) => [one.day, one]));
  const now = gone.map(({ day, rows }): GoneDay => {
    const earlier = before.get(day);
    return { day, rows, found: earlier === undefined || earlier.rows < rows ? at : earlier.found };
  });
  const found = now.filter(({ day, rows }) => rows > (before.get(day)?.rows ?? 0));
  const days = new Set(now.map(({ day }) => day));
  const kept = known.filter((one) => !isFleeting(one) || !(days.has(one.day) || isWithin(one.day, looked)));
  const unseen = [...before.values()]
    .filter(({ day }) => changed.has(day) && isWithin(day, looked))
    .map((one) => ({ ...one, rows: one.rows - (now.find(({ day }) => day === one.day)?.rows ?? 0), lasting: true }))
    .filter(({ rows }) => rows > 0);
  return { gone: unseen.reduce(addLasting, [...kept, ...now].slice(-MOST_GONE)), found, unseen };
}

/** Adds entries of a day that are gone whatever later readings find. */
export function addLasting(known: readonly GoneDay[], { day, rows, found }: GoneDay): readonly GoneDay[] {
  const earlier = known.find((one) => one.day === day && !isFleeting(one));
  const sum = { day, rows: rows + (earlier?.rows ?? 0), found, lasting: true };
  return [...known.filter((one) => one !== earlier), sum].slice(-MOST_GONE);
}

/** The same where the delivered ids were forgotten: no later reading can compare. */
export function allLasting(known: readonly GoneDay[]): readonly GoneDay[] {
  return known.filter(isFleeting).reduce(
    addLasting,
    known.filter((one) => !isFleeting(one)),
  );
}

/** One for each day. */
export function goneByDay(known: readonly GoneDay[]): readonly GoneDay[] {
  const days = new Map<string, GoneDay>();
  for (const one of known) days.set(one.day, { ...one, rows: one.rows + (days.get(one.day)?.rows ?? 0) });
  return [...days.values()];
}

function isFleeting({ lasting }: GoneDay): boolean {
  return lasting !== true;
}

function isWithin(day: string, looked: LookedDays | undefined): boolean {
  return looked !== undefined && day >= (looked.from ?? '') && (looked.to === undefined || day <= looked.to);
}
