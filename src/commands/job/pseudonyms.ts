import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { withBatches } from '../../engine/clock/check.js';
import type { Batch, Reading } from '../../engine/source.js';
import { keyError } from '../../errors.js';
import { readPrivateFile } from '../../keys/private.js';
import { openPseudonymize, type Pseudonymize } from '../../pseudonyms/entry.js';
import { openKey, SHORTEST_KEY } from '../../pseudonyms/key.js';
import { openQueryNames } from '../../pseudonyms/query.js';
import { HOW_TO_MAKE } from '../flags/pseudonyms.js';
import type { Job } from './job.js';

/** A job whose entries have pseudonyms. Filters see the original entries. Reads the key; sends no request. */
export async function pseudonymized(ctx: Context, job: Job, keyFile: string): Promise<Job> {
  const { fingerprint, nameAnew } = openKey(await readKey(ctx, keyFile));
  const rename = openPseudonymize(job.connection.provider, nameAnew);
  const originals = createHash('sha256');
  const added: Pick<Job, 'read' | 'pseudonyms'> = {
    pseudonyms: {
      fingerprint,
      originals: () => originals.copy().digest('hex'),
      names: openQueryNames(nameAnew),
    },
    read: async (options, more) =>
      renamed(await job.read(options, more), rename, (raw) => void originals.update(raw).update('\n')),
  };
  // Read each time, because the query follows the server's clock.
  return Object.setPrototypeOf(added, job);
}

function renamed(reading: Reading, rename: Pseudonymize, seen: (raw: Buffer) => void): Reading {
  async function* batches(): AsyncGenerator<Batch, void> {
    for await (const batch of reading.batches) {
      for (const { raw } of batch.entries) seen(raw);
      yield { ...batch, entries: batch.entries.map(rename) };
    }
  }
  return withBatches(batches(), () => reading);
}

async function readKey(ctx: Context, file: string): Promise<Buffer> {
  const path = resolve(ctx.cwd, file);
  const text = await readPrivateFile(path, ctx);
  if (text === undefined) throw keyError(`no such file: ${file} (--pseudonym-key-file)`, HOW_TO_MAKE);
  const key = Buffer.from(text.trim());
  if (key.length < SHORTEST_KEY)
    throw keyError(
      `${file}: the key for pseudonyms has ${key.length} bytes, expected at least ${SHORTEST_KEY}`,
      HOW_TO_MAKE,
    );
  return key;
}
