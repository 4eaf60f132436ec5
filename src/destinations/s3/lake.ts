import { createHash } from 'node:crypto';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { type KeyedOcsf, type OcsfEvent, ocsfParquet } from '../../formats/parquet/ocsf.js';
import { members, tokenIn } from '../../json/tokens.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Schema } from '../../schemas/schema.js';
import { utcDay } from '../../time.js';
import type { DeliveredEntry, DestinationOptions, StreamDelivery } from '../destination.js';
import { entryKey } from '../shared/identity.js';
import { jsonOf } from '../shared/json.js';
import { schemaOr } from '../shared/schema.js';
import { openS3Client, type S3Client } from './client.js';
import { LakeObjects } from './lakeobjects.js';
import type { S3Listed } from './object.js';
import type { S3Target } from './url.js';

/**
 * OCSF in Parquet as custom sources of Amazon Security Lake
 * (https://docs.aws.amazon.com/security-lake/latest/userguide/custom-sources.html), one for each class:
 * `ext/NAME-CLASS/region=REGION/accountId=ACCOUNT/eventDay=YYYYMMDD/`, sorted by time. Each delivery adds objects with the events that the
 * lake does not have. A redelivered event stays in its object; the object is replaced if the vendor changed the event.
 */
export type Lake = S3Target & { readonly account: string };

/** The lake, for an address with an account or `--schema ocsf`; undefined: an archive. Throws a usage error when the two disagree. */
export function lakeOf(target: S3Target, schema: Schema | undefined): Lake | undefined {
  const { account } = target;
  if (schema === undefined && account === undefined) return undefined;
  if (schema !== undefined && schema.name !== 'ocsf')
    throw usageError(
      `--schema ${schema.name} does not apply to a bucket: expected ocsf, for a data lake`,
      'Leave it out. What was collected can be exported with --input and --schema',
    );
  if (account === undefined)
    throw usageError(
      'missing account of the lake',
      'Example: s3://BUCKET/ext/NAME?region=REGION&account=123456789012\nFor an archive leave out --schema',
    );
  if (target.prefix === '')
    throw usageError('missing source of the events', 'Name it: s3://BUCKET/ext/NAME?region=REGION&account=ACCOUNT');
  return { ...target, account };
}

export async function openLake(ctx: Context, lake: Lake, options: DestinationOptions): Promise<StreamDelivery> {
  const { provider } = options;
  const schema = await schemaOr('ocsf', options);
  const client = await openS3Client(ctx, lake, options.hears);
  const objects = await LakeObjects.open(client, options.directory);
  /** By the beginning of the keys of their objects. */
  let groups = new Map<string, LakeGroup>();
  return {
    kind: 'stream',
    put: async ({ org, entries }) => {
      for (const entry of entries) {
        const line = schema.line(toEvent(provider, entry), org);
        const classUid = Number(jsonOf(line)?.class_uid);
        const key = keyOf(lake, classUid, Number.isNaN(entry.time) ? undefined : utcDay(entry.time), org);
        const group = groups.get(key) ?? { classUid, lines: new Map() };
        group.lines.set(shortKey(org, entry), line);
        groups.set(key, group);
      }
    },
    flush: async () => {
      for (const [key, group] of groups) await putGroup(client, objects, key, group);
      groups = new Map();
    },
    close: async () => {
      await objects.save();
      await client.close();
    },
  };
}

/** Entries without a valid time go to 1970-01-01. */
function keyOf(lake: Lake, classUid: number, day: string | undefined, org: string): string {
  const eventDay = day?.replaceAll('-', '') ?? '19700101';
  const source = sourcePrefix(lake, classUid);
  return `${source}region=${lake.region}/accountId=${lake.account}/eventDay=${eventDay}/${fileNameOf(org)}`;
}

/** The beginning of the keys of a class. */
export function sourcePrefix({ prefix }: S3Target, classUid: number): string {
  return `${prefix.slice(0, -1)}-${classUid}/`;
}

function fileNameOf(org: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(org) ? org : createHash('sha256').update(org).digest('hex').slice(0, 16);
}

/** The events of one class, day and organization, by their keys. */
interface LakeGroup {
  readonly classUid: number;
  readonly lines: Map<string, string>;
}

/** The same for each delivery of an event, even if the vendor renders its text differently. */
function shortKey(org: string, entry: DeliveredEntry): string {
  return createHash('sha256').update(entryKey(org, entry)).digest().subarray(0, 16).toString('base64url');
}

/** Puts the events that the lake does not have into a new object, and the others into the objects that have them. */
async function putGroup(
  client: S3Client,
  objects: LakeObjects,
  begin: string,
  { classUid, lines }: LakeGroup,
): Promise<void> {
  const fresh = new Map(lines);
  for (const object of await objects.having(`${begin}-`, lines.keys())) {
    const held = await objects.read(object);
    if (held === undefined) continue;
    await renew(client, objects, { object, held }, { classUid, lines });
    for (const key of held.keys) fresh.delete(key);
  }
  if (fresh.size === 0) return;
  // The same events make the same name, so that repeating a put replaces its object.
  const hash = createHash('sha256')
    .update([...fresh.keys()].sort().join('\n'))
    .digest('hex');
  const key = `${begin}-${hash.slice(0, 16)}.parquet`;
  const { keys, events } = inOrder([...fresh].map(([each, line]) => [each, eventOf(line)] as const));
  const put = await client.put(key, await ocsfParquet(classUid, events, keys));
  if (put.done) objects.learn(key, put.etag, keys);
}

interface HeldObject {
  readonly object: S3Listed;
  readonly held: KeyedOcsf;
}

/** Replaces events of an object by those that were delivered again, unless all are the same. */
async function renew(
  client: S3Client,
  objects: LakeObjects,
  { object, held }: HeldObject,
  again: LakeGroup,
): Promise<void> {
  let isChanged = false;
  const rows = held.keys.map((key, at): readonly [string, OcsfEvent] => {
    const before = held.events[at] ?? {};
    const line = again.lines.get(key);
    const event = line === undefined ? before : eventOf(line);
    const isSame = line === undefined || event.raw_data === before.raw_data;
    isChanged ||= !isSame;
    return [key, isSame ? before : event];
  });
  if (!isChanged) return;
  const { keys, events } = inOrder(rows);
  const body = await ocsfParquet(again.classUid, events, keys);
  const put = await client.put(object.key, body, { etag: object.etag });
  if (!put.done)
    throw usageError(
      `another program has written to ${object.key}`,
      'One source of a lake belongs to one collector. Give one of them another name: s3://BUCKET/ext/NAME',
    );
  objects.learn(object.key, put.etag, keys);
}

/** Sorted by time. */
function inOrder(rows: readonly (readonly [key: string, event: OcsfEvent])[]) {
  const sorted = [...rows].sort(([, a], [, b]) => Number(a.time ?? 0) - Number(b.time ?? 0));
  return { keys: sorted.map(([key]) => key), events: sorted.map(([, event]) => event) };
}

/** `unmapped` keeps the vendor's tokens, so that no number changes. */
function eventOf(line: string): OcsfEvent {
  const { unmapped: _, ...event } = jsonOf(line) ?? {};
  return { ...event, unmapped: tokenIn(members(line), 'unmapped') };
}
