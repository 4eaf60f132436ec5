import { describe, expect, it } from 'vitest';
import { inventLog } from '../../src/demo/entry.js';
import { demoOrganization, subOrganizations } from '../../src/demo/organization.js';
import { invent } from '../../src/providers/invent.js';
import type { Entry } from './asking.js';

const NOW = Date.UTC(2026, 10, 20, 14, 3, 11);
const DAY = 86_400_000;

function textsAt(now: number): string[] {
  const { rows, view } = inventLog(demoOrganization(now));
  return rows.map((row) => view.text(row));
}

function entriesAt(now: number): Entry[] {
  return textsAt(now).map((text) => JSON.parse(text) as Entry);
}

describe('the demo organization', () => {
  const texts = textsAt(NOW);
  const entries = texts.map((text) => JSON.parse(text) as Entry);

  it('has about 12,000 events in the 18 months up to now, newest first', () => {
    const times = entries.map(({ created_at }) => Date.parse(created_at));
    expect(entries.length).toBeGreaterThan(11_500);
    expect(entries.length).toBeLessThan(12_500);
    expect(times.at(-1)).toBeGreaterThan(NOW - 549 * DAY);
    expect(times.at(-1)).toBeLessThan(NOW - 540 * DAY);
    expect(times[0]).toBeGreaterThan(NOW - 5 * 60_000);
    expect(times[0]).toBeLessThanOrEqual(NOW);
    expect(times.every((time, i) => i === 0 || time <= times[i - 1]!)).toBe(true);
  });

  it('gives every entry its own id', () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    expect(entries.every(({ id }) => /^al_[0-9A-Za-z]{22}$/.test(id))).toBe(true);
  });

  it('shows every action of the vocabulary and no other', () => {
    expect([...new Set(entries.map(({ action }) => action))].sort()).toEqual(Object.keys(invent.actions).sort());
  });

  it('has the fields of the contract in every entry, in the same order', () => {
    const names =
      'id action source ip country agent created_at actor user assistant workflow connection broadcast member org metadata';
    for (const entry of entries) expect(Object.keys(entry).join(' ')).toBe(names);
  });

  it('carries the object that an action is about', () => {
    const carried = ['assistant', 'workflow', 'connection', 'broadcast'] as const;
    for (const entry of entries) {
      for (const object of carried)
        if (entry.action.startsWith(`${object}.`)) expect(entry[object], entry.action).not.toBeNull();
      if (entry.action === 'member.role_changed') {
        expect(entry.member?.role).toBe(entry.metadata?.new_role);
        expect(entry.metadata?.previous_role).not.toBe(entry.metadata?.new_role);
      }
      if (/^(integration|api_key|action)\./.test(entry.action))
        expect(entry.metadata?.name, entry.action).toBeTypeOf('string');
      if (entry.action.startsWith('integration.')) expect(entry.metadata?.type).toBeTypeOf('string');
      if (/^(email\.)?domain\./.test(entry.action)) expect(entry.metadata?.domain).toMatch(/\.example$/);
    }
    expect(
      entries.some(({ metadata }) => metadata?.previous_name !== undefined && metadata.new_name !== undefined),
    ).toBe(true);
  });

  it('tells each role change from the role that the one before it left', () => {
    const roles = new Map<string, unknown>();
    for (const { action, member, metadata } of [...entries].reverse()) {
      if (action !== 'member.role_changed' || member === null) continue;
      if (roles.has(member.id)) expect(metadata?.previous_role, member.user.email).toBe(roles.get(member.id));
      roles.set(member.id, metadata?.new_role);
    }
    expect(roles.size).toBeGreaterThan(15);
  });

  it('is worked at by a few dozen people with names from everywhere', () => {
    const people = new Map(entries.flatMap(({ actor }) => (actor === null ? [] : [[actor.id, actor.name]])));
    const names = [...people.values()].join('\n');
    expect(people.size).toBeGreaterThan(30);
    expect(people.size).toBeLessThan(45);
    for (const script of [
      /\p{Script=Han}/u,
      /\p{Script=Arabic}/u,
      /\p{Script=Hebrew}/u,
      /\p{Script=Hangul}/u,
      /\p{Emoji_Presentation}/u,
      /é/,
    ]) {
      expect(names).toMatch(script);
    }
  });

  it('works in the week and mostly in the day', () => {
    const onWeekend = entries.filter(({ created_at }) => new Date(created_at).getUTCDay() % 6 === 0);
    const atNight = entries.filter(
      ({ created_at }) => new Date(created_at).getUTCHours() < 4 && !created_at.includes('NaN'),
    );
    expect(onWeekend.length / entries.length).toBeLessThan(0.1);
    expect(onWeekend.length).toBeGreaterThan(200);
    expect(atNight.length / entries.length).toBeLessThan(0.13);
  });

  it('comes from all four sources, and automated events have no actor', () => {
    expect(new Set(entries.map(({ source }) => source))).toEqual(new Set(['app', 'admin', 'api', 'system']));
    const automated = entries.filter(({ source }) => source === 'system');
    expect(automated.length).toBeGreaterThan(200);
    expect(automated.every(({ actor, user, ip }) => actor === null && user === null && ip === null)).toBe(true);
  });

  it('has entries that share an instant', () => {
    const times = entries.map(({ created_at }) => created_at);
    expect(times.length - new Set(times).size).toBeGreaterThan(20);
  });

  it('hides a night of deletions by one person', () => {
    const nights = new Map<string, number>();
    for (const { action, actor, created_at } of entries) {
      if (!/(deleted)$/.test(action) || actor === null || new Date(created_at).getUTCHours() !== 2) continue;
      const night = `${actor.email} ${created_at.slice(0, 10)}`;
      nights.set(night, (nights.get(night) ?? 0) + 1);
    }
    const [worst, second] = [...nights].sort((a, b) => b[1] - a[1]);
    expect(worst?.[0]).toMatch(/^rowan\.pike@/);
    expect(worst?.[1]).toBeGreaterThan(35);
    expect(second?.[1] ?? 0).toBeLessThan(5);
  });

  it('has one hostile user agent and one hostile name', () => {
    const agents = entries.filter(({ agent }) => agent?.includes('\u001b'));
    const names = entries.filter(({ assistant }) => assistant?.name.includes('\u202e'));
    expect(agents).toHaveLength(1);
    expect(names.length).toBeGreaterThanOrEqual(2);
    expect(new Set(names.map(({ assistant }) => assistant?.id)).size).toBe(1);
  });

  it('is the same for the same now, byte for byte', () => {
    expect(textsAt(NOW)).toEqual(texts);
  });

  it('is the same up to today for another time of the same day', () => {
    const midnight = Date.UTC(2026, 10, 20);
    const past = (all: readonly string[]): string[] =>
      all.filter((text) => Date.parse((JSON.parse(text) as Entry).created_at) < midnight);
    expect(past(textsAt(midnight + 60_000))).toEqual(past(texts));
    expect(past(textsAt(midnight + DAY - 1))).toEqual(past(texts));
  });

  it.each([
    ['a Sunday just after midnight', Date.UTC(2026, 10, 22, 0, 0, 5)],
    ['a Saturday night', Date.UTC(2027, 0, 2, 23, 59, 59)],
    ['a leap day', Date.UTC(2028, 1, 29, 12)],
    ['a Monday morning', Date.UTC(2026, 5, 1, 6)],
    ['a Tuesday', Date.UTC(2026, 5, 2, 6)],
  ])('is whole on %s too', (_, now) => {
    const there = entriesAt(now);
    const today = new Date(now).toISOString().slice(0, 10);
    expect(there[0]?.created_at.slice(0, 10)).toBe(today);
    expect(there.every(({ created_at }) => Date.parse(created_at) <= now)).toBe(true);
    expect(new Set(there.map(({ action }) => action)).size).toBe(61);
    expect(
      there.filter(({ actor, ip }) => actor?.name === 'Rowan Pike' && ip === '192.0.2.203').length,
    ).toBeGreaterThan(35);
    expect(
      there.filter(({ action, member }) => action === 'member.removed' && member?.user.email.startsWith('rowan'))
        .length,
    ).toBe(1);
  });

  it('has two sub-organizations with logs of their own', () => {
    const [labs, logistics] = subOrganizations();
    const told = labs!.open(NOW);
    expect(told.id).toBe(labs!.id);
    expect(told.name).toBe('Lumen Harbor Labs');
    expect(told.size).toBeGreaterThan(100);
    expect(logistics!.open(NOW).size).toBeGreaterThan(100);
    const named = entries.filter(({ action }) => action === 'org.sub_org_created').map(({ metadata }) => metadata?.id);
    expect(named).toContain(labs!.id);
    expect(named).toContain(logistics!.id);
  });
});
