/** A row in the file: `ReportTableRow` of the program that made it. */
export type PageRow = readonly [
  time: number | null,
  local: string,
  kind: number,
  label: string,
  action: string,
  category: string,
  who: string,
  account: string,
  on: string,
  source: string,
  place: string,
  device: string,
  id: string,
  sections: number,
  changes: readonly (readonly [path: string, before: string | null, after: string | null])[],
];

/** Indexes into a row. */
export const AT = {
  time: 0,
  local: 1,
  kind: 2,
  label: 3,
  action: 4,
  category: 5,
  who: 6,
  account: 7,
  on: 8,
  source: 9,
  place: 10,
  device: 11,
  id: 12,
  sections: 13,
  changes: 14,
} as const;
