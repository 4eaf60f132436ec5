import type { OutputPort } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import type { ExportFile } from '../../output/export/file.js';

/** Where a result goes: an export file, standard output, a pager. */
export type Sink = Pick<ExportFile, 'write' | 'endSegment'>;

/**
 * Standard output as a sink. A write waits for the reader; one whose reader went away rejects with EPIPE. After a stop nothing more is
 * begun, however much is there to be written: it rejects with the signal's reason.
 */
export function streamSink(port: Pick<OutputPort, 'write'>, signal: AbortSignal): Sink {
  return {
    write: async (bytes) => {
      signal.throwIfAborted();
      await port.write(bytes);
    },
    endSegment: async () => {},
  };
}

/** Whether the reader of standard output closed it. */
export function isReaderGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

/**
 * Reads everything and writes it down, batch by batch as it comes; `each` hears of every batch. `before` rows are in the sink already.
 * Nothing is written before the first batch is there. Rejects with the reading's or the sink's error, and when more or fewer
 * rows were written than the reading claims, which would be a fault of ours.
 */
export async function deliver(
  reading: Reading,
  format: Format,
  sink: Sink,
  { before = 0, each }: { readonly before?: number; readonly each?: () => void } = {},
): Promise<void> {
  let opened = false;
  const write = async (bytes: string | Uint8Array) => {
    if (bytes.length > 0) await sink.write(bytes);
  };
  const open = async () => {
    if (!opened) await write(format.open());
    opened = true;
  };
  for await (const batch of reading.batches) {
    await open();
    await write(format.write(batch));
    if (batch.segmentEnd !== undefined) await sink.endSegment(batch.segmentEnd, reading.plan());
    each?.();
  }
  await open();
  const { kept } = reading.verdict();
  const written = before + format.facts().rows;
  if (written !== kept) throw new Error(`${written} rows were written where ${kept} were read`);
  await write(format.close());
}
