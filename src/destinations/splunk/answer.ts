import { keyError, usageError } from '../../errors.js';
import { badStatus } from '../../http/fault.js';
import { quotable } from '../../http/messages/server.js';
import type { ApiResponse } from '../../http/send.js';
import { jsonOf, unreadable } from '../shared/json.js';

/** The parts of an HTTP Event Collector's answer that are read. */
export interface SplunkAnswer {
  /** HEC's result code: 0 is success. Undefined: not an answer of HEC. */
  readonly code: number | undefined;
  /** HEC's message. Untrusted text. */
  readonly text: string;
  /** The number of the event in the request. Some codes count from 0, others from 1. */
  readonly event: number | undefined;
  /** Set when the token has indexer acknowledgement. */
  readonly ackId: number | undefined;
}

export function readSplunkAnswer(response: Pick<ApiResponse, 'body' | 'scrub'>): SplunkAnswer {
  const value = jsonOf(response.body);
  const number = (name: string) => {
    const found = value?.[name];
    return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
  };
  const text = value?.text;
  return {
    code: number('code'),
    text: typeof text === 'string' ? quotable(response, text) : '',
    event: number('invalid-event-number'),
    ackId: number('ackId'),
  };
}

/** The events certainly taken before the one that a busy server names. It may count from 0 or 1: an event may arrive twice, but none is lost. */
export function takenBefore({ event }: SplunkAnswer): number {
  return Math.max(0, (event ?? 0) - 1);
}

/** The acknowledged ids among those asked for. HEC reports each only once, and false for unknown ids. */
export function readAcks(body: Buffer): ReadonlySet<number> | undefined {
  const acks = jsonOf(body)?.acks;
  if (typeof acks !== 'object' || acks === null) return undefined;
  return new Set(Object.entries(acks).flatMap(([id, is]) => (is === true ? [Number(id)] : [])));
}

/** The meaning of a code that says more than the status, and the fix. */
interface CodeMeaning {
  readonly kind: 'token' | 'event' | 'index' | 'busy';
  readonly fix: string;
}

const BUSY: CodeMeaning = { kind: 'busy', fix: '' };
const EVENT: CodeMeaning = {
  kind: 'event',
  fix: 'Nothing from this event on is counted as delivered. Look at it: auditlog show ID',
};

export const SPLUNK_CODES: Readonly<Record<number, CodeMeaning>> = {
  ...Object.fromEntries([8, 9, 18, 19, 20, 23].map((code) => [code, BUSY])),
  ...Object.fromEntries([6, 12, 13, 15].map((code) => [code, EVENT])),
  1: { kind: 'token', fix: 'The token is disabled: enable it in Splunk, under Data inputs, HTTP Event Collector' },
  2: { kind: 'token', fix: 'Give the token of an HTTP Event Collector' },
  3: { kind: 'token', fix: 'Give the token alone, without the word Splunk' },
  4: { kind: 'token', fix: 'Is it the token of an HTTP Event Collector of this server?' },
  7: {
    kind: 'index',
    fix: 'Allow the index for the token in Splunk, or name another one: splunk+https://HOST:8088/INDEX',
  },
};

/** What the message of an error needs. */
export interface SplunkAbout {
  /** Such as `the HTTP Event Collector at localhost:8088`. */
  readonly name: string;
  readonly index: string;
  /** The source of the token. */
  readonly tokenFrom: string;
}

/** The error for any request that did not succeed: final, or a `Fault` that is retried. */
export function refusalOf(response: ApiResponse, { name, index, tokenFrom }: SplunkAbout): Error {
  const { code } = readSplunkAnswer(response);
  const meaning = code === undefined ? undefined : SPLUNK_CODES[code];
  if (meaning?.kind === 'token')
    return keyError(`${name} refuses the token from ${tokenFrom} (${said(response)})`, meaning.fix);
  if (meaning?.kind === 'index')
    return usageError(`${name} does not let the token write to the index ${index} (${said(response)})`, meaning.fix);
  if (response.status === 200) return unreadable('this is no answer of an HTTP Event Collector', response);
  return badStatus(response);
}

export function said(response: ApiResponse): string {
  const { code, text } = readSplunkAnswer(response);
  return `${response.status}, code ${code}${text === '' ? '' : `: ${text}`}`;
}
