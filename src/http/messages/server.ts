import { isObject } from '../../json/is.js';
import type { FieldPath } from '../../providers/provider.js';
import { readPath } from '../../providers/value.js';
import type { Fault } from '../fault.js';
import { type ApiResponse, headerOf } from '../send.js';
import type { Answerer } from './about.js';

/** The longest text of a server that is repeated. */
const LONGEST = 300;
/** Where APIs usually have their message, for vendors whose documents do not say. */
const USUAL: readonly string[] = [
  'error.message',
  'message',
  'error_description',
  'error',
  'detail',
  'title',
  'errors.0.message',
  'errors.0.detail',
  'errors.0',
];

/** The server's own message, at most 300 characters on one line; undefined when it has none that is readable. Untrusted text. */
export function serverMessage(response: ApiResponse, path: FieldPath | undefined): string | undefined {
  if (isWebPage(response)) return undefined;
  const text = textOf(response);
  const named = path === undefined ? USUAL : [...(typeof path === 'string' ? [path] : path), ...USUAL];
  try {
    const value: unknown = JSON.parse(text);
    const found = typeof value === 'string' ? value : named.map((one) => readPath(value, one)).find(isFilled);
    return found === undefined ? undefined : quotable(response, found);
  } catch {
    const plain = headerOf(response, 'content-type')?.startsWith('text/plain') === true;
    return plain && text.trim() !== '' ? quotable(response, text) : undefined;
  }
}

/** Whether a whole answer says in its body that it is an error: `{"ok": false}`, `{"success": false}`, or an error beside nothing else. */
export function saysFailure(response: ApiResponse | undefined): boolean {
  if (response === undefined || response.status >= 300 || response.body.length > 65_536) return false;
  try {
    return isFailure(JSON.parse(response.body.toString('utf8')));
  } catch {
    return false;
  }
}

function isFailure(body: unknown): boolean {
  if (!isObject(body)) return false;
  if (body.ok === false || body.success === false) return true;
  return ['error', 'errors'].some((name) => {
    const error = body[name];
    return (
      isFilled(error) ||
      (isObject(error) && Object.keys(error).length > 0) ||
      (Array.isArray(error) && error.length > 0)
    );
  });
}

/** The server's own message after a colon, to follow ours; empty when it has none. */
export function quote({ response }: Fault, by: Answerer): string {
  const path = 'provider' in by ? by.provider.errorMessage : undefined;
  const said = response === undefined ? undefined : serverMessage(response, path);
  return said === undefined ? '' : `: ${said.replace(/\.$/, '')}`;
}

/** Whether the body is HTML, by its type or by its first character. */
export function isWebPage(response: Pick<ApiResponse, 'headers' | 'body'>): boolean {
  if (/^\s*(text\/html|application\/xhtml)/i.test(headerOf(response, 'content-type') ?? '')) return true;
  return /^(?:\uFEFF)?\s*</.test(response.body.subarray(0, 256).toString('utf8'));
}

/** The title of a web page, at most 80 characters; untrusted text. */
export function pageTitle(response: ApiResponse): string | undefined {
  const title = /<title[^>]*>([^<]*)/i.exec(textOf(response))?.[1];
  const words = title?.replace(/\s+/g, ' ').trim();
  return words ? quotable(response, words, 80) : undefined;
}

/** The beginning of a body as text, without secrets: also where it is cut. */
export function textOf(response: Pick<ApiResponse, 'body' | 'scrub'>): string {
  const text = response.body.subarray(0, 65_536).toString('utf8');
  return response.scrub?.(text) ?? text;
}

/** A text of an answer on one line, at most `most` characters: secrets are removed before it is cut. */
export function quotable({ scrub }: Pick<ApiResponse, 'scrub'>, text: string, most = LONGEST): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const clean = scrub?.(line) ?? line;
  return clean.length <= most ? clean : `${clean.slice(0, most - 1)}…`;
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}
