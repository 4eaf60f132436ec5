import { FILTERS, flagOf } from '../../filters.js';
import { isGlob } from '../../providers/glob.js';
import { describeQuery, type Query } from '../../query.js';
import { describeRange } from '../../time.js';
import { quoted } from '../flags/everywhere.js';
import type { Job } from '../job/job.js';

/** The message if nothing matched: what was searched, and what may have been meant. */
export function nothingMatched({ query, zone, input }: Pick<Job, 'query' | 'zone' | 'input'>): readonly string[] {
  const isWhole = query.from === undefined && query.before === undefined;
  const whole = input === undefined ? 'in the whole log' : `in ${input}`;
  const where = isWhole ? whole : `from ${describeRange(query, zone)}`;
  const asked = describeQuery({ ...query, from: undefined, before: undefined }, zone);
  return [`no events match ${where}${asked === 'everything' ? '' : `: ${asked}`}`, ...hints(query)];
}

const PEOPLE = [
  ['users', '--user', 'actor'],
  ['targets', '--target', 'target'],
  ['about', '--about', 'actor or target'],
] as const;

function hints(query: Query): readonly string[] {
  const isOnly = (key: (typeof FILTERS)[number]['key']): boolean =>
    FILTERS.every((row) => row.key === key || query[row.key].length === 0) && query.outside === undefined;
  const people = PEOPLE.flatMap(([key, flag, role]) => {
    const [who] = query[key].filter((value) => !isGlob(value));
    if (who === undefined) return [];
    const known = isOnly(key)
      ? `no ${role} has the id or email "${who}"`
      : `${flag} ${who} is compared with whole ids and emails`;
    return [who.includes('@') ? known : `${known}; to match part of a name: ${flag} ${quoted(`*${who}*`)}`];
  });
  const phrase = query.search.find((text) => /\S\s+\S/.test(text));
  const words = phrase?.trim().split(/\s+/) ?? [];
  const texts =
    phrase === undefined
      ? []
      : [
          `--search "${phrase}" finds that text only; to find all of the words: ${words.map((word) => `--search ${quoted(word)}`).join(' ')}`,
        ];
  const things = FILTERS.flatMap((row) =>
    'field' in row && row.flag.endsWith('<id>') && !('negates' in row) && query[row.key].length > 0
      ? [`${flagOf(row)} takes an id, not a name; to find a name: --search ${quoted(String(query[row.key][0]))}`]
      : [],
  );
  return [...people, ...texts, ...things];
}
