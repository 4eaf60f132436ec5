import { safeJson } from '../../json/escape.js';

/** Writes rows of any columns as text: what `open`, each `write` and `close` return, in this order. */
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

/** A value as a cell shows it: '' for null, JSON for lists and objects. */
export function recordText(value: RecordValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? jsonOf(value) : String(value);
}

/** Keeps every digit of integers; numbers that JSON does not have, such as infinity, become strings. */
export function jsonOf(value: RecordValue): string {
  if (typeof value === 'string') return safeJson(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : safeJson(String(value));
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  const members = Object.entries(value as RecordObject).map(([name, inner]) => `${safeJson(name)}:${jsonOf(inner)}`);
  return `{${members.join(',')}}`;
}
