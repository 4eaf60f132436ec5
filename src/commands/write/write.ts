import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import { deliver, type Sink } from './deliver.js';
import type { WrittenFile } from './file.js';
import { openFormat } from './format.js';
import type { Writing } from './writing.js';

/** Events that were written; `file` says where, if it is one that stays. */
export interface WrittenEvents {
  readonly reading: Reading;
  readonly format: Format;
  readonly file?: WrittenFile;
}

/** Reads into an open sink. */
export async function writeTo(
  ctx: Context,
  sink: Sink,
  { job, output, order, watch }: Writing,
): Promise<WrittenEvents> {
  const format = await openFormat(ctx, output, job);
  const reading = await job.read(order);
  watch?.begin?.(reading);
  await deliver(reading, format, sink);
  return { reading, format };
}
