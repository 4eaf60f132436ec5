import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import { formatOfFile } from '../../output/endings.js';
import { type ConnectionFlags, readConnection } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { flag } from '../flags/flag.js';
import { type InputFlags, readInput } from '../flags/input.js';
import { pathOf } from '../flags/output.js';
import { type PseudonymFlags, readPseudonyms } from '../flags/pseudonyms.js';
import type { Selection } from '../flags/selection.js';

export const ACCESS_FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;
type AccessFormat = (typeof ACCESS_FORMATS)[number];

export interface AccessFlags extends ConnectionFlags, InputFlags, PseudonymFlags, GlobalFlags {
  readonly at?: string;
  readonly during?: string;
  readonly in?: string;
  readonly from?: string;
  readonly since?: string;
  readonly to?: string;
  readonly until?: string;
  readonly changes?: boolean;
  readonly breaks?: boolean;
  readonly person?: string;
  readonly role?: string;
  readonly strict?: boolean;
  readonly format?: AccessFormat;
  readonly output?: string;
  readonly force?: boolean;
}

export function addAccessFlags(command: Command): void {
  command.optionsGroup('What is shown:');
  for (const option of [
    flag('--at <when>', 'the members at that time; a day is included whole (default: now)').conflicts([
      ...['during', 'from', 'since', 'to', 'until', 'changes', 'person'],
    ]),
    flag('--during <when>', 'everyone who had a role in that day or period').conflicts([
      'from',
      'since',
      'to',
      'until',
    ]),
    flag('--in <when>', 'the same as --during').conflicts(['during', 'at', 'from', 'since', 'to', 'until']).hideHelp(),
    flag('--from <when>', 'everyone who had a role since then; with --changes, the changes since then (also --since)'),
    flag('--to <when>', 'until then; a day is included whole (also --until)'),
    flag('--since <when>', 'the same as --from').conflicts('from').hideHelp(),
    flag('--until <when>', 'the same as --to').conflicts('to').hideHelp(),
    flag('--tz <zone>', 'where days begin: UTC (default), local, or such as Europe/Paris'),
    flag('--changes', 'who got or lost which role, and who did it'),
    flag('--person <who>', 'the history of one person: an id, an email address, a name, or a pattern'),
    flag('--role <name>', 'only this role'),
    flag('--breaks', 'only where the log contradicts itself').conflicts(['changes', 'role']),
    flag('--strict', 'exit 3 if the log contradicts itself'),
  ])
    command.addOption(option);
  command.optionsGroup('Output:');
  for (const option of [
    flag('-f, --format <format>', 'output format').choices(ACCESS_FORMATS),
    flag('-o, --output <file>', 'write to a file; its ending sets the format: .csv .ndjson .json'),
    flag('--force', 'overwrite the file'),
  ])
    command.addOption(option);
}

/** What to show, and how. */
export interface AccessChoice {
  readonly view: 'members' | 'changes' | 'breaks';
  /** The start of the range as written; undefined if none is given. */
  readonly from: string | undefined;
  readonly isRange: boolean;
  readonly person: string | undefined;
  readonly role: string | undefined;
  readonly isStrict: boolean;
  readonly format: AccessFormat;
  /** Undefined: standard output. */
  readonly path: string | undefined;
  readonly isForced: boolean;
}

export function readAccess(flags: AccessFlags): { readonly choice: AccessChoice; readonly selection: Selection } {
  const { at, during = flags.in, changes, breaks, person, role, strict, output, force } = flags;
  const from = during ?? flags.from ?? flags.since;
  const to = at ?? during ?? flags.to ?? flags.until;
  const path = pathOf(output);
  if (force === true && path === undefined) throw usageError('--force needs -o FILE', 'Name it with -o FILE');
  return {
    choice: {
      view: breaks === true ? 'breaks' : changes === true || person !== undefined ? 'changes' : 'members',
      from,
      isRange: at === undefined && (from !== undefined || to !== undefined),
      person,
      role,
      isStrict: strict === true,
      format: flags.format ?? (path === undefined ? 'table' : fileFormat(path)),
      path,
      isForced: force === true,
    },
    // The replay needs every event from the start of the log to the end of the range.
    selection: {
      where: readConnection(flags),
      query: { filters: {}, times: { to } },
      input: readInput(flags),
      pseudonyms: readPseudonyms(flags),
    },
  };
}

function fileFormat(path: string): AccessFormat {
  const { format, gzip } = formatOfFile(path);
  if (format === undefined || format === 'parquet' || format === 'xlsx' || gzip)
    throw usageError(`${path}: members are written as .csv, .ndjson or .json`, 'Name it FILE.csv');
  return format;
}
