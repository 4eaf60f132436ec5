import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import { SCHEMA_NAMES, type SchemaName, VERSIONS } from '../../schemas/schema.js';
import { flag } from './flag.js';

export interface SchemaFlags {
  readonly schema?: SchemaName;
  readonly ocsfVersion?: string;
}

export function addSchemaFlags(command: Command): void {
  for (const option of [
    flag('--schema <name>', 'convert events to OCSF, ECS or CEF').choices(SCHEMA_NAMES),
    flag('--ocsf-version <version>', `OCSF version (default: ${VERSIONS.ocsf[0]})`).choices(VERSIONS.ocsf),
  ])
    command.addOption(option);
}

export interface SchemaChoice {
  readonly name: SchemaName;
  readonly version: string;
}

/** Undefined: each entry as the vendor sent it. */
export function toSchema({ schema: name, ocsfVersion: asked }: SchemaFlags): SchemaChoice | undefined {
  if (asked !== undefined && name !== 'ocsf')
    throw usageError('--ocsf-version needs --schema ocsf', 'Add that, or leave it out');
  return name === undefined ? undefined : { name, version: asked ?? VERSIONS[name][0] };
}

/** Flags that some schemas do not allow. */
interface Beside {
  readonly format?: string;
  readonly output?: string;
  readonly columns?: string;
  readonly split?: string;
  readonly manifest?: boolean;
}

/** Throws a usage error for flags that the schema does not allow. */
export function checkBesideSchema({ name }: SchemaChoice, flags: Beside, format: string): void {
  const shown = name.toUpperCase();
  if (flags.split !== undefined)
    throw usageError(
      '--split and --schema cannot be combined: day files hold the entries as the vendor sent them',
      `Write one file: auditlog export --schema ${name} -o FILE`,
    );
  if (flags.columns !== undefined)
    throw usageError(`--columns does not apply to ${shown}: it has its own fields`, 'Leave one of them out');
  if (name === 'cef' && flags.format !== undefined)
    throw usageError('--format and --schema cef cannot be combined: CEF is lines of text', 'Leave --format out');
  if (name === 'cef' && flags.manifest === true)
    throw usageError(
      '--manifest cannot be combined with CEF: its entries cannot be read back',
      'Export NDJSON with --manifest, and make CEF of that: --input FILE.ndjson --schema cef -o FILE.cef',
    );
  if (format !== 'ndjson' && format !== 'json')
    throw usageError(`${shown} is written as NDJSON or JSON, not as ${format}`, 'Leave --format out, or say ndjson');
}
