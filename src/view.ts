/** The columns of events: what is used outside of `view/`. */
export { allColumns, COLUMN_NAMES, type Column, type ColumnName, parseColumns } from './view/columns.js';
export { openRow, type ReadRow, utcTime } from './view/row.js';
