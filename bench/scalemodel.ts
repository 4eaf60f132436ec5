import { createHash } from 'node:crypto';

/**
 * What collecting takes, from one organization to ten thousand: arithmetic over inputs that are all stated here. docs/explanation/scale.md holds these
 * tables; `node bench/run.mjs scale` prints them, and `--measure` measures the inputs again.
 */

/** Bytes of one day of one organization, by how many entries it has. */
export interface MeasuredDay {
  readonly events: number;
  /** The entries' own text. */
  readonly text: number;
  readonly gzip: number;
  readonly parquet: number;
  readonly manifest: number;
}

/** Measured by `node bench/run.mjs scale --measure`: entries of 1.2 KB with names, addresses and details in them. */
export const MEASURED: readonly MeasuredDay[] = [
  { events: 27, text: 32_628, gzip: 2_277, parquet: 8_562, manifest: 3_284 },
  { events: 274, text: 333_486, gzip: 15_595, parquet: 37_478, manifest: 3_294 },
  { events: 2_740, text: 3_337_100, gzip: 143_866, parquet: 311_759, manifest: 3_305 },
  { events: 27_400, text: 33_371_629, gzip: 1_399_580, parquet: 2_318_134, manifest: 3_700 },
];

/** One cycle of one organization to an archive: means over a day of cycles, one every hour, each with new entries. */
export interface CountedCycle {
  readonly events: number;
  /** To the vendor. */
  readonly requests: number;
  /** Files that were written anew, and so objects that are put into a bucket. */
  readonly objects: number;
  /** Processor seconds, and the highest memory of all cycles. */
  readonly seconds: number;
  readonly megabytes: number;
}

/** Counted by `node bench/run.mjs scale --measure` on real runs. */
export const COUNTED: readonly CountedCycle[] = [
  { events: 27, requests: 2.6, objects: 5.6, seconds: 0.3, megabytes: 68 },
  { events: 274, requests: 10.1, objects: 5.6, seconds: 0.6, megabytes: 73 },
  { events: 2_740, requests: 87.3, objects: 5.6, seconds: 1.2, megabytes: 95 },
];

/** On disk in ClickHouse 18.16, which has no codecs but LZ4, in the table that `auditlog collect` makes; measured by `node bench/run.mjs destinations`. */
export const CLICKHOUSE_BYTES = 245;

/** Entries a page, and requests a minute and address: the vendor's limit, and what auditlog takes of it unless told otherwise. */
export const PAGE = 100;
export const LIMIT = 500;
export const RATE = 300;

/** A day is closed so long after its end in UTC: then it is over in every time zone. Hours. */
const CLOSED_AFTER = 12.25;
/** Where a span of closed days ends, its last day is read again with the open ones, and the vendor is asked for one day more, as nobody knows its zone. */
const AGAIN = 2;
/** The check of all closed history: one request, and three in every fourth cycle. */
const CHECK = (1 + 1 + 1 + 3) / 4;
/** Counting what has closed, once a day, before and after it is read. */
const CLOSING = 4;
/** Reading again what came while more than a few pages were read. */
const TOP_UP = { above: 10, requests: 3 };

/** Days of entries that a cycle reads, `hour` hours after midnight UTC: those that are open, and the ones that are read again. */
export function daysRead(hour: number): number {
  const open = hour / 24 + (hour < CLOSED_AFTER ? 1 : 0);
  return open + AGAIN;
}

/** Requests of one cycle of one organization, the mean over a day of cycles. */
export function requestsOfCycle(eventsADay: number, minutes: number): number {
  const cycles = Math.max(1, Math.round(1440 / minutes));
  let sum = 0;
  for (let at = 0; at < cycles; at += 1) {
    const read = pages(eventsADay * daysRead((at * 24) / cycles));
    sum += CHECK + read + (read > TOP_UP.above ? TOP_UP.requests : 0);
  }
  return (sum + CLOSING) / cycles;
}

function pages(rows: number): number {
  return Math.max(1, Math.ceil(rows / PAGE));
}

/** Organizations that one address can serve: 0 when a cycle takes longer than the time between two. */
export function orgsPerAddress(eventsADay: number, minutes: number, rate = RATE): number {
  return Math.floor((rate * minutes) / requestsOfCycle(eventsADay, minutes));
}

/** Bytes of one day by a straight line between what was measured, on scales of powers. */
export function dayOf(events: number): MeasuredDay {
  const above = MEASURED.findIndex((one) => one.events >= events);
  const at = above < 0 ? MEASURED.length - 1 : Math.max(1, above);
  const [low, high] = [MEASURED[at - 1] as MeasuredDay, MEASURED[at] as MeasuredDay];
  const share = Math.log(events / low.events) / Math.log(high.events / low.events);
  const between = (key: keyof MeasuredDay) => Math.round(low[key] * (high[key] / low[key]) ** share);
  return {
    events,
    text: between('text'),
    gzip: between('gzip'),
    parquet: between('parquet'),
    manifest: between('manifest'),
  };
}

/** The host of a name: that with the highest hash beside it. All hosts come to the same without talking, and one more takes only its share. */
export function hostOf(name: string, hosts: readonly string[]): string {
  const hashed = hosts.map((host) => [createHash('sha256').update(`${host} ${name}\n`).digest('hex'), host] as const);
  return hashed.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
}

/** Objects that a cycle with new entries puts into a bucket, and how often it looks at one (docs/destinations/s3.md). */
const S3_PUTS = 5.6;

interface Scale {
  readonly orgs: number;
  readonly eventsAYear: number;
}

const SCALES: readonly Scale[] = [
  { orgs: 1, eventsAYear: 100_000 },
  { orgs: 10, eventsAYear: 1_000_000 },
  { orgs: 100, eventsAYear: 10_000_000 },
  { orgs: 1_000, eventsAYear: 1_000_000_000 },
  { orgs: 10_000, eventsAYear: 10_000_000_000 },
];
const VOLUMES = [27, 274, 2_740, 27_400, 274_000];
const INTERVALS = [5, 15, 60, 360, 1440];

type Row = readonly string[];

/** A table by the name that stands before it in docs/explanation/scale.md. */
export interface Table {
  readonly name: string;
  readonly head: Row;
  readonly rows: readonly Row[];
}

export function tables(): readonly Table[] {
  return [
    cycles(),
    counted(),
    capacity(),
    addresses(),
    firstReading(),
    deepChecks(),
    bytesOfDay(),
    stores(),
    objects(),
    spread(),
  ];
}

export function drawn({ head, rows }: Table): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, at) => (at === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n');
}

function cycles(): Table {
  return {
    name: 'requests of a cycle',
    head: [
      'entries a day and org',
      'requests of a cycle',
      'minutes at 300 a minute',
      'pages that are new in a day',
      'requests in a day, every hour',
    ],
    rows: VOLUMES.map((volume) => {
      const requests = requestsOfCycle(volume, 60);
      return [whole(volume), some(requests), some(requests / RATE), whole(pages(volume)), whole(requests * 24)];
    }),
  };
}

function counted(): Table {
  return {
    name: 'counted',
    head: [
      'entries a day and org',
      'requests, counted',
      'as computed',
      'objects written',
      'processor seconds',
      'peak memory, MB',
    ],
    rows: COUNTED.map(({ events, requests, objects, seconds, megabytes }) => [
      whole(events),
      requests.toFixed(1),
      requestsOfCycle(events, 60).toFixed(1),
      objects.toFixed(1),
      seconds.toFixed(1),
      whole(megabytes),
    ]),
  };
}

function capacity(): Table {
  return {
    name: 'organizations an address',
    head: ['entries a day and org', ...INTERVALS.map((minutes) => `every ${told(minutes)}`)],
    rows: VOLUMES.map((volume) => [
      whole(volume),
      ...INTERVALS.map((minutes) => {
        const orgs = orgsPerAddress(volume, minutes);
        return orgs === 0 ? 'takes longer' : whole(orgs);
      }),
    ]),
  };
}

function addresses(): Table {
  const needed = ({ orgs, eventsAYear }: Scale, minutes: number, rate: number) =>
    whole(Math.ceil(orgs / orgsPerAddress(eventsAYear / 365 / orgs, minutes, rate)));
  return {
    name: 'addresses',
    head: ['orgs', 'entries a year', ...INTERVALS.map((minutes) => `every ${told(minutes)}, at ${RATE} (${LIMIT})`)],
    rows: SCALES.map((scale) => [
      whole(scale.orgs),
      whole(scale.eventsAYear),
      ...INTERVALS.map((minutes) => `${needed(scale, minutes, RATE)} (${needed(scale, minutes, LIMIT)})`),
    ]),
  };
}

function firstReading(): Table {
  const time = (requests: number, of: number) => {
    const hours = requests / (RATE * of) / 60;
    return hours < 48 ? `${some(hours)} h` : `${some(hours / 24)} days`;
  };
  const counts = [1, 10, 100];
  return {
    name: 'first reading',
    head: [
      'orgs',
      'entries of a year',
      'requests',
      ...counts.map((count) => `${count} address${count === 1 ? '' : 'es'}`),
    ],
    rows: SCALES.map(({ orgs, eventsAYear }) => {
      const requests = orgs * (pages(eventsAYear / orgs) + 6);
      return [whole(orgs), whole(eventsAYear), whole(requests), ...counts.map((count) => time(requests, count))];
    }),
  };
}

function deepChecks(): Table {
  const hours = (requests: number) => `${some((requests * 10_000) / RATE / 60)} h`;
  return {
    name: 'checks of history',
    head: [
      'closed days',
      'quiet check',
      'of 10,000 orgs',
      'one late day found',
      'ten',
      'every day counted (--deep)',
      'of 10,000 orgs',
    ],
    rows: [30, 365, 2_555].map((days) => {
      const probes = Math.ceil(Math.log2(days));
      return [whole(days), '1', hours(1), whole(1 + probes), whole(1 + 10 * probes), whole(days), hours(days)];
    }),
  };
}

function bytesOfDay(): Table {
  return {
    name: 'bytes an entry',
    head: ['entries a day and org', 'own text', 'events.ndjson.gz', 'events.parquet', 'manifest', 'archive in all'],
    rows: MEASURED.map(({ events, text, gzip, parquet, manifest }) => {
      const each = (bytes: number) => whole(bytes / events);
      return [whole(events), each(text), each(gzip), each(parquet), each(manifest), each(gzip + parquet + manifest)];
    }),
  };
}

function stores(): Table {
  return {
    name: 'a year',
    head: [
      'orgs',
      'entries a year',
      'own text',
      'archive or bucket',
      'of it Parquet',
      'ClickHouse',
      'objects',
      'mean Parquet file',
    ],
    rows: SCALES.map(({ orgs, eventsAYear }) => {
      const day = dayOf(eventsAYear / 365 / orgs);
      const days = orgs * 365;
      return [
        whole(orgs),
        whole(eventsAYear),
        bytes(day.text * days),
        bytes((day.gzip + day.parquet + day.manifest) * days),
        bytes(day.parquet * days),
        bytes(CLICKHOUSE_BYTES * eventsAYear),
        whole(days * 3 + orgs),
        bytes(day.parquet),
      ];
    }),
  };
}

function objects(): Table {
  return {
    name: 'requests to a bucket',
    head: ['orgs', ...INTERVALS.map((minutes) => `every ${told(minutes)}`)],
    rows: SCALES.map(({ orgs }) => [
      whole(orgs),
      ...INTERVALS.map((minutes) => whole((orgs * S3_PUTS * 1440) / minutes)),
    ]),
  };
}

function spread(): Table {
  const rows = [
    [100, 3],
    [100, 10],
    [1_000, 10],
    [1_000, 30],
  ] as const;
  return {
    name: 'names over hosts',
    head: ['collectors', 'hosts', 'fewest on a host', 'most on a host', 'move when a host is added'],
    rows: rows.map(([names, count]) => {
      const hosts = Array.from({ length: count }, (_, at) => `host-${at + 1}`);
      const all = Array.from({ length: names }, (_, at) => `collector-${at + 1}`);
      const before = all.map((name) => hostOf(name, hosts));
      const loads = hosts.map((host) => before.filter((one) => one === host).length);
      const after = all.map((name) => hostOf(name, [...hosts, `host-${count + 1}`]));
      const moved = after.filter((host, at) => host !== before[at]).length;
      return [whole(names), whole(count), whole(Math.min(...loads)), whole(Math.max(...loads)), whole(moved)];
    }),
  };
}

function told(minutes: number): string {
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`;
}

function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Two figures that count, at least. */
function some(value: number): string {
  return value >= 10 ? whole(value) : value.toFixed(value >= 1 ? 1 : 2);
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

function bytes(count: number): string {
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${some(count / 1000 ** unit)} ${UNITS[unit]}`;
}
