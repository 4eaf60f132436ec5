import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { Fault } from './fault.js';

/** Up to here decompressing at once is faster than a round trip through the thread pool. */
const AT_ONCE = 1 << 20;
const gunzipLater = promisify(gunzip);

/** What zlib gives with `info`: its types do not tell. */
interface Decompressed {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * Decompresses a whole body. Stricter than a stream: a cut body, a missing or wrong trailer, a flipped bit and bytes after the end
 * are all a `badGzip` fault; more than `cap` bytes are a `tooLarge` one, and never held.
 */
export async function decompress(body: Buffer, cap: number): Promise<Buffer> {
  const options = { maxOutputLength: cap, info: true };
  let result: Decompressed;
  try {
    result = (body.length > AT_ONCE
      ? await gunzipLater(body, options)
      : gunzipSync(body, options)) as unknown as Decompressed;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new Fault('tooLarge', `the answer is larger than ${cap} bytes`, { cause: error });
    throw new Fault('badGzip', 'the compressed answer is damaged or cut off', {
      cause: error,
      ...(typeof code === 'string' ? { code } : {}),
    });
  }
  // zlib lets zeros after the end pass.
  if (result.engine.bytesWritten !== body.length)
    throw new Fault('badGzip', 'there are bytes after the end of the compressed answer');
  return result.buffer;
}
