import type { Provider } from './provider.js';
import { isJoined, pathList } from './value.js';

/** The paths (or columns) of an entry's id and time. The first one with a value counts; those of a joined id form it together. */
export interface RowFields {
  readonly id: readonly string[];
  readonly time: readonly string[];
  readonly joined?: boolean;
}

export function rowFields({ fields: { id, time } }: Pick<Provider, 'fields'>): RowFields {
  return { id: pathList(id), time: pathList(time), ...(isJoined(id) ? { joined: true } : {}) };
}

/** An id made of several texts: different texts make different ids. Undefined without any. */
export function joinId(texts: readonly (string | undefined)[]): string | undefined {
  if (texts.every((text) => text === undefined || text === '')) return undefined;
  return texts.map((text = '') => text.replace(/[%/]/g, encodeURIComponent)).join('/');
}

/** The texts of such an id; undefined for an id with another number of them. */
export function splitId(id: string, count: number): readonly string[] | undefined {
  const texts = id.split('/').map((text) => text.replace(/%2F/g, '/').replace(/%25/g, '%'));
  return texts.length === count ? texts : undefined;
}
