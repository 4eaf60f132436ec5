/** What may be between the cells of a CSV file. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type CsvDelimiter = (typeof DELIMITERS)[number];

/** The mark that makes some spreadsheets read a text as UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff';
