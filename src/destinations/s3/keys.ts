import { join } from 'node:path';
import type { Context } from '../../context.js';
import { keyError } from '../../errors.js';
import type { AwsKeys } from '../../http/sign.js';
import { readPrivateFile } from '../../keys/private.js';

export interface FoundAwsKeys extends AwsKeys {
  /** Their source, for messages. */
  readonly from: string;
}

/** `…abcd`: enough to distinguish keys. */
export function keyHint({ accessKeyId }: Pick<AwsKeys, 'accessKeyId'>): string {
  return `…${accessKeyId.slice(-4)}`;
}

/**
 * The keys in `AWS_ACCESS_KEY_ID` and its like, else those of `AWS_PROFILE` (default: `default`) in `AWS_SHARED_CREDENTIALS_FILE` (default:
 * `~/.aws/credentials`), which must be private. Never printed from then on. Rejects with a key error without keys.
 */
export async function findAwsKeys(ctx: Context): Promise<FoundAwsKeys> {
  const { env } = ctx;
  const keys = fromEnvironment(env) ?? (await fromFile(ctx));
  ctx.keepSecret?.(keys.secretAccessKey);
  if (keys.sessionToken !== undefined) ctx.keepSecret?.(keys.sessionToken);
  // An error about an invalid header would quote the key.
  if ([keys.accessKeyId, keys.secretAccessKey, keys.sessionToken ?? ''].some((text) => !/^[\x21-\x7e]*$/.test(text)))
    throw keyError(`the keys from ${keys.from} have invalid characters`, 'Copy them again, alone');
  return keys;
}

function fromEnvironment(env: Context['env']): FoundAwsKeys | undefined {
  const accessKeyId = env.AWS_ACCESS_KEY_ID?.trim() ?? '';
  const secretAccessKey = env.AWS_SECRET_ACCESS_KEY?.trim() ?? '';
  if (accessKeyId === '' && secretAccessKey === '') return undefined;
  if (accessKeyId === '' || secretAccessKey === '')
    throw keyError(
      `${accessKeyId === '' ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY'} is not set, and the other one is`,
      'Set both',
    );
  const sessionToken = env.AWS_SESSION_TOKEN?.trim() || undefined;
  return { accessKeyId, secretAccessKey, sessionToken, from: 'AWS_ACCESS_KEY_ID' };
}

async function fromFile(ctx: Context): Promise<FoundAwsKeys> {
  const path = ctx.env.AWS_SHARED_CREDENTIALS_FILE || join(ctx.home, '.aws', 'credentials');
  const profile = ctx.env.AWS_PROFILE || 'default';
  const text = await readPrivateFile(path, ctx);
  if (text === undefined)
    throw keyError(
      'missing keys for the store',
      `Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put them into ${path}`,
    );
  const section = readSections(text).get(profile);
  const accessKeyId = section?.get('aws_access_key_id') ?? '';
  const secretAccessKey = section?.get('aws_secret_access_key') ?? '';
  if (accessKeyId === '' || secretAccessKey === '')
    throw keyError(
      `${path} has no keys for the profile ${JSON.stringify(profile)}`,
      `Add aws_access_key_id and aws_secret_access_key below [${profile}]\nFor roles and single sign-on: aws configure export-credentials --format env`,
    );
  return { accessKeyId, secretAccessKey, sessionToken: section?.get('aws_session_token') || undefined, from: path };
}

/** `[name]` and `key = value`, as the documentation of the shared credentials file describes. */
function readSections(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const name = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1];
    if (name !== undefined) {
      current = sections.get(name) ?? new Map<string, string>();
      sections.set(name, current);
      continue;
    }
    const pair = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair !== null) current.set((pair[1] ?? '').toLowerCase(), pair[2] ?? '');
  }
  return sections;
}
