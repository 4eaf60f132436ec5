import type { Client } from '../../http/client.js';
import { forLog } from '../../providers/logs.js';
import type { Provider } from '../../providers/provider.js';
import { canResize, isFirstPlace, pagingStyle } from '../paging.js';
import type { FetchPage, FetchPart } from '../request.js';
import { pageReader } from './answer.js';
import { pageAsk } from './ask.js';
import { openChained } from './chained.js';
import { openParts } from './parts.js';
import { refusing } from './refused.js';
import { PageSizer } from './sizer.js';

/** The readers of a vendor's logs, each made once. */
function logReaders(provider: Provider): (log: string | undefined) => ReturnType<typeof pageReader> {
  const readers = new Map<string | undefined, ReturnType<typeof pageReader>>();
  return (log) => {
    const read = readers.get(log) ?? pageReader(forLog(provider, log));
    readers.set(log, read);
    return read;
  };
}

/**
 * Asks the API for pages. The client retries, keeps the rate and adds the key; this function makes requests and reads answers.
 *
 * If a page is too large, or the server answers 500 to it again and again, smaller pages are asked for: one bad entry must not take the others with
 * it. Pages by number and offset are joined from smaller ones, and a bad entry is named in `unreadable` (parts.ts). Behind a cursor or a link a
 * smaller page is an answer of its own; a bad entry is an error that names the place, as nothing leads past it (chained.ts). The size that
 * worked is kept for the pages that follow, and grows again.
 */
export function pageFetcher(client: Client, provider: Provider, base: URL): FetchPage {
  const readOf = logReaders(provider);
  const style = pagingStyle(provider.paging);
  const fetch: FetchPart = (request, shrinkable) => {
    const { url, post } = pageAsk(provider, base, request);
    const continues = style.access === 'chain' && !isFirstPlace(style, request.place);
    return client.get(url, (response) => readOf(request.stream.log)(response, url), { post, shrinkable, continues });
  };
  if (!canResize(provider.paging)) return (request) => refusing(fetch, style)(request, false);
  const open = style.access === 'chain' ? openChained : openParts;
  return open(refusing(fetch, style), style, new PageSizer());
}
