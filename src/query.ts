/** What is asked, as a value. Commands make it from flags; the source splits it into what the server filters and what we filter. */
export interface Query {
  /** Actions wanted: exact names or globs. Empty: all. */
  readonly actions: readonly string[];
  /** Actions not wanted: exact names or globs. */
  readonly notActions: readonly string[];
  /** First instant wanted, epoch ms; undefined: from the beginning. */
  readonly from: number | undefined;
  /** First instant no longer wanted, epoch ms; undefined: no end. The range is half-open. */
  readonly before: number | undefined;
  /** Who did it: ids or emails. */
  readonly users: readonly string[];
  readonly notUsers: readonly string[];
  /** Who was affected: ids or emails. */
  readonly targets: readonly string[];
  readonly resources: readonly { readonly type: string; readonly id: string | undefined }[];
  readonly assistants: readonly string[];
  readonly workflows: readonly string[];
  readonly connections: readonly string[];
  readonly sources: readonly string[];
  readonly countries: readonly string[];
  readonly ips: readonly string[];
  /** Text to be found anywhere in the entry, case-insensitive. */
  readonly search: string | undefined;
}
