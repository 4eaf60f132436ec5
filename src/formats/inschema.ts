import { toEvent } from '../providers/event/normalize.js';
import type { Provider } from '../providers/provider.js';
import type { Schema } from '../schemas/schema.js';
import type { Format } from './format.js';

/** As `lines`, a format that writes the text of each entry, but with what a schema makes of it in place of the entry's own text. */
export function inSchema(lines: Format, schema: Schema, provider: Provider): Format {
  return {
    ...lines,
    write: (batch) => {
      const { org } = batch;
      const entries = batch.entries.map((entry) => ({
        ...entry,
        raw: Buffer.from(schema.line(toEvent(provider, entry), org)),
      }));
      return lines.write({ ...batch, entries });
    },
    facts: () => ({
      ...lines.facts(),
      schema: { name: schema.name, unmapped: schema.unmapped(), undated: schema.undated() },
    }),
  };
}
