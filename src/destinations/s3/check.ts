import type { Context } from '../../context.js';
import { AuditlogError } from '../../errors.js';
import type { Hearing } from '../../http/outbound.js';
import type { CheckFinding } from '../destination.js';
import { failedBy, ok, skipped } from '../shared/finding.js';
import { openS3Client, type S3Client } from './client.js';
import { findAwsKeys, keyHint } from './keys.js';
import type { S3Target } from './url.js';

/** The name of an object that is put for a moment, as a test. Collectors never write there. */
const PROBE = 'auditlog-check.txt';
/** Warn when the clock is more than this many seconds off. A store allows 15 minutes. */
const CLOSE_ENOUGH = 60;

/** Tries every request that a collector makes. Puts one small object under the prefix and deletes it again. */
export async function* checkS3(ctx: Context, target: S3Target, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  const style = target.base.pathname === '/' ? 'its own host' : 'a part of the path';
  yield ok('address', `${target.base.href}, region ${target.region}; the bucket is ${style}`);
  let client: S3Client;
  try {
    const keys = await findAwsKeys(ctx);
    yield ok('keys', `access key ${keyHint(keys)} from ${keys.from}`);
    client = await openS3Client(ctx, target, hears);
  } catch (error) {
    yield asFinding('keys', error);
    return;
  }
  try {
    yield* ask(ctx, target, client);
  } finally {
    await client.close();
  }
}

async function* ask(ctx: Context, target: S3Target, client: S3Client): AsyncGenerator<CheckFinding, void> {
  const key = `${target.prefix}${PROBE}`;
  const body = Buffer.from(`Put by auditlog destination check, to be deleted at once. ${ctx.pid} ${ctx.clock.now()}\n`);
  const other = Buffer.concat([body, Buffer.from('again\n')]);
  let etag = '';
  const steps: readonly CheckStep[] = [
    ['bucket', () => lookAtClock(ctx, client, target)],
    ['list', () => list(client, target)],
    [
      'put',
      async () => {
        const put = await client.put(key, body);
        etag = put.done ? put.etag : '';
        return { what: `put ${PROBE} (${body.length} bytes) for this check; the store has checked its hashes` };
      },
    ],
    [
      'get',
      async () => {
        const got = await client.get(key);
        if (got?.equals(body) === true) return { what: 'read it back, the same bytes' };
        return { status: 'failed', what: 'the object differs from what was written', fix: 'Do not trust this store' };
      },
    ],
    ['conditional writes', () => conditions(client, key, other, etag)],
    [
      'delete',
      async () => {
        await client.remove(key);
        const left = await client.head(key);
        if (left === undefined) return { what: `deleted ${PROBE} again` };
        return { status: 'warning', what: `${PROBE} is still there`, fix: `Delete ${key} yourself` };
      },
    ],
  ];
  let put = false;
  for (const [name, step] of steps) {
    if (!put && AFTER_PUT.includes(name)) {
      yield skipped(name, 'nothing could be put');
      continue;
    }
    try {
      const found = await step();
      for (const one of Array.isArray(found) ? found : [found]) yield { name, status: 'ok', ...one };
      if (name === 'put') put = true;
    } catch (error) {
      yield asFinding(name, error);
      // Without a sign-in or a bucket, nothing else works.
      if (name === 'bucket') return;
    }
  }
}

type StepFinding = Partial<CheckFinding> & Pick<CheckFinding, 'what'>;
type CheckStep = readonly [name: string, step: () => Promise<StepFinding | readonly StepFinding[]>];
const AFTER_PUT: readonly string[] = ['get', 'conditional writes', 'delete'];

/** The sign-in, the bucket, and the store's clock. */
async function lookAtClock(ctx: Context, client: S3Client, target: S3Target): Promise<readonly StepFinding[]> {
  const permission = 's3:ListBucket';
  const request = { what: 'look at the bucket', permission, method: 'GET', key: '' } as const;
  const query = { 'list-type': '2', 'max-keys': '1', prefix: target.prefix };
  const response = await client.ask({ ...request, query });
  const bucket = { what: `${target.bucket} is there and the key is known` };
  const said = Date.parse(response.headers.get('date')?.[0] ?? '');
  if (Number.isNaN(said)) return [bucket];
  const off = Math.round((ctx.clock.now() - said) / 1000);
  if (Math.abs(off) <= CLOSE_ENOUGH)
    return [bucket, { name: 'clock', what: `within ${CLOSE_ENOUGH} s of the store's` }];
  const way = off > 0 ? 'ahead of' : 'behind';
  const what = `${Math.abs(off)} s ${way} the store's, which takes no request that is 900 s off`;
  return [bucket, { name: 'clock', status: 'warning', what, fix: 'Set the clock of this machine' }];
}

async function list(client: S3Client, target: S3Target): Promise<StepFinding> {
  let count = 0;
  for await (const _ of client.list(target.prefix)) {
    count += 1;
    if (count === 1000) break;
  }
  const where = target.prefix === '' ? 'the bucket' : target.prefix;
  return { what: `${count === 1000 ? '1000 or more' : count} objects in ${where}` };
}

/** Whether the store prevents two hosts from overwriting each other. */
async function conditions(client: S3Client, key: string, other: Buffer, etag: string): Promise<StepFinding> {
  const fix = 'Use one prefix for each collector: two on one prefix are noticed only afterwards, by the chain';
  const onto = await client.put(key, other, { absent: true });
  if (onto.done) {
    const what = 'the store knows no conditional writes (If-None-Match): what is there is overwritten';
    return { status: 'warning', what, fix };
  }
  const stale = await client.put(key, other, { etag: '0'.repeat(32) });
  const right = stale.done ? stale : await client.put(key, other, { etag });
  if (stale.done || !right.done) {
    const what = `If-None-Match is honoured, If-Match ${stale.done ? 'is ignored' : 'never matches'}`;
    return { status: 'warning', what, fix };
  }
  return { what: 'If-None-Match and If-Match are honoured: two collectors on one prefix stop one another' };
}

function asFinding(name: string, error: unknown): CheckFinding {
  if (!(error instanceof AuditlogError)) throw error;
  return failedBy(name, error);
}
