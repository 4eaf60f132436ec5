import { DIMENSION_NAMES, type Dimension, NONE } from './dimensions.js';
import type { Counted } from './tally.js';

/** Words for dimensions that users expect to have another name. */
const MEANT: Readonly<Record<string, string>> = {
  who: '--by actor',
  user: '--by actor',
  person: '--by actor',
  email: '--by actor.email',
  event: '--by action',
  type: '--by resource.type',
  date: '--by day',
  week: '--every week',
  month: '--every month',
};

/** Warnings for columns that do not group: those empty for every event, and those that hold objects. A misspelt path groups nothing, too. */
export function unfitColumns(dimensions: readonly Dimension[], { groups }: Counted): readonly string[] {
  return dimensions.flatMap(({ name }, at) => {
    if (groups.length === 0 || DIMENSION_NAMES.some((known) => known === name)) return [];
    const keys = groups.map((group) => group.keys[at] ?? NONE).filter((key) => key !== NONE);
    const meant = Object.hasOwn(MEANT, name) ? MEANT[name] : undefined;
    if (keys.length === 0)
      return [
        `warning: column ${name} is empty for every event`,
        ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
      ];
    const field = /^\{"([A-Za-z_]\w{0,40})":/.exec(keys[0]!)?.[1];
    return field === undefined || !keys.every((key) => key.startsWith('{'))
      ? []
      : [
          `warning: column ${name} holds several fields, and events are counted together only where all are equal`,
          `Did you mean ${meant ?? `--by ${name}.${field}`}?`,
        ];
  });
}
