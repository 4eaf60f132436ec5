import { type AccessAnswer, type AccessQuestion, openAccessLog } from '../../src/access/answer.js';
import { type DemoEntry, demoEntries } from '../../src/demo/entry.js';
import { demoOrganization } from '../../src/demo/organization.js';
import { happeningOf } from '../../src/demo/vendors/happening.js';
import { TRANSLATIONS } from '../../src/demo/vendors/index.js';
import type { Spool } from '../../src/engine/store/spool.js';
import type { Entry } from '../../src/event.js';
import { findProvider } from '../../src/providers/index.js';
import type { Provider } from '../../src/providers/provider.js';

/** An entry of the demo, and the times that the replay sorts by. */
export interface LogRow {
  readonly entry: DemoEntry;
  readonly raw: Entry;
}

/** The demo's log at a time, oldest first. */
export function demoLog(now: number): readonly LogRow[] {
  const organization = demoOrganization(now);
  const read = demoEntries(organization);
  return Array.from({ length: organization.size }, (_, n) => rowOf(read(n)));
}

export function rowOf(entry: DemoEntry): LogRow {
  return { entry, raw: toEntry(entry, entry.id, entry.created_at) };
}

/** The same event in the words of another vendor. */
export function translated(provider: Provider, { entry }: LogRow): Entry {
  const translate = TRANSLATIONS[provider.name];
  const value = translate === undefined ? entry : translate(happeningOf(entry));
  return toEntry(value, provider.fields.id === undefined ? undefined : entry.id, entry.created_at);
}

export function toEntry(value: object, id: string | undefined, time: string): Entry {
  return { raw: Buffer.from(JSON.stringify(value)), id, time: Date.parse(time) };
}

/** The answer of a log, in whatever order its entries come. */
export function answerOf(
  entries: Iterable<Entry>,
  question: AccessQuestion = {},
  { provider = findProvider('invent'), openSpool = noSpool }: { provider?: Provider; openSpool?: () => Spool } = {},
): AccessAnswer {
  const log = openAccessLog(provider, openSpool);
  try {
    for (const entry of entries) log.add(entry, 'org_1');
    return log.answer(question);
  } finally {
    log.close();
  }
}

function noSpool(): never {
  throw new Error('a log of this size needs no disk');
}
