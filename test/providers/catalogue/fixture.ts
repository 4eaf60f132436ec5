import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesOf } from '../../../src/diff/read.js';
import { pageReader } from '../../../src/engine/page/answer.js';
import type { AuditEvent, Person, Resource } from '../../../src/event.js';
import { tableView } from '../../../src/formats/table/columns.js';
import { wholeText } from '../../../src/formats/table/views.js';
import type { ApiResponse } from '../../../src/http/send.js';
import { actionWord } from '../../../src/providers/actions.js';
import { toEvent } from '../../../src/providers/event/normalize.js';
import type { Provider } from '../../../src/providers/provider.js';
import { formatInstant, UTC } from '../../../src/time.js';

/**
 * An answer in the shape that a vendor documents, with made-up values, and what it must come to. A vendor with several logs may have a list of
 * them, each with its `log`.
 */
export interface Fixture {
  /** The log of the vendor that it is an answer of. */
  readonly log?: string;
  readonly answer: unknown;
  /** Response headers, such as `link`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In the order of the answer. Keys that an event leaves out are not compared; `time`, `action` and `actor` are always there. */
  readonly events: readonly FixtureEvent[];
  /** The cursor or the address of the next page; null where the answer is the last one. Left out where pages are numbered, or there is only one. */
  readonly next?: string | null;
  readonly more?: boolean;
  readonly count?: number;
  /** The cells of the first event in the vendor's own columns. */
  readonly row: readonly string[];
}

/** `null`: the event has none. */
export interface FixtureEvent {
  readonly id?: string;
  /** Any text that `Date` reads; compared as an instant, in ms. */
  readonly time: string;
  readonly action: string;
  readonly actor: Person | null;
  readonly target?: Person | null;
  readonly resource?: Resource | null;
  readonly source?: string | null;
  readonly ip?: string | null;
  readonly country?: string | null;
  readonly userAgent?: string | null;
  readonly org?: { readonly id?: string; readonly name?: string } | null;
  readonly metadata?: unknown;
  /** `[field, old, new]`. */
  readonly changes?: readonly (readonly [string, unknown, unknown])[];
  /** Of the action. */
  readonly label?: string;
  readonly category?: string;
  readonly kind?: string;
}

const FOLDER = join(import.meta.dirname, 'fixtures');

export function readFixtures(name: string): readonly Fixture[] {
  const value = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Fixture | readonly Fixture[];
  return Array.isArray(value) ? value : [value as Fixture];
}

/** What the real reader makes of a fixture's answer, in the words and with the keys of the fixture. */
export function readAnswer(provider: Provider, fixture: Fixture): Omit<Fixture, 'answer' | 'headers' | 'log'> {
  const url = new URL(`${exampleBase(provider)}/answer?size=3`);
  const response: ApiResponse = {
    status: 200,
    headers: new Map([
      ['content-type', ['application/json']],
      ...Object.entries(fixture.headers ?? {}).map(([header, text]): [string, string[]] => [
        header.toLowerCase(),
        [text],
      ]),
    ]),
    body: Buffer.from(JSON.stringify(fixture.answer, null, 1)),
    sentAt: 0,
    receivedAt: Date.UTC(2036, 0, 1),
  };
  const page = pageReader(provider)(response, url);
  const events = page.entries.map((entry) => toEvent(provider, entry));
  const look = { provider, isTTY: false, zone: UTC, now: 0 };
  const [first] = events;
  return {
    events: events.map((event, at) => picked(provider, event, fixture.events[at])),
    row:
      first === undefined
        ? []
        : tableView(look as Parameters<typeof tableView>[0])
            .read(first, '')
            .map(wholeText),
    ...(fixture.next === undefined ? {} : { next: page.next ?? null }),
    ...(fixture.more === undefined ? {} : { more: page.more as boolean }),
    ...(fixture.count === undefined ? {} : { count: page.count as number }),
  };
}

/** As the fixture is written, for comparison: times as instants. */
export function expected(fixture: Fixture): ReturnType<typeof readAnswer> {
  const { answer: _, headers: __, log: ___, ...rest } = fixture;
  return { ...rest, events: rest.events.map((event) => ({ ...event, time: instant(Date.parse(event.time)) })) };
}

/** The base with made-up values for its variables. */
export function exampleBase(provider: Provider): string {
  return (provider.base ?? 'https://api.example.com').replace(/\{[^}]+\}/g, 'acme');
}

function instant(time: number): string {
  return formatInstant(Math.floor(time)) || 'no time';
}

function picked(provider: Provider, event: AuditEvent, wanted: FixtureEvent | undefined): FixtureEvent {
  const all: { readonly [Key in keyof FixtureEvent]-?: unknown } = {
    id: event.id,
    time: instant(event.time),
    action: event.action,
    actor: event.actor ?? null,
    target: event.target ?? null,
    resource: event.resource ?? null,
    source: event.source ?? null,
    ip: event.ip ?? null,
    country: event.country ?? null,
    userAgent: event.userAgent ?? null,
    org: event.org ?? null,
    metadata: event.metadata ?? null,
    changes: changesOf(event).map(({ path, before, after }) => [path, before ?? null, after ?? null]),
    ...actionWord(provider, event.action),
  };
  const keys = new Set(['time', 'action', 'actor', ...Object.keys(wanted ?? all)]);
  return Object.fromEntries(Object.entries(all).filter(([key]) => keys.has(key))) as unknown as FixtureEvent;
}
