import type { WritingFlags } from '../flags/output.js';

/** Of events. */
export const USUAL_LIMIT = 50;

export interface ListFlags extends WritingFlags {
  readonly limit?: number;
  readonly page?: number;
  readonly all?: boolean;
  readonly count?: boolean;
  readonly follow?: boolean;
  readonly interval?: string;
  /** False for `--no-pager`. */
  readonly pager?: boolean;
}
