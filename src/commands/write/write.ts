import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import { remarks } from '../say/remarks.js';
import { deliver, type Sink } from './deliver.js';
import { openFormat } from './format.js';
import type { WrittenOutcome } from './outcome.js';
import type { Writing } from './writing.js';

/** Reads into an open sink. */
export async function writeTo(
  ctx: Context,
  sink: Sink,
  { job, output, order, watch, access }: Writing,
): Promise<WrittenOutcome> {
  let reading: Reading | undefined;
  const format = await openFormat(ctx, output, job, { order, access, verdict: () => reading!.verdict() });
  reading = await job.read(order);
  watch?.begin?.(reading);
  await deliver(reading, watched(format, watch), sink);
  watch?.done?.(format.facts());
  return outcomeOf(reading, format);
}

function watched(format: Format, watch: Writing['watch']): Format {
  const { batch: see } = watch ?? {};
  if (see === undefined) return format;
  return {
    ...format,
    write: (batch) => {
      see(batch);
      return format.write(batch);
    },
  };
}

export function outcomeOf(reading: Reading, format: Format): WrittenOutcome {
  const { ndjson } = format.facts();
  return {
    verdict: reading.verdict(),
    total: reading.total(),
    remarks: remarks(format),
    ...(ndjson === undefined ? {} : { ndjson }),
  };
}
