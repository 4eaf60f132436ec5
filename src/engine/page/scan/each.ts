import { COMMA, OPEN_BRACKET } from '../../../json/bytes.js';
import { type ByteRange, placeIn } from '../../../json/place.js';
import { ScanError, type ScannedPage, scanPage, type WantedFields, wantPaths } from './scan.js';

/**
 * Scans a list whose members hold the entries at the path `each`, such as `node`. Where a list is there, its members are the entries, and null is an
 * empty list if other members have lists. A member without anything there is an entry itself, and so is null, so that none is lost unseen.
 */
export function scanEach(body: Buffer, items: string, each: string, wanted: WantedFields): ScannedPage {
  const outer = scanPage(body, items, NOTHING);
  const members = outer.entries.map(({ raw }) => ({ raw, place: placeIn(raw, 0, each) }));
  if (members.length >= FEW && members.every(({ place }) => place === undefined)) throw new ScanError('no-items', 0);
  const hasLists = members.some(({ raw, place }) => place !== undefined && raw[place.start] === OPEN_BRACKET);
  const texts = members.flatMap(({ raw, place }) => (place === undefined ? [raw] : textsAt(raw, place, hasLists)));
  const list = Buffer.concat([OPEN, ...texts.flatMap((text, at) => (at === 0 ? [text] : [SEPARATOR, text])), CLOSE]);
  return { ...outer, entries: scanPage(list, '', wanted).entries };
}

/** Members without an entry that show that the path is another one. */
const FEW = 3;
const NOTHING = wantPaths([]);
const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');
const SEPARATOR = Buffer.of(COMMA);

/** The texts of the entries in a member. */
function textsAt(raw: Buffer, { start, end }: ByteRange, hasLists: boolean): readonly Buffer[] {
  const text = raw.subarray(start, end);
  if (raw[start] === OPEN_BRACKET) {
    const inside = raw.subarray(start + 1, end - 1);
    return inside.length === 0 ? [] : [inside];
  }
  return hasLists && text.equals(NULL) ? [] : [text];
}

const NULL = Buffer.from('null');
