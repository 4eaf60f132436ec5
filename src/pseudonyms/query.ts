import { FILTERS, type FilterRow } from '../filters.js';
import { isGlob } from '../providers/glob.js';
import type { Query } from '../query.js';
import { isPersonType } from './find.js';
import type { NameAnew } from './key.js';

/** In place of a part of a name, a network, or a text that was searched for: they have no pseudonym. */
export const NOT_RECORDED = '[not recorded]';

type FlagValue = string | number | boolean | readonly string[];

/** What files record of a query: the people that it names have their pseudonyms there too. */
export interface QueryNames {
  query(query: Query): Query;
  /** The flags as written, by name. */
  flags<Value extends FlagValue>(flags: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>;
  /** A value that a server was asked for. */
  wire(query: Query, value: string): string;
}

const WHO: ReadonlySet<string> = new Set(['user', 'target', 'about', 'notUser', 'notTarget', 'notAbout']);
const IP: ReadonlySet<string> = new Set(['ip', 'notIp']);
const RESOURCE: ReadonlySet<string> = new Set(['resource', 'notResource']);

export function openQueryNames(nameAnew: NameAnew): QueryNames {
  const renamed = ({ name, ...row }: FilterRow, text: string): string => {
    if ('whole' in row) return NOT_RECORDED;
    if (WHO.has(name)) return isGlob(text) ? NOT_RECORDED : nameAnew('id', text);
    if (IP.has(name)) return isGlob(text) || text.includes('/') ? NOT_RECORDED : nameAnew('ip', text);
    if (!RESOURCE.has(name)) return text;
    const [, type = '', id] = /^([^:]*):(.*)$/s.exec(text) ?? [];
    return id === undefined || !isPersonType(type) ? text : `${type}:${nameAnew('id', id)}`;
  };
  const values = (query: Query, row: FilterRow): readonly string[] =>
    row.key === 'resources' || row.key === 'notResources'
      ? query[row.key].map(({ type, id }) => (id === undefined ? type : `${type}:${id}`))
      : query[row.key];
  return {
    query: (query) => {
      const lists = FILTERS.map((row) => {
        const texts = values(query, row).map((text) => renamed(row, text));
        if (row.key !== 'resources' && row.key !== 'notResources') return [row.key, texts];
        const kept = query[row.key].map(({ type, id }, at) => ({
          type,
          id: id === undefined ? id : texts[at]!.slice(type.length + 1),
        }));
        return [row.key, kept];
      });
      return { ...query, ...Object.fromEntries(lists) };
    },
    flags: (flags) => {
      const written = Object.entries(flags).map(([name, value]) => {
        const row = FILTERS.find((one) => one.name === name);
        if (row === undefined) return [name, value];
        const parts = (text: string) => ('whole' in row ? [text] : text.split(','));
        const each = (text: string) =>
          parts(text)
            .map((part) => renamed(row, part.trim()))
            .join(',');
        return [name, typeof value === 'string' ? each(value) : Array.isArray(value) ? value.map(each) : value];
      });
      return Object.fromEntries(written);
    },
    wire: (query, value) => {
      const asked = value.toLowerCase();
      const row = FILTERS.find((one) => values(query, one).some((text) => text.toLowerCase() === asked));
      return row === undefined ? value : renamed(row, value);
    },
  };
}
