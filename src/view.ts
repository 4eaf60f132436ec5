/** The columns of events: what is used outside of `view/`. */
export { COLUMN_NAMES, type Column, type ColumnName } from './view/column.js';
export { allColumns, idHeading, PEOPLE, parseColumns } from './view/columns.js';
export { peopleColumns, personWords, subjectWords } from './view/people.js';
export { openRow, type ReadRow, utcTime } from './view/row.js';
