import { schemaOf } from '../shape/schema.js';
import { PROVIDER_FILE } from './shape.js';

/** The JSON Schema of a vendor's file. The one that comes with the package, `provider.schema.json`, is this one. */
export function fileSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'auditlog provider',
    description: "A vendor's audit-log API as data. auditlog provider check FILE also finds what a schema cannot.",
    ...schemaOf(PROVIDER_FILE),
  };
}
