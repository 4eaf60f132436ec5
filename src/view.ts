/** What of an event is shown in which column: the one door to the files of `view/`. */
export { allColumns, COLUMN_NAMES, type Column, type ColumnName, parseColumns } from './view/columns.js';
export { openRow, type ReadRow, utcTime } from './view/row.js';
