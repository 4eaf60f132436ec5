import { createHash, type Hash } from 'node:crypto';
import type { OpenFile } from '../../files/files.js';
import type { DurableSegment, EndedFile } from '../checkpoint.js';

/** Whether the last durable segment still has the bytes that were written. */
export async function isIntact(file: OpenFile, segments: readonly DurableSegment[]): Promise<boolean> {
  const last = segments.at(-1);
  if (last === undefined) return true;
  const hash = createHash('sha256');
  await hashRange(file, segments.at(-2)?.end ?? 0, last.end, [hash]);
  return hash.digest('hex') === last.sha256;
}

/** The hash of the file up to `end` as the disk returns it; undefined where a segment differs from what was written. */
export async function readBack(
  file: OpenFile,
  segments: readonly DurableSegment[],
  end: number,
): Promise<string | undefined> {
  const whole = createHash('sha256');
  let start = 0;
  for (const segment of segments) {
    const own = createHash('sha256');
    await hashRange(file, start, segment.end, [own, whole]);
    if (own.digest('hex') !== segment.sha256) return undefined;
    start = segment.end;
  }
  await hashRange(file, start, end, [whole]);
  return whole.digest('hex');
}

/** Whether the file is the one that was sealed, byte for byte. */
export async function isSealed(
  file: OpenFile,
  { bytes, sha256 }: Pick<EndedFile, 'bytes' | 'sha256'>,
): Promise<boolean> {
  if ((await file.size()) !== bytes) return false;
  return (await readBack(file, [], bytes)) === sha256;
}

async function hashRange(file: OpenFile, start: number, end: number, hashes: readonly Hash[]): Promise<void> {
  const block = Buffer.allocUnsafe(Math.min(1024 * 1024, Math.max(1, end - start)));
  for (let position = start; position < end; ) {
    const read = await file.read(block.subarray(0, Math.min(block.length, end - position)), position);
    if (read === 0) return;
    for (const hash of hashes) hash.update(block.subarray(0, read));
    position += read;
  }
}
