/** A path into an entry, such as `actor.email`. The first of a list that yields a value wins. */
export type FieldPath = string | readonly string[];

/** A field joined from the texts at several paths. */
export interface JoinedField {
  readonly join: readonly string[];
}

/** The fields of a person. Of several, the first with a value is the person; a later one with the same id adds what is missing. */
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
