import type { Kind } from '../event.js';

/** A path into an entry, such as `actor.email`. The first of a list that yields a value wins. */
export type FieldPath = string | readonly string[];

/**
 * One place where a person stands in an entry. Of several places the first that tells anything is the person; a later
 * one only adds what is missing, and only when its id is the same.
 */
export interface PersonField {
  readonly id?: FieldPath;
  readonly name?: FieldPath;
  readonly email?: FieldPath;
  /** Only for actions that match one of these globs. */
  readonly actions?: readonly string[];
}

/** One way to see the resource of an entry. Taken when `id` or `name` yields a value; the last one always. */
export interface ResourceField {
  /** The type's name, or `{ path }` when the entry itself tells it. Absent: the action's part before its last dot. */
  readonly type?: string | { readonly path: FieldPath };
  readonly id?: FieldPath;
  readonly name?: FieldPath;
  /** Only for actions that match one of these globs. */
  readonly actions?: readonly string[];
}

/** How the pages of a log follow one another. `max` is the largest page that the vendor gives. */
export type Paging =
  | { readonly style: 'page'; readonly page: string; readonly size: string; readonly max: number }
  | {
      readonly style: 'offset';
      readonly offset: string;
      readonly size: string;
      readonly max: number;
      readonly hasMore?: string;
    }
  | {
      readonly style: 'cursor';
      readonly cursor: string;
      readonly size: string;
      readonly max: number;
      readonly next: string;
    }
  | { readonly style: 'link'; readonly size: string; readonly max: number };

/** Where the vendor tells how many entries match: a response header, a path in the body, or nowhere. */
export type Total = { readonly header: string } | { readonly path: string } | undefined;

/** The server-side filters that a vendor may have: our name, the vendor's parameter. */
export type WireFilter =
  | 'action'
  | 'user'
  | 'target'
  | 'resourceType'
  | 'assistant'
  | 'workflow'
  | 'connection'
  | 'account'
  | 'tenant';

export interface ActionWord {
  /** The group it is shown under, such as `Members`. */
  readonly category: string;
  /** As a person reads it, such as `Member Role Changed`. */
  readonly label: string;
  readonly kind: Kind;
}

/** A vendor's audit-log API as data. The built-in ones and a user's own JSON files are this same type. */
export interface Provider {
  /** Lower case, such as `invent`. */
  readonly name: string;
  readonly title: string;
  /** Where the API lives, without a trailing slash; undefined when there is no public one. */
  readonly base: string | undefined;
  /** Below the base; `{org}` is replaced by the encoded org id. */
  readonly path: string;
  /** The org asked for when none is named; undefined when the path has no `{org}`. */
  readonly defaultOrg: string | undefined;
  /** The header that carries the key, and the word before it. */
  readonly auth: { readonly header: string; readonly scheme?: string };
  /** Parameters sent with every request. */
  readonly fixed?: Readonly<Record<string, string>>;
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
  /** The longest value that a filter takes, in characters; absent: unknown. */
  readonly filterMax?: number;
  /** Day parameters; `to` is inclusive. A vendor without `to` has `since` only. `defaultDays`: the window the server takes when none is asked. */
  readonly dates: {
    readonly from?: string;
    readonly to?: string;
    readonly format: 'day' | 'instant';
    readonly defaultDays?: number;
  };
  readonly paging: Paging;
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
    /** The ids that `--assistant`, `--workflow` and `--connection` ask for; absent: this vendor has no such thing. */
    readonly assistant?: FieldPath;
    readonly workflow?: FieldPath;
    readonly connection?: FieldPath;
  };
  /** The vocabulary, in the order it is shown. */
  readonly actions: Readonly<Record<string, ActionWord>>;
  /** Whether `actions` is the vendor's complete list: then an unknown exact action is an error, else a warning. */
  readonly actionsComplete: boolean;
  /** Requests a minute: what the vendor allows (undefined: unknown) and what we take unasked. */
  readonly rate: { readonly limit?: number; readonly default: number };
  /** Where in an error body the vendor's own message is. */
  readonly errorMessage?: FieldPath;
  /** What a 403 means in the vendor's words, such as the plan and the role that are needed. */
  readonly needs: string;
  /** Facts that no public document of the vendor states, for `doctor`, the README and manifests. */
  readonly assumed: readonly string[];
}
