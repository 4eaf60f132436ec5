import type { Manifest } from '../../manifest/manifest.js';
import { PROVIDERS } from '../../providers/index.js';
import { openZone, parseTimestamp, UTC, type Zone } from '../../time.js';
import type { ChainSummary, DescribedFile, DescribedReport } from '../../verify/finding.js';
import { count } from '../say/numbers.js';

/** An exported file as its manifest records it: a line for each fact. */
export async function describeFile({ manifest, sha256 }: DescribedFile): Promise<readonly string[]> {
  const { source, query, read, tool, status, workbook, pseudonyms } = manifest;
  const file = workbook ?? manifest.file;
  const zone = await zoneOf(query.flags.tz);
  const rows = file === null ? 0 : file.rows;
  const others = read.fetched - read.kept;
  return [
    `${titleOf(source.provider)} audit log of ${orgs(source)}, from ${source.origin}`,
    `${events(rows)}, ${rangeOf(query, zone, 'the time of the export')}${filtersOf(query)}`,
    `${STATUS[status]}${outcome(manifest)}`,
    ...(others > 0 && status === 'verified'
      ? [
          `The count is that of the ${events(read.fetched)} that were read, ${count(others)} of them outside the range or not matching the filters.`,
        ]
      : []),
    `Made ${clock(read.endedAt, UTC) ?? read.endedAt} UTC by auditlog ${tool.version} with key ${source.key}`,
    ...(pseudonyms === undefined ? [] : [`People have pseudonyms, of the key ${pseudonyms.key}`]),
    ...(file === null ? [] : [`SHA-256 of the file: ${bare(file.sha256)}`]),
    `SHA-256 of the manifest: ${bare(sha256)}`,
  ];
}

/** A report as its record describes it: a line for each fact. */
export async function describeReport({ record, sha256 }: DescribedReport): Promise<readonly string[]> {
  const { title, provider, source, organizations, query, madeAt, madeBy, claims, total, events: inside, tool } = record;
  const of = organizations.length === 0 ? '' : ` of ${orgs({ provider, orgs: organizations })}`;
  const held = HELD[inside.which](count(inside.rows));
  return [
    `Report: ${title}`,
    `${titleOf(provider)} audit log${of}, read from ${source}`,
    `${events(total)}, ${rangeOf(query, await zoneOf(query.zone), 'the end')}${filtersOf(query)}`,
    ...claims,
    `Made ${clock(madeAt, UTC) ?? madeAt} UTC by ${madeBy === null ? '' : `${madeBy} with `}auditlog ${tool.version}`,
    `SHA-256 of ${held} in it: ${bare(inside.sha256)}`,
    `SHA-256 of the file: ${bare(sha256)}`,
  ];
}

const HELD: Readonly<Record<DescribedReport['record']['events']['which'], (rows: string) => string>> = {
  all: () => 'the events',
  newest: (rows) => `the newest ${rows} events, which are`,
  review: (rows) => `the newest ${rows} reviewed events, which are`,
};

/** The facts of an exported file for scripts. */
export function describedFile({ path, manifest, sha256 }: DescribedFile) {
  const { source, query, read, tool, status, notes, workbook, pseudonyms } = manifest;
  const file = workbook ?? manifest.file;
  return {
    path: path.replace(/\.manifest\.json$/, ''),
    provider: source.provider,
    origin: source.origin,
    orgs: source.orgs,
    query: query.asked,
    from: query.from,
    before: query.before,
    zone: typeof query.flags.tz === 'string' ? query.flags.tz : UTC.name,
    events: file === null ? 0 : file.rows,
    status,
    notes,
    checkedAt: read.serverTime,
    madeAt: read.endedAt,
    version: tool.version,
    pseudonyms: pseudonyms?.key ?? null,
    sha256: file === null ? null : file.sha256,
    manifest: sha256,
  };
}

/** A directory of days. */
export function describeChain(chain: ChainSummary): readonly string[] {
  const { provider, firstDay, lastDay, sealedTo, entries, prunedBefore, head, madeAt, statuses } = chain;
  const { unreconciled, uncounted } = statuses;
  const days = firstDay === null ? 'no day' : `${firstDay} to ${lastDay ?? firstDay}`;
  return [
    ...(provider === null ? [] : [`${titleOf(provider)} audit log of ${orgs({ provider, orgs: chain.orgs })}`]),
    `${events(entries)}, ${days} (UTC days), ${sealedTo === null ? 'no day is sealed yet' : `sealed up to ${sealedTo}`}`,
    unreconciled > 0
      ? `${STATUS.unreconciled} ${unreconciled === 1 ? '1 file does' : `${count(unreconciled)} files do`} not match the count of the server.`
      : uncounted > 0
        ? STATUS.uncounted
        : 'Complete: the server reported the same count for every day.',
    ...(prunedBefore === null ? [] : [`The files of days before ${prunedBefore} were removed because of their age.`]),
    ...(madeAt === null ? [] : [`Last written ${clock(madeAt, UTC) ?? madeAt} UTC`]),
    ...(head === null ? [] : [`Chain head: ${head.hash} (number ${head.seq})`]),
  ];
}

const STATUS: Readonly<Record<Manifest['status'], string>> = {
  verified: 'Complete: the server reported the same count',
  uncounted: 'Uncounted: every page was read, but the server reported no count to confirm that no event is missing.',
  unreconciled: 'Incomplete:',
};

function outcome({ status, notes, read }: Manifest): string {
  if (status === 'unreconciled') return ` ${notes.join('; ')}`;
  if (status === 'uncounted') return '';
  const at = clock(read.serverTime, UTC);
  return at === undefined ? '.' : ` (checked ${at} UTC).`;
}

type DescribedQuery = Pick<Manifest['query'], 'asked' | 'from' | 'before'>;

function rangeOf({ from, before }: DescribedQuery, zone: Zone, end: string): string {
  return `${clock(from, zone) ?? 'the beginning'} to ${clock(before, zone) ?? end} (${zone.name})`;
}

/** The query in words, without its range. */
function filtersOf({ asked, from, before }: DescribedQuery): string {
  const words = from === null && before === null ? asked : asked.split('; ').slice(1).join('; ');
  return words === '' || words === 'everything' ? ', all events' : `, filters: ${words}`;
}

/** An unknown zone does not matter: the range is then shown in UTC. */
async function zoneOf(name: unknown): Promise<Zone> {
  if (typeof name !== 'string' || name === 'local') return UTC;
  return openZone(name).catch(() => UTC);
}

/** `2026-11-01 00:00`, with seconds if they are not zero. */
function clock(text: string | null, zone: Zone): string | undefined {
  const ms = text === null ? Number.NaN : parseTimestamp(text);
  if (Number.isNaN(ms)) return undefined;
  const [day, time = ''] = new Date(ms + zone.offsetAt(ms)).toISOString().slice(0, 19).split('T');
  return `${day} ${time.endsWith(':00') || zone === UTC ? time.slice(0, 5) : time}`;
}

function titleOf(name: string): string {
  return PROVIDERS.find((provider) => provider.name === name)?.title ?? name;
}

function orgs({ provider, orgs: names }: Pick<Manifest['source'], 'provider' | 'orgs'>): string {
  const alias = PROVIDERS.find(({ name }) => name === provider)?.defaultOrg;
  if (names.length === 1 && names[0] === alias) return 'the organization of the key';
  return `${names.length === 1 ? 'organization' : 'organizations'} ${names.join(', ')}`;
}

function events(number: number): string {
  return `${count(number)} ${number === 1 ? 'event' : 'events'}`;
}

function bare(hash: string): string {
  return hash.replace(/^sha256:/, '');
}
