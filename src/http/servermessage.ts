import type { FieldPath } from '../providers/provider.js';
import { readPath } from '../providers/value.js';
import type { ApiResponse } from './send.js';
import { headerOf } from './send.js';

/** Longest piece of a server's words that we repeat. */
const LONGEST = 300;
/** Where APIs usually put it, for vendors whose documents do not say. */
const USUAL: readonly string[] = ['error.message', 'message', 'error_description', 'error', 'detail', 'title'];

/** What the server itself says about an error, at most 300 characters on one line; undefined when it says nothing readable. Untrusted text. */
export function serverMessage(response: ApiResponse, path: FieldPath | undefined): string | undefined {
  if (isWebPage(response)) return undefined;
  const text = response.body.subarray(0, 65_536).toString('utf8');
  const named = path === undefined ? USUAL : [...(typeof path === 'string' ? [path] : path), ...USUAL];
  try {
    const value: unknown = JSON.parse(text);
    const found = typeof value === 'string' ? value : named.map((one) => readPath(value, one)).find(isWords);
    return found === undefined ? undefined : cap(found);
  } catch {
    const plain = headerOf(response, 'content-type')?.startsWith('text/plain') === true;
    return plain && text.trim() !== '' ? cap(text) : undefined;
  }
}

/** Whether the body is HTML, by its type or by its first character. */
export function isWebPage(response: Pick<ApiResponse, 'headers' | 'body'>): boolean {
  if (/^\s*(text\/html|application\/xhtml)/i.test(headerOf(response, 'content-type') ?? '')) return true;
  return /^(?:\uFEFF)?\s*</.test(response.body.subarray(0, 256).toString('utf8'));
}

/** The title of a web page, at most 80 characters; untrusted text. */
export function pageTitle(response: ApiResponse): string | undefined {
  const title = /<title[^>]*>([^<]*)/i.exec(response.body.subarray(0, 65_536).toString('utf8'))?.[1];
  const words = title?.replace(/\s+/g, ' ').trim();
  return words ? words.slice(0, 80) : undefined;
}

function isWords(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function cap(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
