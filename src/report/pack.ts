import { createGzip } from 'node:zlib';

/** Base64 characters in a line, as in mail, so that every tool can decode it. */
const LINE_BYTES = 57;
/** Lines to join at a time. */
const MANY = 4096;

/** Compresses blocks into lines of base64. The same blocks give the same lines. */
export async function* packed(blocks: Iterable<Buffer>): AsyncGenerator<string, void> {
  const gzip = createGzip({ level: 6 });
  const fed = feed(gzip, blocks);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of gzip as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = rest.length - (rest.length % LINE_BYTES);
    if (whole > 0) yield linesOf(rest.subarray(0, whole));
    rest = rest.subarray(whole);
  }
  if (rest.length > 0) yield linesOf(rest);
  await fed;
}

async function feed(gzip: ReturnType<typeof createGzip>, blocks: Iterable<Buffer>): Promise<void> {
  for (const block of blocks) {
    if (gzip.write(block)) continue;
    await new Promise((resolve) => gzip.once('drain', resolve));
  }
  gzip.end();
}

function linesOf(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += LINE_BYTES * MANY) {
    const some = bytes.subarray(at, at + LINE_BYTES * MANY);
    text += some.toString('base64').replace(/.{1,76}/g, '$&\n');
  }
  return text;
}

/** Joins small blocks, so that each call compresses enough. */
export function* joined(lines: Iterable<Buffer>, size = 64 * 1024): Generator<Buffer, void> {
  let held: Buffer[] = [];
  let length = 0;
  for (const line of lines) {
    held.push(line);
    length += line.length;
    if (length < size) continue;
    yield Buffer.concat(held, length);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held, length);
}
