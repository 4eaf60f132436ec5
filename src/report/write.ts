import { createHash } from 'node:crypto';
import type { AuditEvent, Entry } from '../event.js';
import { safeJson } from '../json/escape.js';
import type { Provider } from '../providers/provider.js';
import { actorKey } from '../stats/dimensions.js';
import { formatInstant } from '../time.js';
import { type Assets, loadAssets } from './assets.js';
import { loadScales } from './charts/scales.js';
import { recordText } from './check.js';
import type { ReportFacts, TableFacts } from './facts.js';
import type { ReportNumbers } from './gather.js';
import { accessSection } from './html/access.js';
import { coverSection } from './html/cover.js';
import { eventsSection } from './html/events.js';
import { overviewSection } from './html/overview.js';
import { pageHead } from './html/page.js';
import { reviewSection } from './html/review.js';
import type { KeptEntry } from './kept.js';
import { AFTER_RECORD, BEFORE_RECORD, BEGIN_EVENTS, BEGIN_ROWS, END_EVENTS, END_ROWS } from './marks.js';
import { joined, packed } from './pack.js';
import { type ReportRecordBody, sealReport } from './record.js';
import type { Burst } from './review/bursts.js';
import { openSorter } from './review/classify.js';
import { bitOf } from './review/sections.js';
import { openRows } from './rows.js';

/** The parts of a report. */
export interface ReportParts {
  readonly facts: ReportFacts;
  readonly provider: Provider;
  readonly gathered: ReportNumbers;
  /** The entries of the table, newest first. */
  readonly kept: readonly KeptEntry[];
  readonly which: TableFacts['which'];
  readonly readEvent: (entry: Entry) => AuditEvent;
  /** The query in words, for the record. */
  readonly asked: string;
}

/** The blocks of the file. The same parts give the same bytes. */
export async function* writeReport(parts: ReportParts): AsyncGenerator<Buffer, void> {
  const { facts, gathered, kept, which, provider, readEvent } = parts;
  const [assets, scales] = await Promise.all([loadAssets(), loadScales()]);
  const digest = digestOf(kept);
  const table: TableFacts = { which, rows: kept.length, sha256: digest.sha256 };
  const page = createHash('sha256');
  const block = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    page.update(bytes);
    return bytes;
  };
  yield block(
    pageHead({
      title: facts.title,
      assets,
      cover: coverSection(facts, gathered, table),
      overview: overviewSection(facts, gathered, scales),
      review: reviewSection(facts, gathered.review),
      access: facts.access && accessSection(facts.access, facts.zone),
      events: eventsSection(table, gathered.total),
    }),
  );
  yield block(`<script type="text/plain" id="data-events">\n${BEGIN_EVENTS}\n`);
  for await (const lines of packed(joined(eventLines(kept)))) yield block(lines);
  yield block(`${END_EVENTS}\n</script>\n<script type="text/plain" id="data-rows">\n${BEGIN_ROWS}\n`);
  const inBursts = burstBit(gathered, provider);
  const rowOf = openRows(provider, facts.zone);
  function* rows(): Generator<Buffer, void> {
    for (const { entry, sections } of kept) {
      const event = readEvent(entry);
      yield Buffer.from(`${safeJson(rowOf(event, sections | inBursts(event)))}\n`);
    }
  }
  for await (const lines of packed(joined(rows()))) yield block(lines);
  yield block(`${END_ROWS}\n</script>\n${scriptOf(assets)}\n${BEFORE_RECORD}`);
  page.update(AFTER_RECORD);
  const record = sealReport({
    ...recordOf(parts),
    events: { which, rows: kept.length, bytes: digest.bytes, sha256: `sha256:${digest.sha256}` },
    page: { sha256: `sha256:${page.digest('hex')}` },
  });
  yield Buffer.from(`${recordText(record)}${AFTER_RECORD}`);
}

function scriptOf({ script }: Assets): string {
  return `<script>${script}</script>`;
}

const LF = Buffer.from('\n');

function* eventLines(kept: readonly KeptEntry[]): Generator<Buffer, void> {
  for (const { entry } of kept) {
    yield entry.raw;
    yield LF;
  }
}

function digestOf(kept: readonly KeptEntry[]): { readonly bytes: number; readonly sha256: string } {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const block of joined(eventLines(kept))) {
    hash.update(block);
    bytes += block.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Opens a test for deletions in bursts, which are known only after everything was read. */
function burstBit({ review: { bursts } }: ReportNumbers, provider: Provider): (event: AuditEvent) => number {
  const sortOf = openSorter(provider);
  const byPerson = new Map<string, Burst[]>();
  for (const burst of bursts) byPerson.set(burst.key, [...(byPerson.get(burst.key) ?? []), burst]);
  const bit = bitOf('bursts');
  return (event) => {
    const own = bursts.length === 0 ? undefined : byPerson.get(actorKey(event));
    if (own === undefined || sortOf(event.action).kind !== 'delete') return 0;
    return own.some(({ from, to }) => event.time >= from && event.time < to + MINUTE_MS) ? bit : 0;
  };
}

const MINUTE_MS = 60_000;

function recordOf({ facts, provider, gathered, asked }: ReportParts): Omit<ReportRecordBody, 'events' | 'page'> {
  const { title, source, organizations, range, zone, madeAt, madeBy, completeness, claims, version } = facts;
  const at = (ms: number | undefined) => (ms === undefined ? null : formatInstant(Math.floor(ms)) || null);
  return {
    format: 'auditlog-report-1',
    tool: { name: 'auditlog', version },
    title,
    provider: provider.name,
    source,
    organizations,
    query: { asked, from: at(range.from), before: at(range.before), zone: zone.name },
    madeAt: at(madeAt) ?? '',
    madeBy: madeBy ?? null,
    status: completeness,
    claims,
    total: gathered.total,
  };
}
