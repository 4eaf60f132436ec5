import type { OutputPort } from '../../context/ports.js';
import type { Reading } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import type { ExportFile } from '../../output/export/file.js';

/** A target for results: an export file, standard output, a pager. */
export type Sink = Pick<ExportFile, 'write' | 'endSegment'>;

/** Standard output as a sink. A write waits for the reader. It rejects with EPIPE if the reader is gone, or with the signal's reason after a stop. */
export function streamSink(port: Pick<OutputPort, 'write'>, signal: AbortSignal): Sink {
  return {
    write: async (bytes) => {
      signal.throwIfAborted();
      await port.write(bytes);
    },
    endSegment: async () => {},
  };
}

/** Whether the reader of standard output has closed it. */
export function isReaderGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

/**
 * Reads everything and writes it, batch by batch; nothing is written before the first batch. `before`: the rows in the sink already. Rejects with the
 * error of the reading or the sink, and if the verdict counts other rows than were written, which would be a bug.
 */
export async function deliver(reading: Reading, format: Format, sink: Sink, before = 0): Promise<void> {
  let isOpen = false;
  const write = async (bytes: string | Uint8Array) => {
    if (bytes.length > 0) await sink.write(bytes);
  };
  const open = async () => {
    if (!isOpen) await write(format.open());
    isOpen = true;
  };
  for await (const batch of reading.batches) {
    await open();
    await write(format.write(batch));
    if (batch.segmentEnd !== undefined) await sink.endSegment(batch.segmentEnd, reading.plan());
  }
  await open();
  const { kept } = reading.verdict();
  const written = before + format.facts().rows;
  if (written !== kept) throw new Error(`${written} rows were written where ${kept} were read`);
  await write(format.close());
}
