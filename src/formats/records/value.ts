import { safeJson } from '../../json/escape.js';

/** Rows of any columns as text. What `open`, each `write` and `close` give belongs together, in this order. */
export interface Records {
  open(): string;
  write(rows: readonly RecordRow[]): string;
  close(): string;
}

export type RecordValue = string | number | bigint | boolean | null | readonly RecordValue[] | RecordObject;
export interface RecordObject {
  readonly [name: string]: RecordValue;
}
export type RecordRow = readonly RecordValue[];

export interface RecordOptions {
  readonly columns: readonly string[];
  readonly csvRaw: boolean;
  readonly isTTY: boolean;
  /** Cells of the terminal; 0 when unknown. */
  readonly width: number;
}

/** As a cell shows it: nothing for null, and JSON for what has parts. */
export function recordText(value: RecordValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? jsonOf(value) : String(value);
}

/** Whole numbers keep every digit; what JSON has no number for, such as infinity, is text. */
export function jsonOf(value: RecordValue): string {
  if (typeof value === 'string') return safeJson(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : safeJson(String(value));
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  const members = Object.entries(value as RecordObject).map(([name, inner]) => `${safeJson(name)}:${jsonOf(inner)}`);
  return `{${members.join(',')}}`;
}
