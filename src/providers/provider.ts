import type { Kind } from '../event.js';
import { FILTERS, type FilterRow } from '../filters.js';
import type { ProviderAccess } from './access.js';
import type { ProviderAuth, ProviderVariable } from './auth.js';
import type { FieldPath, JoinedField, PersonField, ResourceField } from './fields.js';

export type { FieldPath, JoinedField, PersonField, ResourceField } from './fields.js';

/** Where a parameter of a request goes: the address's query, or the JSON body of a POST, where its name is a path such as `variables.first`. */
export const PARAMETER_PLACES = ['query', 'body'] as const;
export type ParameterPlace = (typeof PARAMETER_PLACES)[number];

/** Where an answer names the next page: a path in the body, a response header, or its last entry, by a path such as `id`, or by its time. */
export type NextIn =
  | string
  | { readonly header: string }
  | { readonly last: string }
  /** The cursor is the time of the last entry, written as `dates.format`; entries of that instant are read again. */
  | { readonly lastTime: true };

/** An action that a vendor writes as a code, or leaves out. */
export interface ActionField {
  readonly path: FieldPath;
  /** The words of codes, such as `1000`: `user.logged_in`. Other values stay unchanged. */
  readonly words?: Readonly<Record<string, string>>;
  /** The action of entries that have none. */
  readonly otherwise?: string;
}

/** How the pages of a log follow one another. */
export type Paging = PagingWay & {
  /** The parameter of the page size; absent: the vendor has none. */
  readonly size?: string;
  /** The largest page that the vendor gives. */
  readonly max: number;
  /** Where the parameters of pages go; absent: the query of a GET, the body of a POST. */
  readonly in?: ParameterPlace;
  /** Whether an empty page is the last one, whatever next page it names. */
  readonly emptyEnds?: boolean;
  /** For cursors and links without a page size: a page that names no next one is the last, as the vendor documents it. */
  readonly nextKnown?: boolean;
  /** The most entries that the pages of one range reach; absent: all. */
  readonly reach?: number;
  /** Where the answer says true or false: whether there is more. */
  readonly hasMore?: string;
  /** Where it says the opposite: whether this page is the last one. */
  readonly isLast?: string;
  /** Where the answer says how many entries its pages hold. A page with fewer is then the last one. */
  readonly sizeIn?: NonNullable<Total>;
};
type PagingWay =
  /** Pages are numbered, from `first`: 1 unless it says 0. */
  | { readonly style: 'page'; readonly page: string; readonly first?: number }
  /** Pages begin at any row, from 0. */
  | { readonly style: 'offset'; readonly offset: string }
  /** Each answer names a cursor at `next`, which the parameter `cursor` takes. It may be that of an end of the range, whose place it takes. */
  | {
      readonly style: 'cursor';
      readonly cursor: string;
      readonly next: NextIn;
      /** Whether a request with a cursor carries nothing else but fixed parameters. */
      readonly alone?: boolean;
      /** Whether the cursor is JSON, such as a list, which a body takes as it is; absent: a text. */
      readonly json?: boolean;
      /** Where requests with a cursor go, below the base; absent: where all others do. */
      readonly path?: string;
    }
  /** Each answer names the address of the next page: in a Link header, in another header, or at a path. */
  | { readonly style: 'link'; readonly next?: string | { readonly header: string } }
  /** One answer has every entry of the range. */
  | { readonly style: 'none' };

/** The order in which a vendor's pages list entries. */
export const ORDERS = ['newest-first', 'oldest-first'] as const;
export type Order = (typeof ORDERS)[number];

/** Where the vendor gives the number of matching entries: a response header, a path in the body, or nowhere. */
export type Total = { readonly header: string } | { readonly path: string } | undefined;

/** The server-side filters that a vendor may have: our name, the vendor's parameter. */
export type WireFilter = Extract<FilterRow, { readonly wire: string }>['wire'];
export const WIRE_FILTERS: readonly WireFilter[] = FILTERS.flatMap((row) => ('wire' in row ? [row.wire] : []));

/** How the time of an entry is written: a text, a number that counts from 1970, or an object of seconds and nanoseconds (`epoch-parts`). */
export const TIME_FORMATS = [
  'rfc3339',
  'rfc1123',
  'epoch-s',
  'epoch-ms',
  'epoch-us',
  'epoch-ns',
  'epoch-parts',
] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

/** How the ends of a range are written in parameters. */
export const DATE_FORMATS = ['day', 'instant', 'instant-s', 'epoch-ms', 'epoch-s', 'pattern'] as const;

/** Whether an end of a range belongs to it. */
export const RANGE_ENDS = ['included', 'excluded'] as const;
export type RangeEnd = (typeof RANGE_ENDS)[number];

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
    /** The words without a range; absent: no parameter is sent. */
    readonly none?: string;
  };
  readonly format: (typeof DATE_FORMATS)[number];
  /** For the format `pattern`: `YYYY`, `MM`, `DD`, `HH`, `mm`, `ss` and the text between them, in UTC. */
  readonly pattern?: string;
  /** Where the parameters go; absent: the query of a GET, the body of a POST. */
  readonly in?: ParameterPlace;
  /** Whether the server gives entries of the very instant of `from`, and of `to`; absent: it does. */
  readonly start?: RangeEnd;
  readonly end?: RangeEnd;
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

/** Fields of an entry that describe the changes: the first way with a result counts. */
export type ChangeWay =
  /** A list of objects, each with the name, the old and the new value of a field. */
  | { readonly list: string; readonly name: string; readonly old?: FieldPath; readonly new?: FieldPath }
  /** An object of fields, each with a pair of values at `old` and `new`, such as `{"role": ["member", "admin"]}` at 0 and 1. */
  | { readonly map: string; readonly old: string; readonly new: string }
  /** Two values beside each other: two objects of the same fields, or two values of the field `name`. */
  | { readonly old?: FieldPath; readonly new?: FieldPath; readonly name?: FieldPath };

/** What differs where a vendor has several logs. */
export interface ProviderLog {
  readonly title: string;
  readonly path?: string;
  readonly fixed?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly filters?: Readonly<Partial<Record<WireFilter, string>>>;
  readonly dates?: DateParameters;
  readonly items?: string;
}

/** What is needed to read the log, for `provider show`, documentation and a 403. */
export interface ProviderNeeds {
  readonly plan?: string;
  readonly role?: string;
  readonly scope?: string;
  /** The address where the key is made. */
  readonly key?: string;
}

/** A vendor's audit-log API as data: a built-in one, or a user's JSON file. */
export interface Provider {
  /** Lower case, such as `invent`. */
  readonly name: string;
  readonly title: string;
  /** The address of the API, without a trailing slash; undefined without a public one. */
  readonly base: string | undefined;
  /** Below the base; `{org}` is replaced by the encoded org id, other `{name}` by `variables`. */
  readonly path: string;
  readonly variables?: Readonly<Record<string, ProviderVariable>>;
  /** Absent: GET. */
  readonly method?: 'GET' | 'POST';
  /** The JSON body of a POST, into which parameters go. A text in it that is `{org}` or `{variable}` is replaced. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Several logs below one sign-in, by name; read one by one, or together, merged by time. */
  readonly logs?: Readonly<Record<string, ProviderLog>>;
  /** The default org; undefined when the path has no `{org}`. */
  readonly defaultOrg: string | undefined;
  readonly auth: ProviderAuth;
  /** More headers for every request, lower case; never one that carries a key. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parameters sent with every request. */
  readonly fixed?: Readonly<Record<string, string>>;
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
  /** Where filters go; absent: the query of a GET, the body of a POST. */
  readonly filtersIn?: ParameterPlace;
  /** The longest value that a filter takes, in characters; absent: unknown. */
  readonly filterMax?: number;
  readonly dates: DateParameters;
  readonly paging: Paging;
  /** Absent: found out from the entries. */
  readonly order?: Order;
  /** Where the entries are in the answer: '' when the answer itself is the array. */
  readonly items: string;
  /** Where the entry is in a member of that list, such as `node`; a list there holds several entries. */
  readonly each?: string;
  readonly total: Total;
  readonly fields: {
    /** A path, or several whose texts are joined by a slash. */
    readonly id?: FieldPath | JoinedField;
    readonly time: FieldPath;
    /** A path; several joined by a dot and lower-cased (`category`, `action` → `login.login`); or a path with words for its values. */
    readonly action: FieldPath | JoinedField | ActionField;
    readonly actor: PersonField | readonly PersonField[];
    readonly target?: PersonField | readonly PersonField[];
    readonly resource?: readonly ResourceField[];
    readonly source?: FieldPath;
    readonly ip?: FieldPath;
    readonly country?: FieldPath;
    readonly userAgent?: FieldPath;
    readonly org?: { readonly id?: FieldPath; readonly name?: FieldPath };
    readonly metadata?: FieldPath;
    /** What changed; absent: found by the usual names, see `diff`. */
    readonly changes?: readonly ChangeWay[];
    /** The ids of the filters of the same names; absent: this vendor has no such thing. */
    readonly assistant?: FieldPath;
    readonly workflow?: FieldPath;
    readonly connection?: FieldPath;
    readonly account?: FieldPath;
    readonly tenant?: FieldPath;
  };
  /** How `fields.time` is written; absent: as RFC 3339 says. */
  readonly timeFormat?: TimeFormat;
  /** The zone of times that name none: `UTC` or an offset such as `-06:00`; absent: such times cannot be read. */
  readonly timeZone?: string;
  /** The default columns of a table; absent: those that every vendor can fill. */
  readonly columns?: readonly ProviderColumn[];
  /** The vocabulary, in the order it is shown. */
  readonly actions: Readonly<Record<string, ActionWord>>;
  /** What gives, changes and takes access; absent: the vendor's events do not say, or nobody wrote it down. */
  readonly access?: ProviderAccess;
  /** Whether `actions` is the vendor's complete list: then an unknown exact action is an error, else a warning. */
  readonly actionsComplete: boolean;
  /** All sources that entries can have; absent: not known. */
  readonly sources?: readonly string[];
  /** Requests a minute: what the vendor allows (undefined: unknown), and our default. */
  readonly rate: { readonly limit?: number; readonly default: number };
  /** The path of the vendor's message in an error body. */
  readonly errorMessage?: FieldPath;
  /** What a 403 means, such as the plan and the role that are needed. */
  readonly needs: string | ProviderNeeds;
  /** The documentation that it was made from, and the day on which it was read, `YYYY-MM-DD`. */
  readonly documentation?: { readonly urls: readonly string[]; readonly read: string };
  /** Assumptions that no public document states, for `doctor`, the README and manifests. */
  readonly assumed: readonly string[];
}
