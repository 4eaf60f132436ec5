import { usageError } from '../errors.js';
import type { Provider } from '../providers/provider.js';
import { type Schema, type SchemaName, type SchemaOptions, VERSIONS } from './schema.js';

type OpenSchema = (provider: Provider, version: string) => Schema;

/** Each schema's file is loaded when it is asked for. */
const SCHEMAS: Readonly<Record<SchemaName, () => Promise<OpenSchema>>> = {
  ocsf: async () => (await import('./ocsf.js')).openOcsf,
  ecs: async () => (await import('./ecs.js')).openEcs,
  cef: async () => (await import('./cef.js')).openCef,
};

/** Begins to write events of a vendor in another system's words. Rejects with a usage error for a version that is not there. */
export async function openSchema(name: SchemaName, options: SchemaOptions): Promise<Schema> {
  const { provider, version = VERSIONS[name][0] } = options;
  if (!VERSIONS[name].includes(version))
    throw usageError(`${name.toUpperCase()} ${version} is not known`, `Choose one of ${VERSIONS[name].join(', ')}.`);
  const open = await SCHEMAS[name]();
  return open(provider, version);
}
