import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, usageError } from '../../errors.js';
import { writeWhole } from '../../files/whole.js';
import type { S3Place } from './url.js';

/**
 * Holds a collector to the bucket that it began with, as a part of its address may come from the environment. Rejects with a usage error when it is
 * another one now.
 */
export async function keepPlace(directory: string, { shown }: S3Place): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'bucket');
  const before = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (before === undefined) return writeWhole(path, [Buffer.from(`${shown}\n`)]);
  if (before.trim() === shown) return;
  throw usageError(
    `this collector brings events to ${before.trim()}, and now that would be ${shown}`,
    'What the address leaves out comes from AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL and AWS_REGION: set them as they were. Another bucket is another collector.',
  );
}
