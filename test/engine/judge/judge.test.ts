import { describe, expect, test } from 'vitest';
import { Judge } from '../../../src/engine/judge/judge.js';
import type { Entry } from '../../../src/event.js';
import { invent } from '../../../src/providers/invent.js';
import { type Strategy, splitQuery } from '../../../src/query/split.js';
import { EVERYTHING, type Query } from '../../../src/query.js';

const DAY = 86_400_000;
const NOON = Date.parse('2026-11-20T12:00:00Z');

function entry(id: string | undefined, more: Partial<Entry> & { readonly fields?: object } = {}): Entry {
  const { fields, ...rest } = more;
  const raw = Buffer.from(JSON.stringify({ ...(id === undefined ? {} : { id }), action: 'member.joined', ...fields }));
  return { raw, id, time: NOON, ...rest };
}

interface How {
  readonly query?: Partial<Query>;
  readonly plan?: Strategy;
  readonly window?: { readonly from?: string; readonly to?: string };
  readonly keepsUndated?: boolean;
}

function judgeOf({ query = {}, plan = 'unfiltered', window = {}, keepsUndated }: How) {
  const split = splitQuery(invent, { ...EVERYTHING, ...query });
  const streams = split.wiresFor(plan).map(({ filters }, index) => ({ index, org: 'c', filters }));
  return new Judge({
    provider: invent,
    split,
    strategy: plan,
    streams,
    window: { from: window.from, to: window.to },
    keepsUndated,
  });
}

const RANGE = { from: NOON - DAY, before: NOON + DAY };
const JOINED = { query: { actions: ['member.joined'] }, plan: 'per-action' } as const;
const LEFT = { fields: { action: 'member.left' } };
const NAN = { time: Number.NaN };
const ROW = { odd: 'not-an-object', time: Number.NaN } as const;
const DEEP = { odd: 'too-deep' } as const;

interface Case {
  readonly what: string;
  readonly how: How;
  readonly entry: Entry;
  readonly kept: boolean;
  readonly note?: string;
  readonly remark?: string;
}

const cases: readonly Case[] = [
  { what: 'what was asked for', how: JOINED, entry: entry('a'), kept: true },
  {
    what: 'another action',
    how: JOINED,
    entry: entry('a', LEFT),
    kept: false,
    note: 'the server returned 1 event of another action (member.left, id a) than member.joined, which was asked for; it was dropped',
  },
  {
    what: 'no action at all',
    how: JOINED,
    entry: entry('a', { fields: { action: undefined } }),
    kept: false,
    note: 'the server returned 1 event of another action (no action, id a) than member.joined, which was asked for; it was dropped',
  },
  {
    what: 'another action, and no id',
    how: JOINED,
    entry: entry(undefined, LEFT),
    kept: false,
    note: 'the server returned 1 event of another action (member.left, entry 1) than member.joined, which was asked for; it was dropped',
  },
  {
    what: 'another action that our own filter drops',
    how: { query: { actions: ['member.*'] } },
    entry: entry('a', { fields: { action: 'org.updated' } }),
    kept: false,
  },
  {
    what: 'another person than the server was asked for',
    how: { query: { users: ['usr_1'] } },
    entry: entry('a', { fields: { actor: { id: 'usr_2' } } }),
    kept: true,
    note: '1 event does not match the filter that the server was given (id a); it is in the output',
  },
  {
    what: 'a row before the days asked for',
    how: { window: { from: '2026-11-22' } },
    entry: entry('a'),
    kept: true,
    note: 'the server returned 1 event outside the requested days (id a)',
  },
  {
    what: 'a row after the days asked for, out of the range',
    how: { query: { before: NOON - 3 * DAY }, window: { to: '2026-11-18' } },
    entry: entry('a'),
    kept: false,
    note: 'the server returned 1 event outside the requested days (id a)',
  },
  {
    what: 'a row of the day before, in whatever zone',
    how: { window: { from: '2026-11-21' } },
    entry: entry('a'),
    kept: true,
  },
  {
    what: 'no valid time, and no range',
    how: {},
    entry: entry('a', NAN),
    kept: true,
    remark: '1 event has no valid time (id a)',
  },
  {
    what: 'no valid time in a range',
    how: { query: RANGE },
    entry: entry('a', NAN),
    kept: true,
    note: '1 event without a valid time cannot be compared with the range (id a); it is in the output',
  },
  {
    what: 'no valid time in a range that has a beginning only',
    how: { query: { from: NOON } },
    entry: entry(undefined, NAN),
    kept: true,
    note: '1 event without a valid time cannot be compared with the range (entry 1); it is in the output',
  },
  {
    what: 'no valid time where it is wanted all the same',
    how: { query: RANGE, keepsUndated: true },
    entry: entry('a', NAN),
    kept: true,
    remark: '1 event has no valid time (id a)',
  },
  {
    what: 'no valid time, dropped by another filter',
    how: { query: { ...RANGE, kinds: ['delete'] } },
    entry: entry('a', NAN),
    kept: false,
  },
  {
    what: 'a row that is no object',
    how: {},
    entry: entry(undefined, ROW),
    kept: true,
    remark: '1 event is not a JSON object (entry 1)',
  },
  {
    what: 'a row that is no object, in a range',
    how: { query: RANGE },
    entry: entry(undefined, ROW),
    kept: true,
    note: '1 event is not a JSON object (entry 1) and cannot be compared with the filters; it is in the output',
  },
  {
    what: 'a row that is no object, where an action was asked for',
    how: JOINED,
    entry: entry(undefined, ROW),
    kept: true,
    note: '1 event is not a JSON object (entry 1) and cannot be compared with the filters; it is in the output',
  },
  {
    what: 'a row that is too deep, with a time in the range',
    how: { query: RANGE },
    entry: entry('a', DEEP),
    kept: true,
    remark: '1 event is nested too deeply to be read (id a)',
  },
  {
    what: 'a row that is too deep, with a time out of the range',
    how: { query: { before: NOON } },
    entry: entry('a', DEEP),
    kept: false,
  },
  {
    what: 'a row that is too deep, and a filter of ours',
    how: { query: { kinds: ['delete'] } },
    entry: entry('a', DEEP),
    kept: true,
    note: '1 event is nested too deeply to be read (id a) and cannot be compared with the filters; it is in the output',
  },
];

describe('an entry is judged', () => {
  test.each(cases)('$what', ({ how, entry: judged, kept, note, remark }) => {
    const judge = judgeOf(how);
    expect(judge.keeps(0, judged)).toBe(kept);
    expect(judge.notes()).toEqual(note === undefined ? [] : [note]);
    expect(judge.remarks()).toEqual(remark === undefined ? [] : [remark]);
  });
});

test('the first five are named, the others are counted', () => {
  const judge = judgeOf({ query: RANGE });
  for (let at = 1; at <= 12; at += 1) judge.keeps(0, entry(`e${at}`, NAN));
  expect(judge.notes()).toEqual([
    '12 events without a valid time cannot be compared with the range (id e1; id e2; id e3; id e4; id e5; and 7 more); they are in the output',
  ]);
});

test('an entry that is read again is counted once', () => {
  const judge = judgeOf({ query: RANGE });
  for (let pass = 0; pass < 3; pass += 1) judge.keeps(0, entry('a', NAN));
  expect(judge.notes()[0]).toMatch(/^1 event /);
});

test('names of the server cannot move the cursor, break a line, or be cut', () => {
  const judge = judgeOf(JOINED);
  judge.keeps(0, entry('a\nverified\u001b[2K', { fields: { action: 'x\u202ey' } }));
  judge.keeps(0, entry('k'.repeat(101), { fields: { action: 'z'.repeat(5000) } }));
  const [note] = judge.notes();
  expect(note).toContain('(x\\u{202e}y, id a\\x0averified\\x1b[2K; an action of 5000 characters, entry 2)');
});

test('an entry that is given for other days than its own is a remark, and a note where it comes for its own as well', () => {
  const judge = judgeOf({});
  const other = { from: '2026-10-01', to: '2026-10-10' };
  const own = { from: '2026-11-10', to: '2026-11-20' };
  expect(judge.keeps(0, entry('a'), other)).toBe(true);
  expect(judge.keeps(0, entry('b'), own)).toBe(true);
  expect(judge.notes()).toEqual([]);
  expect(judge.remarks()).toEqual([
    'the server returned 1 event for days that it does not belong to (id a); it is in the output',
  ]);
  expect(judge.keeps(0, entry('a'), own)).toBe(false);
  expect(judge.notes()).toEqual([
    'the server returned 1 event for two different days (id a); it is in the output once',
  ]);
  const ranged = judgeOf({ query: { from: NOON - 90 * DAY } });
  expect(ranged.keeps(0, entry('a'), other)).toBe(true);
  expect(ranged.notes()).toEqual(['the server returned 1 event outside the requested days (id a)']);
});

test('the notes of one window are separate from those of the whole', () => {
  const judge = judgeOf(JOINED);
  judge.keeps(0, entry('a', LEFT));
  expect(judge.notesSince()[0]).toContain('id a');
  expect(judge.notesSince()).toEqual([]);
  judge.keeps(0, entry('b', LEFT), { from: '2026-11-25', to: undefined });
  expect(judge.notesSince()[0]).toContain('id b');
  expect(judge.outside()).toBe(1);
  expect(judge.notes()[0]).toContain('2 events of another action (member.left, id a; member.left, id b)');
});
