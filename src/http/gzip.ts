import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { systemCode } from '../errors.js';
import { Fault } from './fault.js';
import type { ApiResponse } from './send.js';

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
async function decompress(body: Buffer, cap: number): Promise<Buffer> {
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

/** The answer with its body decompressed. A body that cannot be is a fault, or empty where the status alone is an error. */
export async function unpack(body: Buffer, answer: Omit<ApiResponse, 'body'>, cap: number): Promise<ApiResponse> {
  const encoding = answer.headers.get('content-encoding')?.join(',').trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return { ...answer, body };
  if (answer.status === 204 || answer.status === 304) return { ...answer, body };
  try {
    if (encoding !== 'gzip' && encoding !== 'x-gzip')
      throw new Fault('badGzip', 'the answer is compressed in a way that was not asked for', {
        code: encoding.slice(0, 40),
      });
    return { ...answer, body: await decompress(body, cap) };
  } catch (error) {
    if (answer.status < 300) throw error;
    return { ...answer, body: Buffer.alloc(0) };
  }
}
