import { AuditlogError, EXIT } from '../../errors.js';

/** Rows of a sheet, its header included: the limit of the file format. */
export const SHEET_ROWS = 1_048_576;

/** The error for a sheet that is full. */
export function tooManyRows(sheet: string): WorkbookFull {
  return new WorkbookFull(`the sheet ${sheet} would have more than 1,048,576 rows, the most that a workbook holds`);
}

/** More than a workbook can hold. Running the same command again does not help. */
export class WorkbookFull extends AuditlogError {
  constructor(why: string) {
    super(why, EXIT.usage, 'Write CSV, which has no limit: -o FILE.csv\nOr export a shorter range: --from, --to');
  }
}
