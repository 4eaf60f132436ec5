import type { Kind } from '../event.js';
import { FILTERS, type FilterRow } from '../filters.js';

/** A path into an entry, such as `actor.email`. The first of a list that yields a value wins. */
export type FieldPath = string | readonly string[];

/** The fields of a person. Of several such fields, the first with a value is the person; a later one with the same id adds what is missing. */
export interface PersonField {
  readonly id?: FieldPath;
  readonly name?: FieldPath;
  readonly email?: FieldPath;
  /** Only for actions that match one of these globs. */
  readonly actions?: readonly string[];
}

/** The fields of a resource. Used when `id` or `name` has a value; the last one always. */
export interface ResourceField {
  /** The type's name, or `{ path }` where the entry has it. Absent: the action's part before its last dot. */
  readonly type?: string | { readonly path: FieldPath };
  readonly id?: FieldPath;
  readonly name?: FieldPath;
  /** Only for actions that match one of these globs. */
  readonly actions?: readonly string[];
}

/** How the pages of a log follow one another. */
export type Paging = PagingWay & {
  /** The parameter of the page size. */
  readonly size: string;
  /** The largest page that the vendor gives. */
  readonly max: number;
  /** Where the answer says true or false: whether there is more. */
  readonly hasMore?: string;
  /** Where the answer says how many entries its pages hold. A page with fewer is then the last one. */
  readonly sizeIn?: NonNullable<Total>;
};
type PagingWay =
  /** Pages are numbered, from `first`: 1 unless it says 0. */
  | { readonly style: 'page'; readonly page: string; readonly first?: number }
  /** Pages begin at any row, from 0. */
  | { readonly style: 'offset'; readonly offset: string }
  /** Each answer names a cursor at `next`, which the parameter `cursor` takes. */
  | { readonly style: 'cursor'; readonly cursor: string; readonly next: string }
  /** Each answer names the address of the next page: in a Link header, or at `next`. */
  | { readonly style: 'link'; readonly next?: string };

/** The order in which a vendor's pages list entries. */
export const ORDERS = ['newest-first', 'oldest-first'] as const;
export type Order = (typeof ORDERS)[number];

/** Where the vendor gives the number of matching entries: a response header, a path in the body, or nowhere. */
export type Total = { readonly header: string } | { readonly path: string } | undefined;

/** The server-side filters that a vendor may have: our name, the vendor's parameter. */
export type WireFilter = Extract<FilterRow, { readonly wire: string }>['wire'];
export const WIRE_FILTERS: readonly WireFilter[] = FILTERS.flatMap((row) => ('wire' in row ? [row.wire] : []));

/** How the time of an entry is written: a text, or a number that counts from 1970. */
export const TIME_FORMATS = ['rfc3339', 'epoch-ms', 'epoch-s'] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

/** How the ends of a range are written in parameters. */
export const DATE_FORMATS = ['day', 'instant', 'epoch-ms', 'epoch-s'] as const;

/** How a range of days is asked for. */
export interface DateParameters {
  /** The parameters of the first and the last day, both included. Some vendors have only the first. */
  readonly from?: string;
  readonly to?: string;
  /** A range as words in one parameter: `{from}` and `{to}` are replaced by the days. */
  readonly search?: {
    readonly parameter: string;
    readonly from: string;
    readonly to: string;
    readonly both: string;
  };
  readonly format: (typeof DATE_FORMATS)[number];
  /** The days that the server gives without a range; absent: everything. */
  readonly defaultDays?: number;
  /** Whether the server refuses a request without a range. */
  readonly required?: boolean;
  /** The longest range of one request, in days; absent: unlimited. */
  readonly longestDays?: number;
}

/** The views that a column may show. `details` is a summary: whom and what it affected, and what changed. */
export const COLUMN_VIEWS = [
  'time',
  'actor',
  'event',
  'category',
  'resource',
  'target',
  'source',
  'location',
  'details',
] as const;
export type ColumnView = (typeof COLUMN_VIEWS)[number];

/** A column of the table that a vendor's users know from its own page. */
export interface ProviderColumn {
  readonly heading: string;
  /** One of `COLUMN_VIEWS`, or a path of the entry with a dot in front. */
  readonly shows: string;
  /** Whether its text has the colour of what was done; an event always has. */
  readonly coloured?: boolean;
}

export interface ActionWord {
  /** The group it is shown under, such as `Members`. */
  readonly category: string;
  /** As a person reads it, such as `Member Role Changed`. */
  readonly label: string;
  readonly kind: Kind;
}

/** A vendor's audit-log API as data: a built-in one, or a user's JSON file. */
export interface Provider {
  /** Lower case, such as `invent`. */
  readonly name: string;
  readonly title: string;
  /** The address of the API, without a trailing slash; undefined without a public one. */
  readonly base: string | undefined;
  /** Below the base; `{org}` is replaced by the encoded org id. */
  readonly path: string;
  /** The default org; undefined when the path has no `{org}`. */
  readonly defaultOrg: string | undefined;
  /** The header that carries the key, and the word before it. */
  readonly auth: { readonly header: string; readonly scheme?: string };
  /** More headers for every request, lower case; never one that carries a key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parameters sent with every request. */
  readonly fixed?: Readonly<Record<string, string>>;
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
  /** The longest value that a filter takes, in characters; absent: unknown. */
  readonly filterMax?: number;
  readonly dates: DateParameters;
  readonly paging: Paging;
  /** Absent: found out from the entries. */
  readonly order?: Order;
  /** Where the entries are in the answer: '' when the answer itself is the array. */
  readonly items: string;
  readonly total: Total;
  readonly fields: {
    readonly id?: FieldPath;
    readonly time: FieldPath;
    /** A path, or several joined by a dot and lower-cased (`category`, `action` → `login.login`). */
    readonly action: FieldPath | { readonly join: readonly string[] };
    readonly actor: PersonField | readonly PersonField[];
    readonly target?: PersonField | readonly PersonField[];
    readonly resource?: readonly ResourceField[];
    readonly source?: FieldPath;
    readonly ip?: FieldPath;
    readonly country?: FieldPath;
    readonly userAgent?: FieldPath;
    readonly org?: { readonly id?: FieldPath; readonly name?: FieldPath };
    readonly metadata?: FieldPath;
    /** The ids of the filters of the same names; absent: this vendor has no such thing. */
    readonly assistant?: FieldPath;
    readonly workflow?: FieldPath;
    readonly connection?: FieldPath;
    readonly account?: FieldPath;
    readonly tenant?: FieldPath;
  };
  /** How `fields.time` is written; absent: as RFC 3339 says. */
  readonly timeFormat?: TimeFormat;
  /** The default columns of a table; absent: those that every vendor can fill. */
  readonly columns?: readonly ProviderColumn[];
  /** The vocabulary, in the order it is shown. */
  readonly actions: Readonly<Record<string, ActionWord>>;
  /** Whether `actions` is the vendor's complete list: then an unknown exact action is an error, else a warning. */
  readonly actionsComplete: boolean;
  /** Requests a minute: what the vendor allows (undefined: unknown), and our default. */
  readonly rate: { readonly limit?: number; readonly default: number };
  /** The path of the vendor's message in an error body. */
  readonly errorMessage?: FieldPath;
  /** What a 403 means, such as the plan and the role that are needed. */
  readonly needs: string;
  /** Assumptions that no public document states, for `doctor`, the README and manifests. */
  readonly assumed: readonly string[];
}
