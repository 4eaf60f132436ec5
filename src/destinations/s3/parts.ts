import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type AuditlogError, localError, serverError } from '../../errors.js';
import { elementOf, notTheSame, type S3Question, wordsOf } from './answer.js';
import { type Condition, type Put, putHeaders, type S3Client, WRITE } from './client.js';
import type { Written } from './journal.js';

/** Files up to this many bytes are put in one request, larger ones in parts of it. A store takes 10,000 parts. */
export interface PartSizes {
  readonly whole: number;
  readonly part: number;
}

const SIZES: PartSizes = { whole: 64 << 20, part: 16 << 20 };

/** Puts a file as `S3Client.put` puts bytes. Rejects with a local error when the file is not what `written` says. */
export async function putFile(
  client: S3Client,
  key: string,
  path: string,
  written: Written,
  condition: Condition,
  sizes: PartSizes = SIZES,
): Promise<Put> {
  const file = await open(path, 'r');
  try {
    if (written.size > sizes.whole)
      return await putParts(client, key, file, { ...written, path }, condition, sizes.part);
    const body = await file.readFile();
    if (sha256(body) !== written.sha256) throw changed(path);
    return await client.put(key, body, condition);
  } finally {
    await file.close();
  }
}

const ABORT: S3Question = { what: 'give up on an upload in parts', permission: 's3:AbortMultipartUpload' };

/**
 * What is there is looked at before, as few stores know conditions for objects in parts. An upload that a kill leaves unfinished takes up room
 * unseen until the store's own rule for such (AbortIncompleteMultipartUpload) ends it.
 */
async function putParts(
  client: S3Client,
  key: string,
  file: FileHandle,
  { sha256: wanted, size, path }: Written & { readonly path: string },
  condition: Condition,
  part: number,
): Promise<Put> {
  const found = await client.head(key);
  if (found?.sha256 === wanted && found.size === size) return { done: true, etag: found.etag };
  if (found?.etag !== ('etag' in condition ? condition.etag : undefined)) return { done: false, found };
  const begun = await client.ask({
    ...WRITE,
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: putHeaders(key, wanted),
  });
  const uploadId = elementOf(begun.body.toString('utf8'), 'UploadId');
  if (uploadId === undefined)
    throw serverError('the store does not take objects in parts', `${path} has ${size} bytes.`);
  try {
    const parts: string[] = [];
    const hash = createHash('sha256');
    for (let at = 0; at < size; at += part) {
      const body = Buffer.alloc(Math.min(part, size - at));
      await file.read(body, 0, body.length, at);
      hash.update(body);
      const md5 = createHash('md5').update(body).digest('base64');
      const query = { partNumber: String(parts.length + 1), uploadId };
      const { headers } = await client.ask({
        ...WRITE,
        method: 'PUT',
        key,
        query,
        body,
        headers: { 'content-md5': md5 },
      });
      parts.push(
        `<Part><PartNumber>${parts.length + 1}</PartNumber><ETag>${headers.get('etag')?.[0] ?? ''}</ETag></Part>`,
      );
    }
    if (hash.digest('hex') !== wanted) throw changed(path);
    await complete(
      client,
      key,
      uploadId,
      `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`,
      condition,
    );
  } catch (error) {
    await client.ask({ ...ABORT, method: 'DELETE', key, query: { uploadId }, also: [404] }).catch(() => undefined);
    throw error;
  }
  const there = await client.head(key);
  if (there?.sha256 !== wanted || there.size !== size) throw notTheSame(key);
  return { done: true, etag: there.etag };
}

async function complete(
  client: S3Client,
  key: string,
  uploadId: string,
  xml: string,
  condition: Condition,
): Promise<void> {
  const headers = { 'content-type': 'application/xml', ...('absent' in condition ? { 'if-none-match': '*' } : {}) };
  const also = [404, 412];
  const request = {
    ...WRITE,
    method: 'POST',
    key,
    query: { uploadId },
    body: Buffer.from(xml),
    headers,
    also,
  } as const;
  const response = await client.ask(request);
  // An upload that is not known any more was completed by a try whose answer was lost: what is there is looked at in the end.
  if (response.status !== 200) return;
  const { code, message } = wordsOf(response);
  if (code !== '') throw serverError(`the store could not put the parts of ${key} together: ${code}: ${message}`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function changed(path: string): AuditlogError {
  return localError(`${path} changed while it was read`, 'Is another program at work in this directory?');
}
