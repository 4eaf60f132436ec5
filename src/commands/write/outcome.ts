import { isVerdict } from '../../engine/source.js';
import { isFlag, isNumber, isText, listOf, objectOf, orAbsent, type TypeOf } from '../../json/is.js';
import { isRunRecord } from '../../manifest/shape/run.js';

/** The results of a run that has read everything. Kept with the file until the file and its manifest are complete. */
export const isOutcome = objectOf(
  {
    verdict: isVerdict,
    /** Warnings about cells and schemas. */
    remarks: listOf(isText),
    total: objectOf({ count: orAbsent(isNumber), filteredHere: isFlag }),
  },
  {
    /** For a manifest. */
    run: isRunRecord,
    /** For a workbook: SHA-256 of the same events as NDJSON, in hex. */
    ndjson: isText,
  },
);
export type WrittenOutcome = TypeOf<typeof isOutcome>;
