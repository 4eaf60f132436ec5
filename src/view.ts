/** What of an event is shown in which column: the one door to the files of `view/`. */
export { cellText } from './view/cell.js';
export { allColumns, COLUMN_NAMES, type Column, parseColumns } from './view/columns.js';
export { openExtra } from './view/extra.js';
