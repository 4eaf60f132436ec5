import { badStatus, unknownShape, webPage } from '../../http/fault.js';
import { isWebPage, quotable, textOf } from '../../http/messages/server.js';
import { type ApiResponse, headerOf } from '../../http/send.js';
import { asObject, jsonOf, unreadable } from '../shared/json.js';
import { type AnswerTo, type ServerException, toError, unwelcome } from './exception.js';

/** The body of a success. A 200 may contain an exception, too. Throws a `Fault` for errors that pass, such as too many queries, an `AuditlogError` for others. */
export function bodyOf(response: ApiResponse, to: AnswerTo): string {
  const exception = exceptionIn(response);
  if (exception !== undefined) throw toError(exception, response, to);
  if (response.status === 401 || response.status === 403) throw unwelcome(to);
  if (response.status !== 200) throw badStatus(response);
  if (isWebPage(response)) throw webPage(response);
  return response.body.toString('utf8');
}

/** As `bodyOf`, for a query that returns JSON: unlike lines of it, it shows by itself whether it is whole. */
export function rowsOf(response: ApiResponse, to: AnswerTo): readonly Readonly<Record<string, unknown>>[] {
  const { data, rows } = jsonOf(bodyOf(response, to)) ?? {};
  if (!Array.isArray(data) || data.length !== rows) throw unreadable('this is no answer in the format JSON', response);
  return data.map((row) => {
    const read = asObject(row);
    if (read === undefined) throw unknownShape('this is no row of the format JSON', response);
    return read;
  });
}

/** As `bodyOf`, for an insert, whose answer is empty. */
export function insertedBy(response: ApiResponse, to: AnswerTo): void {
  if (bodyOf(response, to).trim() !== '') throw unknownShape('an insert is answered with nothing', response);
}

/** `Code: 60. DB::Exception: ...`, also in the form of older servers; at the start of a body, or on a line of its own after the rows. */
const EXCEPTION = /(?:^|\n)Code: (\d+)[.,] (?:e\.displayText\(\) = )?DB::Exception: ([\s\S]*)/;

function exceptionIn(response: ApiResponse): ServerException | undefined {
  const header = Number(headerOf(response, 'x-clickhouse-exception-code') ?? '');
  const text = response.body.subarray(-65_536).toString('utf8');
  const found = EXCEPTION.exec(text);
  if (found === null && !(header > 0)) return undefined;
  return {
    code: header > 0 ? header : Number(found?.[1]),
    words: quotable(response, wordsOf(found?.[2] ?? textOf(response))),
  };
}

/** The first sentence: without the stack, the version, and the rows that an exception may quote. */
function wordsOf(text: string): string {
  return text
    .replace(/,? ?(?:e\.what\(\) = |Stack trace|While executing|: While executing|: \(at row \d)[\s\S]*$/, '')
    .replace(/\(version [^)]*\([^)]*\)\)\s*$|\(version [^)]*\)\s*$/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\.( \([A-Z_]+\))?$/, '$1');
}
