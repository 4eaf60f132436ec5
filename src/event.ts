/**
 * One entry of a vendor's log as it came over the wire: its own text, and the two facts that reading needs.
 * The text is never parsed and printed again on its way to NDJSON, JSON, an archive or a `raw` field.
 */
export interface Entry {
  /**
   * The entry's own tokens in their own order, as UTF-8: white space between tokens dropped, and the characters that
   * could harm a terminal or split a line written as `\uXXXX`. One line, without its end. May be a view into a page.
   */
  readonly raw: Buffer;
  /** The vendor's id; the token's text when it is no string; undefined when the entry has none. */
  readonly id: string | undefined;
  /** When it happened, in epoch milliseconds (with a fraction where the vendor is finer); NaN when it is no valid time. */
  readonly time: number;
  /** The action, as `toEvent` tells it, where reading came by it; undefined where it has to be read from the text. */
  readonly action?: string | undefined;
  /** Which of several entries with the same id and time it is, in the order of the server's log, from 0; absent: 0. */
  readonly sibling?: number;
  /** Why it is not an entry as an API gives them; absent: it is. Its text is kept as any other's; `too-deep` is an object nested deeper than 64 levels. */
  readonly odd?: 'not-an-object' | 'too-deep';
}

/** Who did something, or whom it was done to. Any part may be unknown. */
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
  /** The parsed entry. Read it by `Object.hasOwn` only: its keys are the vendor's. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly id: string | undefined;
  /** Epoch milliseconds, NaN when the vendor's text is no valid time. */
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
}

/** What an action does, and so its colour: create green, update blue, delete red, other none. */
export type Kind = 'create' | 'update' | 'delete' | 'other';
export const KINDS: readonly Kind[] = ['create', 'update', 'delete', 'other'];
