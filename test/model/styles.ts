import { invent } from '../../src/providers/invent.js';
import type { Paging, Provider } from '../../src/providers/provider.js';

const SIZE = { size: 'take', max: 100 } as const;

const PAGINGS = {
  'page from 0': { style: 'page', page: 'page', first: 0, ...SIZE },
  offset: { style: 'offset', offset: 'skip', ...SIZE },
  'offset + has_more': { style: 'offset', offset: 'skip', hasMore: 'page.more', ...SIZE },
  cursor: { style: 'cursor', cursor: 'cursor', next: 'page.next', ...SIZE },
  'cursor + has_more': { style: 'cursor', cursor: 'cursor', next: 'page.next', hasMore: 'page.more', ...SIZE },
  'link header': { style: 'link', ...SIZE },
  'link in the body': { style: 'link', next: 'page.next', ...SIZE },
} as const satisfies Readonly<Record<string, Paging>>;

export type PagingName = keyof typeof PAGINGS;
export const PAGING_NAMES = Object.keys(PAGINGS) as readonly PagingName[];

/** Invent's log behind another way of paging, with or without a count. */
export function paged(name: PagingName, how: { readonly counted: boolean } = { counted: true }): Provider {
  return {
    ...invent,
    paging: PAGINGS[name],
    items: 'entries',
    total: how.counted ? { path: 'count' } : undefined,
  };
}
