import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '../../files/whole.js';
import { CHAIN_FILE } from '../../manifest/names.js';
import { notTheSame } from './answer.js';
import { isOfArchive, localChain, type MirrorOf } from './guard.js';
import { hashFile, stampOf } from './local.js';
import type { S3Listed } from './object.js';

/** Reads a missing folder back from the bucket, the chain last: without it the folder counts as missing. Gives whether anything was read back. */
export async function restoreFolder(mirror: MirrorOf): Promise<boolean> {
  const { client, directory, journal, prefix } = mirror;
  if ((await localChain(directory)) !== undefined) return false;
  if ((await client.head(`${prefix}${CHAIN_FILE}`)) === undefined) return false;
  for (const name of [...journal.known.keys()]) await journal.forget(name);
  const listed: (S3Listed & { readonly name: string })[] = [];
  for await (const object of client.list(prefix)) {
    const name = object.key.slice(prefix.length);
    if (isOfArchive(name)) listed.push({ ...object, name });
  }
  listed.sort((a, b) => Number(a.name === CHAIN_FILE) - Number(b.name === CHAIN_FILE));
  for (const { name, etag, size } of listed) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await download(mirror, { name, etag, size });
    const { sha256 } = await hashFile(path);
    const stamp = stampOf(await lstat(path, { bigint: true }));
    // The next run reads from its manifest whether it is sealed.
    await journal.confirm(name, etag, { sha256, size, stamp, sealed: false });
  }
  return true;
}

/** Bytes read at a time. */
const BLOCK = 16 << 20;

async function download(
  { client, directory, prefix }: MirrorOf,
  { name, etag, size }: { readonly name: string; readonly etag: string; readonly size: number },
): Promise<void> {
  const key = `${prefix}${name}`;
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  async function* blocks(): AsyncGenerator<Buffer, void> {
    for (let at = 0; at < size; at += BLOCK) {
      const to = Math.min(at + BLOCK, size);
      const block = await client.get(key, { from: at, to });
      if (block?.length !== to - at) throw notTheSame(key);
      md5.update(block);
      sha256.update(block);
      yield block;
    }
    // The ETag of an unencrypted object put in one request is its MD5. Others have the SHA-256 in their metadata.
    if (md5.digest('hex') !== etag && (await client.head(key))?.sha256 !== sha256.digest('hex')) throw notTheSame(key);
  }
  await writeWhole(join(directory, name), blocks());
}
