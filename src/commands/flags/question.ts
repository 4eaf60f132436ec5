import { type ConnectionFlags, readConnection, type Where } from './connection.js';
import type { GlobalFlags } from './everywhere.js';
import { type Input, type InputFlags, readInput } from './input.js';
import { type QueryFlags, readQuery, type WrittenQuery } from './query.js';

export type QuestionFlags = ConnectionFlags & QueryFlags & InputFlags & GlobalFlags;

/** Whom a command asks, and what, as it was written. */
export interface Question {
  readonly where: Where;
  readonly wanted: WrittenQuery;
  /** Undefined: the API is asked. */
  readonly input: Input | undefined;
}

export function readQuestion(flags: QuestionFlags): Question {
  return { where: readConnection(flags), wanted: readQuery(flags), input: readInput(flags) };
}
