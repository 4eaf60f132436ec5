import type { Clock } from '../context.js';
import { Fault } from './fault.js';
import { quotable } from './messages/server.js';
import type { ApiRequest, ApiResponse, Send } from './send.js';

/** The response headers that are shown. Others may hold secrets: cookies, tokens in addresses. */
const SHOWN = [
  ...['date', 'age', 'content-type', 'content-encoding', 'retry-after'],
  ...['count', 'page', 'take'].map((name) => `pagination-${name}`),
  ...['ratelimit', 'x-ratelimit', 'x-rate-limit'].flatMap((name) => [
    `${name}-limit`,
    `${name}-remaining`,
    `${name}-reset`,
  ]),
  ...['ratelimit', 'x-request-id', 'server', 'via'],
];

/** The most characters of a body that are shown. */
const LONGEST_BODY = 2000;

export interface Trace {
  readonly line: (text: string) => void;
  readonly hidesHeaders: boolean;
}

/** Writes a line for each try: `GET /orgs/c/audit-logs?take=100 → 200, 12345 bytes, 87 ms, attempt 1; date: …`. The header values are the server's: neutralise the line before showing it. */
export function withTrace(send: Send, clock: Clock, { line, hidesHeaders }: Trace): Send {
  return async (request) => {
    const began = clock.monotonic();
    const report = (outcome: string, headers = ''): void => {
      const ms = Math.round(clock.monotonic() - began);
      line(
        `${request.method ?? 'GET'} ${request.url.pathname}${request.url.search}${bodyOf(request)} → ${outcome}, ${ms} ms, attempt ${request.attempt ?? 1}${headers}`,
      );
    };
    try {
      const response = await send(request);
      report(`${response.status}, ${response.body.length} bytes`, hidesHeaders ? '' : shownHeaders(response));
      return response;
    } catch (error) {
      const code = error instanceof Fault && error.code !== undefined ? ` (${error.code})` : '';
      report(error instanceof Fault ? `${error.kind}: ${error.message}${code}` : 'stopped');
      throw error;
    }
  };
}

/** The body of a page's POST. It holds no key. */
function bodyOf({ shown }: ApiRequest): string {
  if (shown === undefined) return '';
  return ` ${shown.length <= LONGEST_BODY ? shown : `${shown.slice(0, LONGEST_BODY)}…`}`;
}

function shownHeaders(response: ApiResponse): string {
  const shown = SHOWN.flatMap((name) => {
    const values = response.headers.get(name);
    return values === undefined ? [] : [`${name}: ${quotable(response, values.join(', '), 200)}`];
  });
  return shown.length === 0 ? '' : `; ${shown.join('; ')}`;
}
