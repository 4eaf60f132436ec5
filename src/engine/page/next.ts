import { unknownShape } from '../../http/fault.js';
import type { ApiResponse } from '../../http/send.js';
import { readPath } from '../../providers/value.js';
import type { PagingStyle } from '../paging.js';
import type { Page } from '../request.js';

type NextPage = Pick<Page, 'next' | 'silent'>;

/** The next page that an answer names. Throws a `Fault` for a name that is none. */
export function nextOf({ nextIn }: PagingStyle, response: ApiResponse, envelope: unknown, url: URL): NextPage {
  if (nextIn === 'nowhere') return { next: undefined };
  if (nextIn === 'link header') return linkedIn(response, url);
  const value = readPath(envelope, nextIn.body);
  if (value === undefined) return { next: undefined, silent: true };
  if (value === null || value === '' || value === false) return { next: undefined };
  if (typeof value !== 'string' && typeof value !== 'number')
    throw unknownShape(`there is no name of a next page at ${nextIn.body}`, response);
  return { next: nextIn.isAddress ? sameOrigin(String(value), url, response) : String(value) };
}

function linkedIn(response: ApiResponse, url: URL): NextPage {
  const headers = response.headers.get('link');
  for (const link of (headers ?? []).flatMap((header) => header.split(/,(?=\s*<)/))) {
    const match = /^\s*<([^>]*)>(.*)$/.exec(link);
    if (match === null || !/;\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)/i.test(match[2] as string)) continue;
    // Some servers always name a next page, and say apart that nothing is on it.
    if (/;\s*results\s*=\s*"?false\b/i.test(match[2] as string)) return { next: undefined };
    return { next: sameOrigin(match[1] as string, url, response) };
  }
  return headers === undefined ? { next: undefined, silent: true } : { next: undefined };
}

/** The address of the next page. Another origin must not be asked: the key would go there. */
function sameOrigin(address: string, url: URL, response: ApiResponse): string {
  if (!URL.canParse(address, url.href)) throw unknownShape('the address of the next page is none', response);
  const next = new URL(address, url);
  if (next.origin === url.origin) return next.href;
  throw unknownShape(`the next page is said to be at another origin, ${next.origin}`, response);
}
