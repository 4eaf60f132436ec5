import { ScanError, type ScannedEntry, scanPage, type WantedFields } from '../../engine/page/scan/scan.js';

const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');

/** The entries of a JSON array, or where it is malformed. Entries may be views into `list`. */
export function scanList(list: Buffer, wanted: WantedFields): readonly ScannedEntry[] | ScanError {
  try {
    return scanPage(list, '', wanted).entries;
  } catch (error) {
    if (error instanceof ScanError) return error;
    throw error;
  }
}

/** Like `scanList`, for the text between the brackets. */
export function scanElements(inside: Buffer, wanted: WantedFields): readonly ScannedEntry[] | ScanError {
  return scanList(Buffer.concat([OPEN, inside, CLOSE]), wanted);
}
