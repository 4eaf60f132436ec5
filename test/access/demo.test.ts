import { expect, test } from 'vitest';
import { type AccessAnswer, type AccessRow, personText } from '../../src/access/answer.js';
import { incident } from '../../src/demo/incident.js';
import { everybody } from '../../src/demo/people.js';
import { randomFrom } from '../../src/demo/random.js';
import { findProvider, PROVIDERS } from '../../src/providers/index.js';
import { DAY_MS } from '../../src/time.js';
import { NOW } from '../helpers/world.js';
import { answerOf, demoLog, type LogRow, translated } from './log.js';

const LOG = demoLog(NOW);
const ENTRIES = LOG.map(({ raw }) => raw);
const WHOLE = answerOf(ENTRIES, { changes: true });
const ROLE_EVENTS = /^member\.(?:joined|role_changed|removed|left)$/;

const textOf = ({ person, role, since, lastActed }: AccessRow): string =>
  [personText(person), role, since?.time, since?.by && personText(since.by), lastActed?.time].join(' | ');
const allOf = ({ rows, unknown }: AccessAnswer): string[] => [...rows, ...unknown].map(textOf).sort();

test('whoever left the organization is gone, and everybody else is there', () => {
  const today = everybody(20260401).filter(({ left }) => left < 0);
  const seen = [...WHOLE.rows, ...WHOLE.unknown].map(({ person }) => person.email);
  const silent = today.filter(({ email }) => !seen.includes(email)).map(({ email }) => email);
  // Somebody from before the log who never acts is in no event.
  for (const email of silent) expect(ENTRIES.some(({ raw }) => raw.includes(email))).toBe(false);
  expect(seen.filter((email) => !today.some((one) => one.email === email))).toEqual([]);
});

test('each change of a role in the log is a change in the answer, with both roles and the hand that did it', () => {
  const told = LOG.filter(({ entry }) => entry.action === 'member.role_changed').map(({ entry }) => {
    const { previous_role, new_role } = entry.metadata as Record<string, string>;
    return [entry.id, entry.member?.user.email, previous_role, new_role, entry.actor?.email];
  });
  const found = WHOLE.changes
    .filter(({ does }) => does === 'change')
    .map(({ mark, person, before, after }) => [mark.id, person.email, before, after, mark.by?.email]);
  expect(found).toEqual(told);
  expect(told.length).toBeGreaterThan(50);
});

test('the incident: an admin for a weekend, removed on Monday', () => {
  const rowan = WHOLE.changes.filter(({ person }) => person.email?.startsWith('rowan.pike@'));
  const steps = rowan.map(({ does, before, after }) => [does, before, after]);
  expect(steps.slice(0, 2)).toEqual([
    ['invite', undefined, 'developer'],
    ['grant', undefined, 'developer'],
  ]);
  expect(steps.slice(-2)).toEqual([
    ['change', expect.any(String), 'admin'],
    ['revoke', 'admin', undefined],
  ]);
  const [night = 0] = incident(Math.floor(NOW / DAY_MS)).map(({ daysAgo }) => daysAgo);
  const during = answerOf(ENTRIES, { from: NOW - (night + 1) * DAY_MS, before: NOW, spans: true });
  const row = during.rows.find(({ person, role }) => role === 'admin' && person.email?.startsWith('rowan.pike@'));
  expect([row?.since?.by?.name, row?.until?.by?.name]).toEqual(['Dana Whitfield', 'Priya Raghunathan']);
});

test('whoever came by an invitation was let in by whoever sent it', () => {
  const joined = WHOLE.changes.filter(({ does }) => does === 'grant');
  expect(joined.length).toBeGreaterThan(8);
  expect(new Set(joined.map(({ mark }) => mark.by?.name))).toEqual(new Set(['Dana Whitfield']));
});

test.each([9, 21])('the demo contradicts itself on no other day either: %i days later', (days) => {
  const log = demoLog(NOW + days * DAY_MS);
  expect(answerOf(log.map(({ raw }) => raw)).breaks).toEqual([]);
});

/** Whether the rest of the log contradicts the loss of an event: by what is said of the person before and after it. */
function leavesTrace(lost: LogRow): boolean {
  const person = lost.entry.member?.user.email;
  const of = LOG.filter(({ entry }) => entry.member?.user.email === person && ROLE_EVENTS.test(entry.action));
  const at = of.indexOf(lost);
  const [before, after] = [of[at - 1], of[at + 1]];
  const isInvited = LOG.some(({ entry }) => entry.action === 'member.invited' && entry.metadata?.email === person);
  // Somebody who was invited acts, or gets a role, without having joined.
  const isSeenLater = LOG.slice(LOG.indexOf(lost) + 1).some(
    ({ entry }) => entry.actor?.email === person || entry.member?.user.email === person,
  );
  if (lost.entry.action === 'member.joined') return isInvited && isSeenLater;
  if (lost.entry.action !== 'member.role_changed') return isSeenLater;
  return before !== undefined && after !== undefined;
}

test('without one event about a role, the log shows exactly one break, where anything is left that contradicts it', () => {
  const lost = LOG.filter(({ entry }) => ROLE_EVENTS.test(entry.action));
  const wrong: string[] = [];
  let traces = 0;
  const bearing = nearRoles(LOG);
  for (const one of lost) {
    const { breaks, breakCount } = answerOf(bearing.filter((row) => row !== one).map(({ raw }) => raw));
    const expected = leavesTrace(one) ? 1 : 0;
    traces += expected;
    const names = [breaks[0]?.person.email ?? one.entry.member?.user.email, breakCount];
    if (names[0] !== one.entry.member?.user.email || names[1] !== expected)
      wrong.push(`${one.entry.action} ${one.entry.id}: ${breakCount} breaks, expected ${expected}`);
  }
  expect(wrong).toEqual([]);
  expect(lost.length).toBeGreaterThan(100);
  expect(traces).toBeGreaterThan(lost.length / 2);
});

/** The events about members, and of what else people do only what is nearest to them: other acts of a stretch say the same. */
function nearRoles(log: readonly LogRow[]): readonly LogRow[] {
  const members = log.filter(({ entry }) => entry.action.startsWith('member.'));
  const kept = new Set(members);
  const emails = new Set(log.flatMap(({ entry }) => entry.actor?.email ?? []));
  for (const email of emails) {
    const acts = log.filter(({ entry }) => entry.actor?.email === email);
    const times = members.filter(({ entry }) => entry.member?.user.email === email || entry.metadata?.email === email);
    for (const { raw } of times) {
      const next = acts.find((act) => act.raw.time > raw.time);
      const last = acts.findLast((act) => act.raw.time < raw.time);
      for (const act of [next, last]) if (act !== undefined) kept.add(act);
    }
    for (const act of [acts[0], acts.at(-1)]) if (act !== undefined) kept.add(act);
  }
  return log.filter((row) => kept.has(row));
}

test.each(PROVIDERS.map(({ name }) => name))('%s tells the same members as Invent of the same history', (name) => {
  const provider = findProvider(name);
  const answer = answerOf(
    LOG.map((row) => translated(provider, row)),
    {},
    { provider },
  );
  expect(answer.breaks).toEqual([]);
  // Yura's entries say no role, and an invitation names another person than the joining does: an address.
  const isYura = name === 'yura';
  const tellOf = (one: AccessAnswer) =>
    [...one.rows, ...one.unknown]
      .map(({ person, role, since }) =>
        isYura
          ? [personText(person), since?.time]
          : [personText(person), role, since?.time, since?.by && personText(since.by)],
      )
      .map((row) => JSON.stringify(row))
      .sort();
  expect(tellOf(answer)).toEqual(tellOf(WHOLE));
  expect(answer.rows.length).toBe(isYura ? 0 : WHOLE.rows.length);
});

test('entries in any order, and twice, give the same answer', () => {
  const random = randomFrom(7);
  for (let round = 0; round < 2; round += 1) {
    const mixed = [...ENTRIES, ...ENTRIES.filter((_, at) => at % 5 === 0)]
      .map((entry) => ({ entry, key: random.below(1_000_000_000) }))
      .sort((a, b) => a.key - b.key)
      .map(({ entry }) => entry);
    const answer = answerOf(mixed, { changes: true });
    expect(allOf(answer)).toEqual(allOf(WHOLE));
    expect(answer.changes.map(({ mark }) => mark.id)).toEqual(WHOLE.changes.map(({ mark }) => mark.id));
    expect(answer.breakCount).toBe(0);
  }
});

test('the answer for a date stays as the log grows', () => {
  for (const days of [300, 11]) {
    const before = NOW - days * DAY_MS;
    const then = ENTRIES.filter(({ time }) => time < before);
    const told = allOf(answerOf(then));
    for (const end of [before + 2 * DAY_MS, NOW]) {
      const log = [...then, ...ENTRIES.filter(({ time }) => time >= before && time < end)];
      expect(allOf(answerOf(log, { before }))).toEqual(told);
    }
  }
});
