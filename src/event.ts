/** One entry of a vendor's log. Its text is never parsed and printed again on its way to NDJSON, JSON, an archive or a `raw` field. */
export interface Entry {
  /**
   * The vendor's tokens in their order, as UTF-8: without white space between tokens, and with characters that could harm a terminal or
   * split a line as `\uXXXX`. One line, without its end. May be a view into a page.
   */
  readonly raw: Buffer;
  /** The vendor's id; the token if it is not a string; undefined when the entry has none. */
  readonly id: string | undefined;
  /** In epoch milliseconds, with a fraction if the vendor is finer; NaN when the time is not valid. */
  readonly time: number;
  /** As `toEvent` reads it, if the scan found it; undefined if it has to be read from the text. */
  readonly action?: string | undefined;
  /** Which log of a vendor with several it is from, if they are read together. */
  readonly log?: string;
  /** The index among entries with the same id and time, in the order of the server's log; absent: 0. */
  readonly sibling?: number;
  /** Why it is not a usual entry, which is an object of at most 64 levels. */
  readonly odd?: 'not-an-object' | 'too-deep';
}

/** Who did something, or to whom it was done. Any part may be unknown. */
export interface Person {
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
}

export interface Resource {
  readonly type?: string;
  readonly id?: string;
  readonly name?: string;
}

/** What happened, in the same words for every vendor. Made from an `Entry` by `toEvent` (providers/provider.ts). */
export interface AuditEvent {
  readonly entry: Entry;
  /** The parsed entry. Read it with `Object.hasOwn` only: its keys are the vendor's. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly id: string | undefined;
  /** Epoch milliseconds; NaN when the time is not valid. */
  readonly time: number;
  /** The vendor's own text of the time. */
  readonly timeText: string;
  /** The vendor's action, verbatim, such as `member.role_changed`. */
  readonly action: string;
  /** Undefined for an automated event, which is shown as `System`. */
  readonly actor: Person | undefined;
  readonly target: Person | undefined;
  readonly resource: Resource | undefined;
  readonly source: string | undefined;
  readonly ip: string | undefined;
  readonly country: string | undefined;
  readonly userAgent: string | undefined;
  readonly org: { readonly id?: string; readonly name?: string } | undefined;
  readonly metadata: unknown;
  /** What changed, where the vendor's description says where that is and it is there. Old and new values may be whole objects. */
  readonly changes?: readonly Change[] | undefined;
}

/** One thing that an event changed. */
export interface Change {
  /** What was changed, such as `role` or `owner.email`; '' when the entry does not name it. */
  readonly path: string;
  /** Undefined when there was nothing before, or the entry does not say. */
  readonly before: unknown;
  readonly after: unknown;
}

/** What an action does, and so its colour: create green, update blue, delete red, other none. */
export type Kind = 'create' | 'update' | 'delete' | 'other';
export const KINDS: readonly Kind[] = ['create', 'update', 'delete', 'other'];
