import type { Kind } from '../event.js';
import { FILTERS, type FilterRow } from '../filters.js';
import type { ProviderAccess } from './access.js';
import type { ProviderAuth, ProviderVariable } from './auth.js';
import type { FieldPath, JoinedField, PersonField, ResourceField } from './fields.js';

export type { FieldPath, JoinedField, PersonField, ResourceField } from './fields.js';

/** The place of a parameter: the query of the address, or the JSON body of a POST, where its name is a path such as `variables.first`. */
export const PARAMETER_PLACES = ['query', 'body'] as const;
export type ParameterPlace = (typeof PARAMETER_PLACES)[number];

/** The place of the next page's name in an answer: a path in the body, a response header, or the last entry: a path such as `id`, or its time. */
export type NextIn =
  | string
  | { readonly header: string }
  | { readonly last: string }
  /** The cursor is the time of the last entry, written as `dates.format`; entries of that instant are returned again. */
  | { readonly lastTime: true };

/** Actions that a vendor writes as codes, or leaves out. */
export interface ActionField {
  readonly path: FieldPath;
  /** The words of codes, such as `1000`: `user.logged_in`. Other values stay unchanged. */
  readonly words?: Readonly<Record<string, string>>;
  /** The action of entries without one. */
  readonly otherwise?: string;
}

/** How the pages of a log follow one another. */
export type Paging = PagingWay & {
  /** The parameter of the page size; absent: the vendor has none. */
  readonly size?: string;
  /** Maximum size of a page. */
  readonly max: number;
  /** The place of the page parameters; absent: the query of a GET, the body of a POST. */
  readonly in?: ParameterPlace;
  /** Whether an empty page is the last one, whatever next page it names. */
  readonly emptyEnds?: boolean;
  /** For cursors and links without a page size: a page without a next one is the last, as the vendor documents. */
  readonly nextKnown?: boolean;
  /** Maximum number of entries that the pages of one range reach; absent: unlimited. */
  readonly reach?: number;
  /** The path of a flag in the answer: whether there is more. */
  readonly hasMore?: string;
  /** The path of the opposite flag: whether this page is the last one. */
  readonly isLast?: string;
  /** The place in the answer of the number of entries on its pages. A page with fewer is then the last one. */
  readonly sizeIn?: NonNullable<Total>;
};
type PagingWay =
  /** Pages are numbered, from `first`: 1 unless it says 0. */
  | { readonly style: 'page'; readonly page: string; readonly first?: number }
  /** Pages begin at any row, from 0. */
  | { readonly style: 'offset'; readonly offset: string }
  /**
   * Each answer names a cursor at `next`, for the parameter `cursor`. That may also be the parameter of an end of the range, which the cursor then
   * replaces.
   */
  | {
      readonly style: 'cursor';
      readonly cursor: string;
      readonly next: NextIn;
      /** Whether a request with a cursor has only fixed parameters besides it. */
      readonly alone?: boolean;
      /** Whether the cursor is JSON, such as a list, which a body takes unchanged; absent: a text. */
      readonly json?: boolean;
      /** The path of requests with a cursor, below the base; absent: the same as for others. */
      readonly path?: string;
    }
  /** Each answer names the address of the next page: in a Link header, in another header, or at a path. */
  | { readonly style: 'link'; readonly next?: string | { readonly header: string } }
  /** One answer has every entry of the range. */
  | { readonly style: 'none' };

/** The order in which a vendor's pages list entries. */
export const ORDERS = ['newest-first', 'oldest-first'] as const;
export type Order = (typeof ORDERS)[number];

/** The place of the number of matching entries: a response header, a path in the body, or nowhere. */
export type Total = { readonly header: string } | { readonly path: string } | undefined;

/** Server-side filters that a vendor may have: our name, the vendor's parameter. */
export type WireFilter = Extract<FilterRow, { readonly wire: string }>['wire'];
export const WIRE_FILTERS: readonly WireFilter[] = FILTERS.flatMap((row) => ('wire' in row ? [row.wire] : []));

/** The format of an entry's time: a text, a number that counts from 1970, or an object of seconds and nanoseconds (`epoch-parts`). */
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

/** The format of a range's ends in parameters. */
export const DATE_FORMATS = ['day', 'instant', 'instant-s', 'epoch-ms', 'epoch-s', 'pattern'] as const;

/** Whether an end of a range belongs to it. */
export const RANGE_ENDS = ['included', 'excluded'] as const;
export type RangeEnd = (typeof RANGE_ENDS)[number];

/** How to request a range of days. */
export interface DateParameters {
  /** The parameters of the first and the last day, both included. Some vendors have only the first. */
  readonly from?: string;
  readonly to?: string;
  /** A range as text in one parameter: the days replace `{from}` and `{to}`. */
  readonly search?: {
    readonly parameter: string;
    readonly from: string;
    readonly to: string;
    readonly both: string;
    /** The text without a range; absent: no parameter is sent. */
    readonly none?: string;
  };
  readonly format: (typeof DATE_FORMATS)[number];
  /** For the format `pattern`: `YYYY`, `MM`, `DD`, `HH`, `mm`, `ss` and the text between them, in UTC. */
  readonly pattern?: string;
  /** The place of the parameters; absent: the query of a GET, the body of a POST. */
  readonly in?: ParameterPlace;
  /** Whether the server returns entries of the exact instant of `from`, and of `to`; absent: it does. */
  readonly start?: RangeEnd;
  readonly end?: RangeEnd;
  /** The days that the server returns without a range; absent: everything. */
  readonly defaultDays?: number;
  /** Whether the server rejects a request without a range. */
  readonly required?: boolean;
  /** The longest range of one request, in days; absent: unlimited. */
  readonly longestDays?: number;
}

/** The views that a column may show. `details` is a summary: whom and what the event affected, and what changed. */
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

/** A column of the table, as on the vendor's own page. */
export interface ProviderColumn {
  readonly heading: string;
  /** One of `COLUMN_VIEWS`, or a path of the entry with a dot in front. */
  readonly shows: string;
  /** Whether its text has the colour of the action's kind; an event always has. */
  readonly coloured?: boolean;
}

export interface ActionWord {
  /** The group it is shown under, such as `Members`. */
  readonly category: string;
  /** A label for people, such as `Member Role Changed`. */
  readonly label: string;
  readonly kind: Kind;
}

/** The fields of an entry that describe changes: the first form with a result applies. */
export type ChangeWay =
  /** A list of objects, each with the name, the old and the new value of a field. */
  | { readonly list: string; readonly name: string; readonly old?: FieldPath; readonly new?: FieldPath }
  /** An object of fields, each with a pair of values at `old` and `new`, such as `{"role": ["member", "admin"]}` at 0 and 1. */
  | { readonly map: string; readonly old: string; readonly new: string }
  /** Two values side by side: two objects with the same fields, or two values of the field `name`. */
  | { readonly old?: FieldPath; readonly new?: FieldPath; readonly name?: FieldPath };

/** What differs between the logs of a vendor. */
export interface ProviderLog {
  readonly title: string;
  readonly path?: string;
  readonly fixed?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly filters?: Readonly<Partial<Record<WireFilter, string>>>;
  readonly dates?: DateParameters;
  readonly items?: string;
}

/** Requirements for reading the log, for `provider show`, documentation and a 403. */
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
  /** Below the base; the encoded org id replaces `{org}`, and `variables` other names in braces. */
  readonly path: string;
  readonly variables?: Readonly<Record<string, ProviderVariable>>;
  /** Absent: GET. */
  readonly method?: 'GET' | 'POST';
  /** The JSON body of a POST, to which parameters are added. A text in it that is `{org}` or `{variable}` is replaced. */
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
  /** The place of filters; absent: the query of a GET, the body of a POST. */
  readonly filtersIn?: ParameterPlace;
  /** Maximum length of a filter's value, in characters; absent: unknown. */
  readonly filterMax?: number;
  readonly dates: DateParameters;
  readonly paging: Paging;
  /** Absent: detected from the entries. */
  readonly order?: Order;
  /** The path of the entries in the answer; '' if the answer itself is the array. */
  readonly items: string;
  /** The path of the entry in a member of that list, such as `node`; a list there has several entries. */
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
    /** The changes; absent: found by the usual names, see `diff`. */
    readonly changes?: readonly ChangeWay[];
    /** The ids for the filters of the same names; absent: this vendor has no such thing. */
    readonly assistant?: FieldPath;
    readonly workflow?: FieldPath;
    readonly connection?: FieldPath;
    readonly account?: FieldPath;
    readonly tenant?: FieldPath;
  };
  /** The format of `fields.time`; absent: RFC 3339. */
  readonly timeFormat?: TimeFormat;
  /** The zone of times without one: `UTC` or an offset such as `-06:00`; absent: such times cannot be read. */
  readonly timeZone?: string;
  /** The default columns of a table; absent: those that every vendor can fill. */
  readonly columns?: readonly ProviderColumn[];
  /** The vocabulary, in the order for display. */
  readonly actions: Readonly<Record<string, ActionWord>>;
  /** What gives, changes and takes access; absent: the events do not show it, or it is not described yet. */
  readonly access?: ProviderAccess;
  /** Whether `actions` is the vendor's complete list: then an unknown exact action is an error, else a warning. */
  readonly actionsComplete: boolean;
  /** All sources that entries can have; absent: not known. */
  readonly sources?: readonly string[];
  /** Requests a minute: the vendor's limit (undefined: unknown), and our default. */
  readonly rate: { readonly limit?: number; readonly default: number };
  /** The path of the vendor's message in an error body. */
  readonly errorMessage?: FieldPath;
  /** What a 403 means, such as a required plan and role. */
  readonly needs: string | ProviderNeeds;
  /** The documentation behind the file, and the day when it was read, `YYYY-MM-DD`. */
  readonly documentation?: { readonly urls: readonly string[]; readonly read: string };
  /** Assumptions without a public document, for `doctor`, the docs and manifests. */
  readonly assumed: readonly string[];
}
