import type { Schema, SchemaName } from '../../schemas/schema.js';
import type { DestinationOptions } from '../destination.js';

/** The schema that was chosen, or the destination's default. */
export async function schemaOr(name: SchemaName, { schema, provider }: DestinationOptions): Promise<Schema> {
  if (schema !== undefined) return schema;
  const { openSchema } = await import('../../schemas/index.js');
  return openSchema(name, { provider });
}
