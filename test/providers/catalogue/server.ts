import { createServer } from 'node:http';
import type { Log, WireRequest } from '../../../src/demo/contract.js';
import { demoEntries } from '../../../src/demo/entry.js';
import type { PagesEnd } from '../../../src/demo/envelope.js';
import { answerFrom, demoValues, logsOf } from '../../../src/demo/file.js';
import { demoKey } from '../../../src/demo/key.js';
import { demoOrganization } from '../../../src/demo/organization.js';
import { entryTeller } from '../../../src/demo/tell/entry.js';
import { type EntryDraft, putAt } from '../../../src/demo/tell/places.js';
import { openTokens } from '../../../src/demo/tokens.js';
import { type Happening, happeningOf } from '../../../src/demo/vendors/happening.js';
import { valueLog } from '../../../src/demo/vendors/values.js';
import type { ProviderFile } from '../../../src/providers/file/parse.js';
import type { Provider } from '../../../src/providers/provider.js';
import { readPath } from '../../../src/providers/value.js';
import { fillVariables } from '../../../src/providers/variables.js';
import type { FastClock } from '../../helpers/fastclock.js';
import { NOW } from '../../helpers/world.js';
import { close, listen, wireRequest } from '../../model/server.js';

/** An entry of the log, as it is served. */
export interface ServedEntry {
  readonly time: number;
  readonly text: string;
  /** The log that it is in, from 0. */
  readonly log: number;
}

export interface CatalogueServer {
  readonly base: string;
  readonly key: string;
  /** The environment of a command that asks it. */
  readonly env: Readonly<Record<string, string>>;
  /** All logs together, newest first. */
  entries(): readonly ServedEntry[];
  /** As many new entries, a minute apart, up to now. */
  insert(count: number): void;
  /** Requests for pages. */
  readonly targets: readonly string[];
  readonly bodies: readonly string[];
  /** Answers with 503 from this request on; undefined: never. */
  failFrom: number | undefined;
  close(): Promise<void>;
}

export interface CatalogueServerOptions {
  readonly file: ProviderFile;
  readonly clock: FastClock;
  /** The most entries of a page, whatever is asked. */
  readonly cap?: number;
  readonly ending?: PagesEnd;
  /** What stands for the list of an answer without entries, `left out` among others. */
  readonly noEntries?: 'null' | 'left out';
  /** Whether a page after the last one is a 404. */
  readonly endsWith404?: boolean;
  /** Parameters that the server takes for none of its business. */
  readonly ignores?: readonly string[];
  /** Whether the count is that of the page. */
  readonly countsPage?: boolean;
  /** Seconds that a token lasts. */
  readonly life?: number;
  /** What --provider says; absent: the vendor's name. */
  readonly named?: string;
  /** The days with entries, one or two a day. */
  readonly days?: number;
}

const DAY = 86_400_000;
const organization = once(() => demoOrganization(NOW));
const entryAt = once(() => demoEntries(organization()));

/** Serves a small log of a vendor, made of the demo's events by the file's own fields, on a real socket. */
export async function serveCatalogue(options: CatalogueServerOptions): Promise<CatalogueServer> {
  const { file, clock, cap, ending, life, days = 40 } = options;
  const key = demoKey(file.provider);
  const provider = fillVariables(file.provider, demoValues(file.provider));
  const logs = logsOf(provider);
  const tell = logs.map((log) => entryTeller(log, file.examples));
  const tokens = openTokens(provider, key, life);
  const known: ServedEntry[] = [];
  const add = (n: number, time: number): void => {
    const log = n % logs.length;
    const happening: Happening = {
      ...happeningOf(entryAt()(organization().size - 1 - n * 23)),
      at: new Date(time).toISOString(),
    };
    const told = tell[log]!(happening, n);
    known.unshift({ time: told.time, text: JSON.stringify(told.value), log });
  };
  for (let n = 0; n < Math.floor(days * 1.3); n += 1)
    add(n, clock.now() - days * DAY + Math.floor((n * DAY) / 1.3) + 3_600_000);

  const targets: string[] = [];
  const bodies: string[] = [];
  const made = new Map<Provider, Log<number>>();
  const logOf = (log: Provider): Log<number> => {
    const found =
      made.get(log) ??
      openLog(
        log,
        known.filter((one) => one.log === logs.indexOf(log)),
      );
    made.set(log, found);
    return found;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const asked: WireRequest = { ...wireRequest(request), ...(body !== '' && { body }) };
    clock.advance(5);
    const now = clock.now();
    let answered = tokens?.answer(asked, now);
    if (answered === undefined) {
      targets.push(asked.target);
      bodies.push(body);
      const door = {
        key,
        now,
        isStrict: true,
        knows: () => true,
        ...(cap !== undefined && { cap }),
        ...(ending && { ending }),
        ...(tokens && { isSigned: (headers: WireRequest['headers']) => tokens.isSigned(headers, now) }),
      };
      answered = answerFrom(logs, door, logOf, without(asked, options.ignores ?? []));
      if (options.endsWith404 === true && isPastTheEnd(asked, answered.body, provider))
        answered = { status: 404, headers: {}, body: '{}' };
      if (options.countsPage === true) answered = { ...answered, body: countingPage(answered.body, provider) };
      if (options.noEntries !== undefined)
        answered = { ...answered, body: withoutList(answered.body, provider, options.noEntries) };
      if (targets.length >= (it.failFrom ?? Number.POSITIVE_INFINITY))
        answered = { status: 503, headers: { 'retry-after': '600' }, body: '{}' };
    }
    response.writeHead(answered.status, { ...answered.headers, date: new Date(now).toUTCString() } as Record<
      string,
      string
    >);
    response.end(answered.body);
  });
  server.keepAliveTimeout = 0;
  const base = await listen(server);
  const values = [...demoValues(file.provider)].map(([name, value]) => `${name}=${value}`);
  const it: CatalogueServer = {
    base: base.origin,
    key,
    env: {
      AUDITLOG_API_KEY: key,
      AUDITLOG_BASE_URL: base.origin,
      AUDITLOG_PROVIDER: options.named ?? provider.name,
      ...(values.length > 0 && { AUDITLOG_VARS: values.join(',') }),
      ...(JSON.stringify(file.provider).includes('{org}') && { AUDITLOG_ORG: file.provider.defaultOrg ?? 'acme' }),
    },
    entries: () => [...known].sort((a, b) => b.time - a.time),
    insert: (count) => {
      const from = known.length;
      for (let n = 0; n < count; n += 1) add(from + n, clock.now() - (count - n) * 60_000);
      made.clear();
    },
    targets,
    bodies,
    failFrom: undefined,
    close: () => close(server),
  };
  return it;
}

function openLog(provider: Provider, entries: readonly ServedEntry[]): Log<number> {
  const rows = entries.map(({ time, text }) => ({ time, value: JSON.parse(text) as object }));
  return valueLog(provider, { size: rows.length, time: (n) => rows[n]!.time, value: (n) => rows[n]!.value });
}

function without(request: WireRequest, names: readonly string[]): WireRequest {
  const url = new URL(request.target, 'http://localhost');
  for (const name of names) url.searchParams.delete(name);
  return names.length === 0 ? request : { ...request, target: url.pathname + url.search };
}

/** Whether a numbered page, or one that begins at a row, has nothing. */
function isPastTheEnd({ target }: WireRequest, body: string, { items, paging }: Provider): boolean {
  const name = 'page' in paging ? paging.page : 'offset' in paging ? paging.offset : '';
  const first = paging.style === 'page' ? (paging.first ?? 1) : 0;
  const place = Number(new URL(target, 'http://localhost').searchParams.get(name) ?? first);
  const answer = JSON.parse(body) as unknown;
  const list = items === '' ? answer : readPath(answer, items);
  return place > first && Array.isArray(list) && list.length === 0;
}

function countingPage(body: string, { items, total }: Provider): string {
  const envelope = JSON.parse(body) as EntryDraft;
  const list = readPath(envelope, items);
  if (Array.isArray(list) && total !== undefined && 'path' in total) putAt(envelope, total.path, list.length);
  return JSON.stringify(envelope);
}

/** An empty list as null, or as nothing. */
function withoutList(body: string, { items }: Provider, as: 'null' | 'left out'): string {
  const name = JSON.stringify(items.split('.').at(-1));
  const at = body.indexOf(`${name}:[]`);
  if (items === '' || at === -1) return body;
  const rest = body.slice(at + name.length + 3);
  if (as === 'null') return `${body.slice(0, at)}${name}:null${rest}`;
  return `${body.slice(0, at).replace(/,$/, '')}${/,$/.test(body.slice(0, at)) ? rest : rest.replace(/^,/, '')}`;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
