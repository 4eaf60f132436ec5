import type { Format, FormatFacts } from '../../formats/format.js';
import { count } from './numbers.js';

/** Warnings about cells, and about events that a schema does not map. */
export function remarks(format: Format): readonly string[] {
  const { rows, emptyPaths, longCells, cutCells = 0, replacedSurrogates, schema } = format.facts();
  return [
    ...(schema === undefined ? [] : schemaRemarks(schema)),
    ...(rows === 0 ? [] : emptyPaths.map((path) => `warning: column ${path} is empty for every event`)),
    ...(longCells === 0
      ? []
      : [
          `warning: ${count(longCells)} ${longCells === 1 ? 'cell is' : 'cells are'} longer than a spreadsheet can hold (32,767 characters)`,
        ]),
    ...(cutCells === 0
      ? []
      : [
          `warning: ${count(cutCells)} ${cutCells === 1 ? 'cell was' : 'cells were'} cut to 32,767 characters, the most that a workbook holds; NDJSON has the whole text`,
        ]),
    ...(replacedSurrogates === 0
      ? []
      : [
          `warning: ${count(replacedSurrogates)} broken characters (lone surrogates) were replaced by U+FFFD; NDJSON keeps them`,
        ]),
  ];
}

/** Any more actions are only counted. */
const SHOWN = 10;

/** The unmapped actions with their counts, and the number of events without a time. */
export function schemaRemarks({ name, unmapped, undated }: NonNullable<FormatFacts['schema']>): readonly string[] {
  const shown = name.toUpperCase();
  const all = [...unmapped].sort(([, one], [, other]) => other - one);
  const events = all.reduce((sum, [, times]) => sum + times, 0);
  const named = all.slice(0, SHOWN).map(([action, times]) => `${action || '(no action)'} ${count(times)}`);
  const more = all.length > SHOWN ? [`${count(all.length - SHOWN)} other actions`] : [];
  return [
    ...(events === 0
      ? []
      : [
          `warning: ${count(events)} ${events === 1 ? 'event has an action' : 'events have actions'} without a mapping to ${shown}, written as "other": ${[...named, ...more].join(', ')}`,
        ]),
    ...(undated === 0
      ? []
      : [
          `warning: ${count(undated)} ${undated === 1 ? 'event has' : 'events have'} no valid time, so ${shown} has none either`,
        ]),
  ];
}
