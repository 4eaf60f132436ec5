import type { S3Listed } from './object.js';

/** The text of the first element of this name. */
export function elementOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found?.replace(/&(lt|gt|amp|quot|apos|#x[0-9a-f]{1,6}|#\d{1,7});/gi, (_, entity: string) => charOf(entity));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function charOf(entity: string): string {
  const known = ENTITIES[entity.toLowerCase()];
  if (known !== undefined) return known;
  const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/** The objects on a page of a list. */
export function listedOn(page: string): readonly S3Listed[] {
  return [...page.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, item = '']) => ({
    key: textOf(item, 'Key'),
    etag: (elementOf(item, 'ETag') ?? '').replaceAll('"', ''),
    size: Number(elementOf(item, 'Size') ?? Number.NaN),
  }));
}

/** The common prefixes on a page of a list. */
export function prefixesOn(page: string): readonly string[] {
  return [...page.matchAll(/<CommonPrefixes>(.*?)<\/CommonPrefixes>/gs)].map(([, item = '']) => textOf(item, 'Prefix'));
}

/** The text of an element that is URL-encoded, as keys in lists are. */
function textOf(xml: string, name: string): string {
  return decodeURIComponent((elementOf(xml, name) ?? '').replaceAll('+', ' '));
}
