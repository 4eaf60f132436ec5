import { lastClosedDay } from '../engine/plan.js';
import { addDays, DAY_MS, utcDay } from '../time.js';
import { unacknowledged } from './state/acknowledged.js';
import { goneByDay } from './state/gone.js';
import { type CollectorState, instant, type KnownOrg, plannedInterval } from './status.js';

/** Days that may not be complete at the destination, inclusive; null: open. */
export interface UncertainDays {
  readonly org: string;
  readonly kind: 'unread' | 'unreconciled' | 'unconfirmed' | 'gone' | 'purged';
  readonly from: string | null;
  readonly to: string | null;
  /** Entries, if their number is known. */
  readonly rows: number | null;
  /** May quote the server: neutralise before showing. */
  readonly why: string;
  /** For `gone`: whether somebody has acknowledged all of them. */
  readonly acknowledged?: boolean;
}

/** Within this time after a cycle it is normal that there was no other. */
const USUAL = 2 * DAY_MS;

/** `now`: our clock, epoch ms. */
export function uncertainDays({ definition, orgs }: CollectorState, now: number): readonly UncertainDays[] {
  const patience = Math.max(USUAL, 2 * (plannedInterval(definition) ?? 0));
  const begin = definition.from === null ? null : utcDay(definition.from.at);
  return orgs.flatMap(({ org, ...checkpoint }) => {
    const found = [
      ...unread(checkpoint, begin, patience, now),
      ...doubtful(checkpoint),
      ...gone(checkpoint),
      ...purged(checkpoint),
    ];
    return found.map((days) => ({ org, ...days }));
  });
}

type OrgDays = Omit<UncertainDays, 'org'>;
type Known = Omit<KnownOrg, 'org'>;

function unread({ readAt, spans }: Known, begin: string | null, patience: number, now: number): readonly OrgDays[] {
  if (readAt === null) {
    const end = spans.at(-1)?.to;
    const from = end === undefined ? begin : addDays(end, 1);
    return [{ kind: 'unread', from, to: null, rows: null, why: 'no cycle has come to its end yet' }];
  }
  if (now - readAt <= patience) return [];
  const why = `the last cycle was at ${instant(readAt)}`;
  return [{ kind: 'unread', from: utcDay(readAt), to: utcDay(now), rows: null, why }];
}

function doubtful({ spans, readAt }: Known): readonly OrgDays[] {
  return spans.flatMap(({ to, count, note }, index): OrgDays[] => {
    if (count !== null) return [];
    const before = spans[index - 1];
    const from = before === undefined ? null : addDays(before.to, 1);
    if (note !== undefined) return [{ kind: 'unreconciled', from, to, rows: null, why: note }];
    const isYoung = readAt !== null && to >= addDays(lastClosedDay(readAt), -1);
    const why = `read, and no count before and after confirms it${isYoung ? ': the next cycle looks again' : ''}`;
    return [{ kind: 'unconfirmed', from, to, rows: null, why }];
  });
}

function gone({ gone: days, acknowledged = [] }: Known): readonly OrgDays[] {
  return goneByDay(days).map((one) => {
    const { day, rows } = one;
    const isAcknowledged = unacknowledged([one], acknowledged) === 0;
    const why = `delivered once, and no longer on the server${isAcknowledged ? '; acknowledged' : ''}`;
    return { kind: 'gone', from: day, to: day, rows, why, acknowledged: isAcknowledged };
  });
}

function purged({ purgedBefore }: Known): readonly OrgDays[] {
  if (purgedBefore === null) return [];
  const why = 'too old: the server has no longer any of it';
  return [{ kind: 'purged', from: null, to: addDays(purgedBefore, -1), rows: null, why }];
}
