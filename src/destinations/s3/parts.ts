import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type AuditlogError, localError, serverError } from '../../errors.js';
import { notTheSame, type S3Question, wordsOf } from './answer.js';
import { type S3Client, WRITE } from './client.js';
import type { Written } from './journal.js';
import { type Condition, type Put, putHeaders } from './object.js';
import { elementOf } from './xml.js';

/** Files of at most `whole` bytes are put in one request, larger ones in parts of `part` bytes. A store takes 10,000 parts. */
export interface PartSizes {
  readonly whole: number;
  readonly part: number;
}

const SIZES: PartSizes = { whole: 64 << 20, part: 16 << 20 };

export interface FileToPut {
  readonly key: string;
  readonly path: string;
  readonly written: Written;
}

/** Puts a file, as `S3Client.put` puts bytes. Rejects with a local error when the file is not what `written` says. */
export async function putFile(
  client: S3Client,
  file: FileToPut,
  condition: Condition,
  sizes: PartSizes = SIZES,
): Promise<Put> {
  const { key, path, written } = file;
  const handle = await open(path, 'r');
  try {
    if (written.size > sizes.whole) return await putParts(client, file, condition, { handle, part: sizes.part });
    const body = await handle.readFile();
    if (sha256(body) !== written.sha256) throw changed(path);
    return await client.put(key, body, condition);
  } finally {
    await handle.close();
  }
}

const ABORT: S3Question = { what: 'give up on an upload in parts', permission: 's3:AbortMultipartUpload' };

/** An upload in parts that the store has begun. */
interface Upload {
  readonly client: S3Client;
  readonly key: string;
  readonly uploadId: string;
}

/** Looks at the object first: few stores support conditions for parts. After a kill, the parts stay until the store's rule AbortIncompleteMultipartUpload removes them. */
async function putParts(
  client: S3Client,
  file: FileToPut,
  condition: Condition,
  source: { readonly handle: FileHandle; readonly part: number },
): Promise<Put> {
  const { key, path, written } = file;
  const found = await client.head(key);
  if (found?.sha256 === written.sha256 && found.size === written.size) return { done: true, etag: found.etag };
  if (found?.etag !== ('etag' in condition ? condition.etag : undefined)) return { done: false, found };
  const begun = await client.ask({
    ...WRITE,
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: putHeaders(key, written.sha256),
  });
  const uploadId = elementOf(begun.body.toString('utf8'), 'UploadId');
  if (uploadId === undefined)
    throw serverError('the store does not take objects in parts', `${path} has ${written.size} bytes`);
  const upload: Upload = { client, key, uploadId };
  try {
    await complete(upload, await sendParts(upload, file, source), condition);
  } catch (error) {
    await client.ask({ ...ABORT, method: 'DELETE', key, query: { uploadId }, also: [404] }).catch(() => undefined);
    throw error;
  }
  const there = await client.head(key);
  if (there?.sha256 !== written.sha256 || there.size !== written.size) throw notTheSame(key);
  return { done: true, etag: there.etag };
}

/** Sends every part. Gives their list, as the store wants it. */
async function sendParts(
  { client, key, uploadId }: Upload,
  { path, written }: FileToPut,
  { handle, part }: { readonly handle: FileHandle; readonly part: number },
): Promise<string> {
  const parts: string[] = [];
  const hash = createHash('sha256');
  for (let at = 0; at < written.size; at += part) {
    const body = Buffer.alloc(Math.min(part, written.size - at));
    await handle.read(body, 0, body.length, at);
    hash.update(body);
    const number = parts.length + 1;
    const { headers } = await client.ask({
      ...WRITE,
      method: 'PUT',
      key,
      query: { partNumber: String(number), uploadId },
      body,
      headers: { 'content-md5': createHash('md5').update(body).digest('base64') },
    });
    parts.push(`<Part><PartNumber>${number}</PartNumber><ETag>${headers.get('etag')?.[0] ?? ''}</ETag></Part>`);
  }
  if (hash.digest('hex') !== written.sha256) throw changed(path);
  return `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
}

async function complete({ client, key, uploadId }: Upload, xml: string, condition: Condition): Promise<void> {
  const response = await client.ask({
    ...WRITE,
    method: 'POST',
    key,
    query: { uploadId },
    body: Buffer.from(xml),
    headers: { 'content-type': 'application/xml', ...('absent' in condition ? { 'if-none-match': '*' } : {}) },
    also: [404, 412],
  });
  // 404: an earlier try completed the upload and its answer was lost. The caller checks the object anyway.
  if (response.status !== 200) return;
  const { code, message } = wordsOf(response);
  if (code !== '') throw serverError(`the store could not put the parts of ${key} together: ${code}: ${message}`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function changed(path: string): AuditlogError {
  return localError(`${path} changed while it was read`, 'Stop other programs that write to this directory');
}
