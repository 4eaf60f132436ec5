import { GATHERED } from '../manifest/names.js';
import type { DayFolder, DayRange } from './folder.js';

/** More folders than these are told of by their number. */
const FEW = 3;

/**
 * Tells what a question asks for and folders do not reach to: days after the last one that was read, or before the first one, and what a run that was
 * interrupted, or is still at work, has not made files of. An answer from less than was asked must not look like a whole one.
 */
export function tellEnds(folders: readonly DayFolder[], { first, last }: DayRange, tell: (note: string) => void): void {
  const end = last ?? first;
  const notes = folders.flatMap(({ name, names, chain: { days } }) => [
    ...(end !== undefined && end > days.last ? [`${name}: was read up to ${days.last}`] : []),
    ...(first !== undefined && first < days.first ? [`${name}: was read from ${days.first} on`] : []),
    ...(names.includes(GATHERED)
      ? [`${name}: a run is at work there, or was interrupted: more was read than is told here`]
      : []),
  ]);
  for (const note of notes.slice(0, FEW)) tell(note);
  if (notes.length > FEW)
    tell(`and ${notes.length - FEW} more like this: auditlog archive status shows from when to when`);
}
