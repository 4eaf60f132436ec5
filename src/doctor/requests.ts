import { pageReader } from '../engine/page/answer.js';
import { pageUrl } from '../engine/page/page.js';
import { pagingStyle } from '../engine/paging.js';
import type { Page, PageRequest, Window } from '../engine/request.js';
import { AuditlogError, serverError } from '../errors.js';
import type { Client } from '../http/client.js';
import { type Fault, faultOf } from '../http/fault.js';
import { httpDate } from '../http/retry/after.js';
import { isLimit } from '../http/retry/decide.js';
import type { ApiResponse } from '../http/send.js';
import type { Connection } from '../profile.js';
import { takesDays } from '../providers/dates.js';
import type { Provider } from '../providers/provider.js';
import { rateHeaders } from './limits.js';

/** What probing needs of the world. */
export interface ProbeWorld {
  /** Rejects with an `AuditlogError` when there is no answer to use, with the signal's reason when stopped. */
  readonly ask: (ask: PageRequest) => Promise<Probed>;
  /** Our clock, epoch ms. */
  readonly now: () => number;
  /** As of the client: the server's clock minus ours, and the requests a minute at this moment. */
  readonly stats: () => { readonly skew: number; readonly rate: number | undefined };
}

/** A page, and the headers it came with. */
export interface Probed {
  readonly page: Page;
  readonly headers: ApiResponse['headers'];
}

/** A request with all its retries gets this long, ms: who asks what is wrong does not want to wait for it. */
const PATIENCE = 120_000;

/** The world over a client. A page is not taken apart when the server fails on it: that is a finding. */
export function probeWorld(
  client: Client,
  { provider, base }: Pick<Connection, 'provider' | 'base'>,
  now: () => number,
  patience = PATIENCE,
): ProbeWorld {
  const read = pageReader(provider);
  return {
    async ask(ask) {
      const url = pageUrl(provider, base, ask);
      const parse = (response: ApiResponse): Probed => ({ page: read(response, url), headers: response.headers });
      const signal = AbortSignal.timeout(patience);
      try {
        return await client.get(url, parse, { shrinkable: true, signal });
      } catch (error) {
        if (error !== signal.reason) throw error;
        throw serverError(
          `${base.host} gave no usable answer within ${patience / 1000} s`,
          'Try again later; --debug shows what happens meanwhile.',
        );
      }
    },
    now,
    stats: () => client.stats(),
  };
}

/** A page and its position in its window. */
export interface SeenPage {
  readonly page: Page;
  /** How many rows of the window come before it. */
  readonly start: number;
  /** Rows that a full page has. */
  readonly size: number;
}

/** A request that the server refused, which is an answer too. */
export interface Refused {
  readonly status: number;
}

/** The requests of one probing, and what is remembered of all answers. */
export interface ProbeRequests {
  /** Asks for the rows of a window from `start`; a multiple of `size` (the page size, unless given) where pages are numbered. Only dates that the vendor takes are sent. */
  page(window: Window, start?: number, size?: number): Promise<SeenPage>;
  /** The same, but a refusal is an answer, and so is a failure of this request alone. */
  tryPage(window: Window, start: number, size: number): Promise<SeenPage | Refused>;
  /** Rows a page: what the server really gives, when that is less than was asked for. */
  pageSize(): number;
  setPageSize(rows: number): void;
  /** Whether rows can be asked for by their place: any row, only by whole pages, or not at all. */
  readonly places: 'rows' | 'pages' | 'none';
  /** All that the vendor gives: where it gives only its last days when none are named, those of a year. */
  readonly whole: Window;
  rateHeaders(): ReadonlyMap<string, string>;
  /** Whether any answer had the server's time. */
  toldTime(): boolean;
}

export function openRequests(
  world: ProbeWorld,
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  whole: Window,
): ProbeRequests {
  const { paging } = provider;
  const style = pagingStyle(paging);
  const stream = { index: 0, org: orgs[0] ?? '', filters: {} };
  const limits = new Map<string, string>();
  let toldTime = false;
  let pageSize = paging.max;

  const listen = (headers: ApiResponse['headers']): void => {
    for (const [name, value] of rateHeaders(headers)) limits.set(name, value);
    toldTime ||= httpDate(headers.get('date')?.[0] ?? '') !== undefined;
  };

  const page: ProbeRequests['page'] = async (window, start = 0, size = pageSize) => {
    const place = style.at(start, size) ?? style.first;
    try {
      const probed = await world.ask({ stream, window: sendable(provider, window), place, size });
      listen(probed.headers);
      return { page: probed.page, start, size };
    } catch (error) {
      const response = faultOf(error)?.response;
      if (response !== undefined) listen(response.headers);
      throw error;
    }
  };

  return {
    page,
    async tryPage(window, start, size) {
      try {
        return await page(window, start, size);
      } catch (error) {
        const status = error instanceof AuditlogError ? refusal(faultOf(error)) : undefined;
        if (status === undefined) throw error;
        return { status };
      }
    },
    pageSize: () => pageSize,
    setPageSize: (rows) => {
      pageSize = rows;
    },
    places: PLACES[style.access],
    whole,
    rateHeaders: () => limits,
    toldTime: () => toldTime,
  };
}

/** How many entries the window of a first page has: as the server counts, else as we do when the page holds all of them. */
export function countOf({ page, start, size }: SeenPage): number | undefined {
  if (page.count !== undefined) return page.count;
  return start === 0 && page.entries.length < size && !saysMore(page) ? page.entries.length : undefined;
}

/** Whether the server says that there is another page. */
export function saysMore(page: Page): boolean {
  return page.more === true || page.next !== undefined;
}

const PLACES = { rows: 'rows', pages: 'pages', chain: 'none' } as const;

function sendable({ dates }: Provider, { from, to }: Window): Window {
  const days = takesDays(dates);
  return { from: days.from ? from : undefined, to: days.to ? to : undefined };
}

const NOT_THIS_ONE: ReadonlySet<number> = new Set([401, 402, 403, 407, 408, 425]);

/** The status of a clear no to this one request, or of a fault that it alone brings about. */
function refusal(fault: Fault | undefined): number | undefined {
  const status = fault?.status;
  if (fault?.kind !== 'status' || status === undefined || isLimit(fault) || NOT_THIS_ONE.has(status)) return undefined;
  return status === 500 || (status >= 400 && status < 500) ? status : undefined;
}
