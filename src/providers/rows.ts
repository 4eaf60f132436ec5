import type { Provider } from './provider.js';
import { isJoined, pathList } from './value.js';

/** The paths (or columns) of an entry's id and time. The first one present counts; those of a joined id make it together. */
export interface RowFields {
  readonly id: readonly string[];
  readonly time: readonly string[];
  readonly joined?: boolean;
}

export function rowFields({ fields: { id, time } }: Pick<Provider, 'fields'>): RowFields {
  return { id: pathList(id), time: pathList(time), ...(isJoined(id) ? { joined: true } : {}) };
}

/** An id of several texts: unequal texts make unequal ids. Undefined without any. */
export function joinId(texts: readonly (string | undefined)[]): string | undefined {
  if (texts.every((text) => text === undefined || text === '')) return undefined;
  return texts.map((text = '') => text.replace(/[%/]/g, encodeURIComponent)).join('/');
}

/** The texts that make such an id; undefined for an id of another number. */
export function splitId(id: string, count: number): readonly string[] | undefined {
  const texts = id.split('/').map((text) => text.replace(/%2F/g, '/').replace(/%25/g, '%'));
  return texts.length === count ? texts : undefined;
}
