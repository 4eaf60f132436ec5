import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { systemCode } from '../errors.js';
import { Fault } from './fault.js';

/** Up to this size decompressing in place is faster than the way to the thread pool and back. */
const IN_PLACE = 1 << 20;
const gunzipLater = promisify(gunzip);

/** The result of zlib with `info`, which its types leave out. */
interface Decompressed {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * Decompresses a whole body. Stricter than a stream: a cut body, a missing or wrong trailer, a flipped bit and bytes after the end
 * are all `badGzip` faults; more than `cap` bytes are a `tooLarge` one, and never in memory.
 */
export async function decompress(body: Buffer, cap: number): Promise<Buffer> {
  const options = { maxOutputLength: cap, info: true };
  let result: Decompressed;
  try {
    const decompressed: unknown = body.length > IN_PLACE ? await gunzipLater(body, options) : gunzipSync(body, options);
    result = decompressed as Decompressed;
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new Fault('tooLarge', `the answer is larger than ${cap} bytes`, { cause });
    throw new Fault('badGzip', 'the compressed answer is damaged or cut off', { cause, code: code || undefined });
  }
  // zlib lets zeros after the end pass.
  if (result.engine.bytesWritten !== body.length)
    throw new Fault('badGzip', 'there are bytes after the end of the compressed answer');
  return result.buffer;
}
