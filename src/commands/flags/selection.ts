import type { ConnectionChoice } from '../../profile.js';
import { type ConnectionFlags, readConnection } from './connection.js';
import { type GlobalFlags, quoted } from './everywhere.js';
import { type InputChoice, type InputFlags, readInput } from './input.js';
import { type PseudonymFlags, readPseudonyms } from './pseudonyms.js';
import { type QueryFlags, readQuery, type WrittenQuery } from './query.js';

export type SelectionFlags = ConnectionFlags & QueryFlags & InputFlags & PseudonymFlags & GlobalFlags;

/** Which events of which log a command reads, as written: before vendor, time zone and clock are known. */
export interface Selection {
  readonly where: ConnectionChoice;
  readonly query: WrittenQuery;
  /** Undefined: the API is asked. */
  readonly input: InputChoice | undefined;
  /** The file of the key for pseudonyms; absent: entries keep their values. */
  readonly pseudonyms?: string | undefined;
}

/** The flags that select the same log, to paste after a command: ` --demo`; '' for none. */
export function logFlags(flags: ConnectionFlags & InputFlags): string {
  const { demo, profile, provider, baseUrl, tokenUrl, org, inputFile, csvRaw } = flags;
  const named: readonly (readonly [string, string | readonly string[] | undefined])[] = [
    ['--profile', profile],
    ['--provider', provider],
    ['--base-url', baseUrl],
    ['--token-url', tokenUrl],
    ['--org', org],
    ['--var', flags.var],
    ['--input', inputFile],
  ];
  const words = named.flatMap(([name, values = []]) => [values].flat().map((value) => `${name} ${quoted(value)}`));
  const switches = [demo === true ? '--demo' : '', inputFile !== undefined && csvRaw === true ? '--csv-raw' : ''];
  return [...switches.filter((one) => one !== ''), ...words].map((word) => ` ${word}`).join('');
}

export function readSelection(flags: SelectionFlags): Selection {
  return {
    where: readConnection(flags),
    query: readQuery(flags),
    input: readInput(flags),
    pseudonyms: readPseudonyms(flags),
  };
}
