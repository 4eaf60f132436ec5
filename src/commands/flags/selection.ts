import type { ConnectionChoice } from '../../profile.js';
import { type ConnectionFlags, readConnection } from './connection.js';
import type { GlobalFlags } from './everywhere.js';
import { type InputChoice, type InputFlags, readInput } from './input.js';
import { type QueryFlags, readQuery, type WrittenQuery } from './query.js';

export type SelectionFlags = ConnectionFlags & QueryFlags & InputFlags & GlobalFlags;

/** Which events of which log a command reads, as written: before the vendor, its time zone and the time are known. */
export interface Selection {
  readonly where: ConnectionChoice;
  readonly query: WrittenQuery;
  /** Undefined: the API is asked. */
  readonly input: InputChoice | undefined;
}

export function readSelection(flags: SelectionFlags): Selection {
  return { where: readConnection(flags), query: readQuery(flags), input: readInput(flags) };
}
