import { jsonOf } from '../shared/json.js';

/** What an HTTP Event Collector answers, as far as it is read. */
export interface SplunkAnswer {
  /** HEC's own number of what happened: 0 is success. Undefined: this is no answer of HEC. */
  readonly code: number | undefined;
  /** HEC's own words. Untrusted text. */
  readonly text: string;
  /** Which event of the request it is about. Some codes count from 0 and others from 1. */
  readonly event: number | undefined;
  /** Set when the token has indexer acknowledgement. */
  readonly ackId: number | undefined;
}

export function readSplunkAnswer(body: Buffer): SplunkAnswer {
  const value = jsonOf(body);
  const number = (name: string) => {
    const found = value?.[name];
    return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
  };
  const text = value?.text;
  return {
    code: number('code'),
    text: typeof text === 'string' ? text.slice(0, 300) : '',
    event: number('invalid-event-number'),
    ackId: number('ackId'),
  };
}

/**
 * How many events at the beginning of a request were taken for certain, when a busy server names the event at which it stopped: one less than it says,
 * as it is not documented whether it counts from 0 or from 1. An event may so arrive twice, and none is left out.
 */
export function takenBefore({ event }: SplunkAnswer): number {
  return Math.max(0, (event ?? 0) - 1);
}

/** Acknowledgements that are there, of those that were asked for: HEC tells each only once, and false for what it does not know. */
export function readAcks(body: Buffer): ReadonlySet<number> | undefined {
  const acks = jsonOf(body)?.acks;
  if (typeof acks !== 'object' || acks === null) return undefined;
  return new Set(Object.entries(acks).flatMap(([id, is]) => (is === true ? [Number(id)] : [])));
}

/** The codes of HEC that say more than the status does: what it means, and what to do. */
interface Meaning {
  readonly kind: 'token' | 'event' | 'index' | 'channel' | 'busy';
  readonly fix: string;
}

const EVENT: Meaning = {
  kind: 'event',
  fix: 'Nothing from this event on is counted as delivered. Look at it: auditlog show ID',
};

export const SPLUNK_CODES: Readonly<Record<number, Meaning>> = {
  1: { kind: 'token', fix: 'The token is disabled: enable it in Splunk, under Data inputs, HTTP Event Collector.' },
  2: { kind: 'token', fix: 'Give the token of an HTTP Event Collector.' },
  3: { kind: 'token', fix: 'Give the token alone, without the word Splunk.' },
  4: { kind: 'token', fix: 'Is it the token of an HTTP Event Collector of this server?' },
  6: EVENT,
  7: {
    kind: 'index',
    fix: 'Allow the index for the token in Splunk, or name another one: splunk+https://HOST:8088/INDEX',
  },
  8: { kind: 'busy', fix: '' },
  9: { kind: 'busy', fix: '' },
  10: { kind: 'channel', fix: '' },
  11: { kind: 'channel', fix: '' },
  12: EVENT,
  13: EVENT,
  15: EVENT,
  18: { kind: 'busy', fix: '' },
  19: { kind: 'busy', fix: '' },
  20: { kind: 'busy', fix: '' },
  23: { kind: 'busy', fix: '' },
};
