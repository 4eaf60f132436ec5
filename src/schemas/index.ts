import { usageError } from '../errors.js';
import type { Provider } from '../providers/provider.js';
import { type Schema, type SchemaName, type SchemaOptions, VERSIONS } from './schema.js';

type OpenSchema = (provider: Provider, version: string) => Schema;

/** Each schema is loaded when it is needed. */
const SCHEMAS: Readonly<Record<SchemaName, () => Promise<OpenSchema>>> = {
  ocsf: async () => (await import('./ocsf.js')).openOcsf,
  ecs: async () => (await import('./ecs.js')).openEcs,
  cef: async () => (await import('./cef.js')).openCef,
};

/** Opens a schema for events of a vendor. Rejects with a usage error for an unknown version. */
export async function openSchema(name: SchemaName, options: SchemaOptions): Promise<Schema> {
  const { provider, version = VERSIONS[name][0] } = options;
  if (!VERSIONS[name].includes(version))
    throw usageError(`${name.toUpperCase()} ${version} is not known`, `Choose one of ${VERSIONS[name].join(', ')}`);
  const open = await SCHEMAS[name]();
  return open(provider, version);
}
