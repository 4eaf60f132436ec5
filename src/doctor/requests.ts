import { pageReader } from '../engine/page/answer.js';
import { pageAsk } from '../engine/page/ask.js';
import { type PagingStyle, pagingStyle } from '../engine/paging.js';
import type { Page, PageRequest, Stream, Window } from '../engine/request.js';
import { AuditlogError, serverError } from '../errors.js';
import type { Client } from '../http/client.js';
import { httpDate } from '../http/date.js';
import { type Fault, faultOf } from '../http/fault.js';
import { isLimit } from '../http/retry/decide.js';
import type { ApiResponse } from '../http/send.js';
import type { Connection } from '../profile.js';
import { takesDays } from '../providers/dates.js';
import type { Provider } from '../providers/provider.js';
import { rateHeaders } from './limits.js';

/** What probing needs of the world. */
export interface ProbeWorld {
  /** Rejects with an `AuditlogError` if there is no usable answer, with the signal's reason if stopped. */
  readonly fetch: (request: PageRequest) => Promise<Probed>;
  /** Our clock, epoch ms. */
  readonly now: () => number;
  /** The client's: the server's clock minus ours, and the requests a minute at this moment. */
  readonly stats: () => { readonly skew: number; readonly rate: number | undefined };
}

/** A page and its headers. */
export interface Probed {
  readonly page: Page;
  readonly headers: ApiResponse['headers'];
}

/** Time for a request with all its retries, ms: people who look for a fault do not want to wait for it. */
const PATIENCE = 120_000;

/** The world over a client. If the server fails on a page, no smaller one is asked for: the failure is a finding. */
export function probeWorld(
  client: Client,
  { provider, base, timeout = 0 }: Pick<Connection, 'provider' | 'base' | 'timeout'>,
  now: () => number,
  patience = Math.max(PATIENCE, 2 * timeout),
): ProbeWorld {
  const read = pageReader(provider);
  return {
    async fetch(request) {
      const { url, post } = pageAsk(provider, base, request);
      const parse = (response: ApiResponse): Probed => ({ page: read(response, url), headers: response.headers });
      const signal = AbortSignal.timeout(patience);
      try {
        return await client.get(url, parse, { post, shrinkable: true, signal });
      } catch (error) {
        if (error !== signal.reason) throw error;
        throw serverError(
          `${base.host} gave no usable answer within ${patience / 1000} s`,
          'Try again later. To see each request: --debug',
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
  /** The entries of the window before it. */
  readonly start: number;
  /** The entries of a full page. */
  readonly size: number;
}

/** The status of a request that the server refused, which is an answer too. */
export interface Refused {
  readonly status: number;
}

/** The requests of one probing, and what all answers have shown. */
export class ProbeRequests {
  /** Entries a page: what the server really returns if that is less than was asked for. */
  pageSize: number;
  /** An answer had the server's time. */
  hasTime = false;
  readonly rateHeaders = new Map<string, string>();
  /** Where a request can begin: at any row, at a whole page, or only where an earlier answer led to. */
  readonly access: PagingStyle['access'];
  /** All that the vendor keeps, or the days of a year if it returns only the last days unless asked. */
  readonly whole: Window;
  readonly #world: ProbeWorld;
  readonly #provider: Provider;
  readonly #style: PagingStyle;
  readonly #stream: Stream;

  constructor(world: ProbeWorld, { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>, whole: Window) {
    this.#world = world;
    this.#provider = provider;
    this.#style = pagingStyle(provider.paging);
    this.#stream = { index: 0, org: orgs[0] ?? '', filters: {} };
    this.pageSize = provider.paging.max;
    this.access = this.#style.access;
    this.whole = whole;
  }

  /** Asks for the entries of a window from `start` on; a multiple of `size` if pages are numbered. Sends only dates that the vendor takes. */
  async page({ from, to, until }: Window, start = 0, size = this.pageSize): Promise<SeenPage> {
    const place = this.#style.at(start, size) ?? this.#style.first;
    const takes = takesDays(this.#provider.dates);
    const ends = { from: takes.from ? from : undefined, to: takes.to ? to : undefined };
    const window: Window = until === undefined ? ends : { ...ends, until };
    try {
      const { page, headers } = await this.#world.fetch({ stream: this.#stream, window, place, size });
      this.#see(headers);
      return { page, start, size };
    } catch (error) {
      const response = faultOf(error)?.response;
      if (response !== undefined) this.#see(response.headers);
      throw error;
    }
  }

  /** As `page`, but a refusal is an answer, and so is a failure of this request alone. */
  async tryPage(window: Window, start: number, size: number): Promise<SeenPage | Refused> {
    try {
      return await this.page(window, start, size);
    } catch (error) {
      const status = error instanceof AuditlogError ? refusal(faultOf(error)) : undefined;
      if (status === undefined) throw error;
      return { status };
    }
  }

  #see(headers: ApiResponse['headers']): void {
    for (const [name, value] of rateHeaders(headers)) this.rateHeaders.set(name, value);
    this.hasTime ||= httpDate(headers.get('date')?.[0] ?? '') !== undefined;
  }
}

/** The number of entries in the window of a first page: the server's count, or our own if the page holds all of them. */
export function countOf({ page, start, size }: SeenPage): number | undefined {
  if (page.count !== undefined) return page.count;
  return start === 0 && page.entries.length < size && !saysMore(page) ? page.entries.length : undefined;
}

/** Whether the server says that there is another page. */
export function saysMore(page: Page): boolean {
  return page.more === true || page.next !== undefined;
}

const NOT_THIS_ONE: ReadonlySet<number> = new Set([401, 402, 403, 407, 408, 425]);

/** The status of a clear refusal of this one request, or of a failure that it alone causes. */
export function refusal(fault: Fault | undefined): number | undefined {
  const status = fault?.status;
  if (fault?.kind !== 'status' || status === undefined || isLimit(fault) || NOT_THIS_ONE.has(status)) return undefined;
  return status === 500 || (status >= 400 && status < 500) ? status : undefined;
}
