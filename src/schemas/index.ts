import { usageError } from '../errors.js';
import type { Schema, SchemaName, SchemaOptions } from './schema.js';

/** Each schema's file is loaded when it is asked for. */
const SCHEMAS: Readonly<Record<SchemaName, (options: SchemaOptions) => Promise<Schema>>> = {
  ocsf: async (options) => (await import('./ocsf.js')).openOcsf(options, await ocsfVersion(options.version)),
  ecs: async (options) => (await import('./ecs.js')).openEcs(options),
  cef: async (options) => (await import('./cef.js')).openCef(options),
};

/** Begins to write events of a vendor in another system's words. Rejects with a usage error for a version that is not known. */
export async function openSchema(name: SchemaName, options: SchemaOptions): Promise<Schema> {
  return SCHEMAS[name](options);
}

/** The version of OCSF that was asked for, or the newest. Rejects with a usage error that lists those there are. */
export async function ocsfVersion(asked: string | undefined): Promise<string> {
  const { OCSF_VERSIONS } = await import('./ocsfclasses.js');
  const found = asked === undefined ? OCSF_VERSIONS[0] : OCSF_VERSIONS.find((version) => version === asked);
  if (found !== undefined) return found;
  throw usageError(`--ocsf-version ${asked} is not known`, `Choose one of ${OCSF_VERSIONS.join(', ')}.`);
}
