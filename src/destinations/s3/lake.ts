import { createHash } from 'node:crypto';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { type OcsfEvent, ocsfParquet } from '../../formats/parquet/ocsf.js';
import { members, tokenIn } from '../../json/tokens.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Schema } from '../../schemas/schema.js';
import { utcDay } from '../../time.js';
import type { DestinationOptions, StreamDelivery } from '../destination.js';
import { jsonOf } from '../shared/json.js';
import { schemaOr } from '../shared/schema.js';
import { openS3Client, type S3Client } from './client.js';
import type { S3Target } from './url.js';

/**
 * OCSF in Parquet as custom sources of Amazon Security Lake (https://docs.aws.amazon.com/security-lake/latest/userguide/custom-sources.html), one for each
 * class: `ext/NAME-CLASS/region=REGION/accountId=ACCOUNT/eventDay=YYYYMMDD/`, sorted by time. Objects are never rewritten: each delivery adds its own.
 */
export type Lake = S3Target & { readonly account: string };

/** The lake, for an address with an account or `--schema ocsf`; undefined: an archive. Throws a usage error when the two disagree. */
export function lakeOf(target: S3Target, schema: Schema | undefined): Lake | undefined {
  const { account } = target;
  if (schema === undefined && account === undefined) return undefined;
  if (schema !== undefined && schema.name !== 'ocsf')
    throw usageError(
      `a bucket holds each entry as the vendor gave it, or OCSF for a data lake: --schema ${schema.name} is for other destinations`,
      'Leave it out. What was collected can be exported with --input and --schema.',
    );
  if (account === undefined)
    throw usageError(
      'which account does the lake keep these events under?',
      'Name it, such as s3://BUCKET/ext/NAME?region=REGION&account=123456789012. For an archive leave out --schema.',
    );
  if (target.prefix === '')
    throw usageError(
      'which source are these events of?',
      'Name it: s3://BUCKET/ext/NAME?region=REGION&account=ACCOUNT',
    );
  return { ...target, account };
}

export async function openLake(ctx: Context, lake: Lake, options: DestinationOptions): Promise<StreamDelivery> {
  const { provider } = options;
  const schema = await schemaOr('ocsf', options);
  const client = await openS3Client(ctx, lake, options.hears);
  /** The events of each object, by the beginning of its key. */
  let groups = new Map<string, { readonly classUid: number; readonly lines: string[] }>();
  return {
    kind: 'stream',
    put: async ({ org, entries }) => {
      for (const entry of entries) {
        const line = schema.line(toEvent(provider, entry), org);
        const classUid = Number(jsonOf(line)?.class_uid);
        const key = keyOf(lake, classUid, Number.isNaN(entry.time) ? undefined : utcDay(entry.time), org);
        const group = groups.get(key) ?? { classUid, lines: [] };
        group.lines.push(line);
        groups.set(key, group);
      }
    },
    flush: async () => {
      for (const [key, group] of groups) await putGroup(client, key, group);
      groups = new Map();
    },
    close: () => client.close(),
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

/** The name contains the hash of the events: redelivering the same events writes the same object. */
async function putGroup(
  client: S3Client,
  key: string,
  { classUid, lines }: { readonly classUid: number; readonly lines: readonly string[] },
): Promise<void> {
  const events = lines.map(eventOf).sort((a, b) => Number(a.time ?? 0) - Number(b.time ?? 0));
  const hash = createHash('sha256')
    .update([...lines].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
  await client.put(`${key}-${hash}.parquet`, await ocsfParquet(classUid, events));
}

/** `unmapped` keeps the vendor's tokens, so that no number changes. */
function eventOf(line: string): OcsfEvent {
  const { unmapped: _, ...event } = jsonOf(line) ?? {};
  return { ...event, unmapped: tokenIn(members(line), 'unmapped') };
}
