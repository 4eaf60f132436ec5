import { readFile } from 'node:fs/promises';
import { localError, systemCode, usageError } from '../errors.js';

/** The text of a file without its byte order mark; undefined when there is no file. Rejects with a local error when it cannot be read. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw localError(`cannot read ${path} (${code})`, undefined, error);
  }
}

/** The value of a JSON text. Throws a usage error that names the file and the line. */
export function parseJson(text: string, path: string, hint?: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError(`${path}, line ${badJsonLine(text) ?? 1}: this is not valid JSON`, hint);
  }
}

/** The value of a JSON text that people write by hand. Throws a usage error with the line, the column and what is usually meant. */
export function parseWrittenJson(text: string, path: string): unknown {
  const at = firstFault(text);
  if (at === undefined) return JSON.parse(text);
  const lines = text.slice(0, at).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  throw usageError(`${path}, ${place}: ${whyNot(text, at)}`, 'Editors show such places: auditlog provider schema');
}

/** Why a text is not JSON from an index on. */
function whyNot(text: string, at: number): string {
  const rest = text.slice(at);
  if (text.trim() === '') return 'the file is empty';
  if (/^(?:\uFFFD|\0|.\0)/.test(text)) return 'this is not UTF-8 text: save it as UTF-8';
  if (/^\s*(?:---|#[^\n]*\n\s*[\w$-]+\s*:|[\w$-]+\s*:(?:\s|$))/.test(text)) return 'this is YAML: write it as JSON';
  if (/^\s*</.test(text)) return 'this is a web page or XML, not JSON';
  if (/^(?:\/\/|\/\*|#)/.test(rest)) return 'JSON has no comments: leave it out';
  const before = text.slice(0, at).trimEnd();
  if (before.endsWith(',') && /^[}\]]/.test(rest)) return `extra comma before ${rest.charAt(0)}`;
  if (/^['\u2018\u2019\u201c\u201d`]/.test(rest)) return 'JSON has texts in double quotes: "text"';
  if (/^[A-Za-z_$][\w$]*\s*:/.test(rest)) return 'JSON has keys in double quotes: "key"';
  if (rest === '') return 'unexpected end: a bracket is not closed';
  if (/^"(?:[^"\\\n]|\\.)*(?:\n|$)/.test(rest)) return 'unterminated string';
  if (/^["{[\d]/.test(rest) && /["}\]\dle]$/.test(before)) return 'missing comma before this';
  return 'this is not valid JSON';
}

const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|($))/y;

/** The line, from 1, on which `text` stops being JSON; undefined when it is JSON. The errors of `JSON.parse` differ between versions of Node. */
export function badJsonLine(text: string): number | undefined {
  const at = firstFault(text);
  return at === undefined ? undefined : text.slice(0, at).split('\n').length;
}

/** The token that may follow. A list or object may also end instead of its first one. */
type Expected = 'value' | 'first-item' | 'first-key' | 'key' | 'colon' | 'after';

function firstFault(text: string): number | undefined {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const start = at + (/^[ \t\n\r]*/.exec(text.slice(at))?.[0].length ?? 0);
    if (match === null) return start;
    const [, mark, string, scalar, end] = match;
    const ended = expected === 'after' && open.length === 0;
    if (end !== undefined) return ended ? undefined : start;
    if (ended) return start;
    const next = step(open, expected, mark ?? (string !== undefined ? 'string' : scalar !== undefined ? 'scalar' : ''));
    if (next === undefined) return start;
    expected = next;
    at = TOKEN.lastIndex;
  }
}

/** The state after a token; undefined when it is not allowed there. Updates `open`, the brackets to be closed. */
function step(open: string[], expected: Expected, token: string): Expected | undefined {
  const isValue = expected === 'value' || expected === 'first-item';
  if (isValue && (token === '{' || token === '[')) {
    open.push(token);
    return token === '{' ? 'first-key' : 'first-item';
  }
  if (isValue && (token === 'string' || token === 'scalar')) return 'after';
  if ((expected === 'first-key' || expected === 'key') && token === 'string') return 'colon';
  if (expected === 'colon' && token === ':') return 'value';
  if (token === '}' && open.at(-1) === '{' && (expected === 'after' || expected === 'first-key')) return close(open);
  if (token === ']' && open.at(-1) === '[' && (expected === 'after' || expected === 'first-item')) return close(open);
  if (expected === 'after' && token === ',') return open.at(-1) === '{' ? 'key' : 'value';
  return undefined;
}

function close(open: string[]): Expected {
  open.pop();
  return 'after';
}
