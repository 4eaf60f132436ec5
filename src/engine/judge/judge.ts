import type { Entry } from '../../event.js';
import { openEventReader } from '../../providers/event/reader.js';
import type { Provider } from '../../providers/provider.js';
import type { EventMatcher } from '../../query/match.js';
import type { QuerySplit, Strategy } from '../../query/split.js';
import { safe } from '../../terminal/text.js';
import { isOutside } from '../plan.js';
import type { Stream, Window } from '../request.js';
import { type Oddity, openOddities } from './oddities.js';

/** What entries are judged by. */
export interface Judging {
  readonly provider: Provider;
  readonly split: QuerySplit;
  readonly strategy: Strategy;
  readonly streams: readonly Stream[];
  /** The days asked for on the wire; an end that the vendor does not take is undefined. */
  readonly window: Window;
  /** Entries without a readable time are wanted whatever the range: they are a remark then, not a note. */
  readonly keepsUndated?: boolean | undefined;
}

/** Filters entries, and remembers which of them the server should not have sent, or nobody can judge. */
export interface Judge {
  /** Whether an entry belongs to the answer. `within`: the days of its own window, where that is a part of all days. */
  keeps(stream: number, entry: Entry, within?: Window): boolean;
  /** Why the answer is not certain, one sentence each. */
  notes(): readonly string[];
  /** Facts that do not spoil the answer, one sentence each. */
  remarks(): readonly string[];
  /** The notes on the entries judged since the last call: for the record of one window. */
  notesSince(): readonly string[];
  /** How many entries were outside the days asked for. */
  outside(): number;
}

/**
 * Judges entries by the range, by our own filters, and by what the server was asked for. An entry of another action than the one asked for is
 * dropped. An entry that cannot be judged is kept. Both are counted, and the first few are named.
 */
export function openJudge({ provider, split, strategy, streams, window, keepsUndated = false }: Judging): Judge {
  const local = split.localFor(strategy);
  const claims: readonly (EventMatcher | undefined)[] = streams.map((stream) =>
    split.claim({ filters: stream.filters }),
  );
  const { from, before } = split;
  const hasRange = from !== undefined || before !== undefined;
  const eventOf = openEventReader(provider);
  const all = openOddities();
  let recent = openOddities();
  const strays = new Set<string>();
  let judged = 0;

  const find = (oddity: Oddity, entry: Entry, name = nameOf(entry, judged)): void => {
    for (const oddities of [all, recent]) oddities.add(oddity, entry.id, name);
  };
  const isJudged = (stream: number): boolean => local !== undefined || claims[stream] !== undefined;

  /** Whether the server gave an entry of another action than it was asked for, which may stand in the place of one that it was. */
  const isForeign = (stream: number, entry: Entry): boolean => {
    const asked = streams[stream]?.filters.action;
    if (asked === undefined || entry.odd !== undefined) return false;
    const { action } = eventOf(entry);
    if (action === asked) return false;
    find(foreign(asked), entry, `${actionName(action)}, ${nameOf(entry, judged)}`);
    return true;
  };

  const matches = (stream: number, entry: Entry): boolean => {
    const event = eventOf(entry);
    if (local !== undefined && !local(event)) return false;
    if (claims[stream]?.(event) === false) find(UNCLAIMED, entry);
    return true;
  };

  /** Whether an entry comes a second time: once for other days than its own, and once for these. */
  const isSecond = (stream: number, entry: Entry, within: Window): boolean => {
    const { id, time } = entry;
    if (!isOutside(within, time)) return strays.size > 0 && id !== undefined && strays.has(`${stream} ${id}`);
    if (hasRange || isOutside(window, time)) find(OUTSIDE, entry);
    else {
      // It is part of the whole log, and was given for another part of it.
      find(STRAY, entry);
      if (strays.size < MOST_STRAYS) strays.add(`${stream} ${id}`);
    }
    return false;
  };

  return {
    keeps(stream, entry, within = window) {
      judged += 1;
      const { time, odd } = entry;
      if (isSecond(stream, entry, within)) {
        find(TWICE, entry);
        return false;
      }
      // Of another action it is no matter when it was: it came in the place of one that was asked for.
      if (isForeign(stream, entry)) return false;
      if (from !== undefined && time < from) return false;
      if (before !== undefined && time >= before) return false;
      const needsTime = hasRange && !keepsUndated && Number.isNaN(time);
      if (odd !== undefined) {
        find(ODD[odd][isJudged(stream) || needsTime ? 'note' : 'remark'], entry);
        return true;
      }
      if (isJudged(stream) && !matches(stream, entry)) return false;
      if (Number.isNaN(time)) find(UNDATED[needsTime ? 'note' : 'remark'], entry);
      return true;
    },
    notes: () => all.notes(),
    remarks: () => all.remarks(),
    notesSince() {
      const notes = recent.notes();
      recent = openOddities();
      return notes;
    },
    outside: () => all.count(OUTSIDE) + all.count(STRAY),
  };
}

/** Longer names are not shown: a part of one could be a part of a secret. */
const LONGEST_NAME = 100;

function nameOf({ id }: Entry, ordinal: number): string {
  return id === undefined || id === '' || id.length > LONGEST_NAME ? `entry ${ordinal}` : `id ${safe(id)}`;
}

function actionName(action: string): string {
  if (action === '') return 'no action';
  return action.length > LONGEST_NAME ? `an action of ${action.length} characters` : safe(action);
}

function foreign(asked: string): Oddity {
  return {
    key: `foreign ${asked}`,
    spoils: true,
    tell: (count, named) =>
      `the server returned ${events(count)} of another action (${named}) where ${safe(asked)} was asked; ${count === 1 ? 'it was' : 'they were'} left out`,
  };
}

const OUTSIDE: Oddity = {
  key: 'outside',
  spoils: true,
  tell: (count, named) => `the server returned ${events(count)} outside the days asked for (${named})`,
};

const MOST_STRAYS = 10_000;

const STRAY: Oddity = {
  key: 'stray',
  spoils: false,
  tell: (count, named) =>
    `the server returned ${events(count)} for other days than their own (${named}); ${kept(count)}`,
};

const TWICE: Oddity = {
  key: 'twice',
  spoils: true,
  tell: (count, named) =>
    `the server returned ${events(count)} for other days as well as for their own (${named}); ${count === 1 ? 'it is in the output once' : 'they are in the output once each'}`,
};

const UNCLAIMED: Oddity = {
  key: 'unclaimed',
  spoils: true,
  tell: (count, named) =>
    `${count === 1 ? '1 entry does' : `${count} entries do`} not show what the server was asked to filter by (${named}); ${kept(count)}`,
};

interface NoteOrRemark {
  readonly note: Oddity;
  readonly remark: Oddity;
}

const UNDATED: NoteOrRemark = {
  note: {
    key: 'undated',
    spoils: true,
    tell: (count, named) =>
      `${events(count)} without a readable time cannot be checked against the range (${named}); ${kept(count)}`,
  },
  remark: {
    key: 'undated',
    spoils: false,
    tell: (count, named) => `${events(count)} ${count === 1 ? 'has' : 'have'} no readable time (${named})`,
  },
};

const ODD: Readonly<Record<NonNullable<Entry['odd']>, NoteOrRemark>> = {
  'not-an-object': odd('not-an-object', (count) => (count === 1 ? 'is not a JSON object' : 'are not JSON objects')),
  'too-deep': odd('too-deep', (count) => `${count === 1 ? 'is' : 'are'} nested too deeply to be read`),
};

function odd(key: string, what: (count: number) => string): NoteOrRemark {
  const tell = (count: number, named: string): string =>
    `${count === 1 ? '1 entry' : `${count} entries`} ${what(count)} (${named})`;
  return {
    note: {
      key,
      spoils: true,
      tell: (count, named) => `${tell(count, named)} and cannot be checked against the filters; ${kept(count)}`,
    },
    remark: { key, spoils: false, tell },
  };
}

function events(count: number): string {
  return count === 1 ? '1 event' : `${count} events`;
}

function kept(count: number): string {
  return count === 1 ? 'it is in the output' : 'they are in the output';
}
