import { describe, expect, test } from 'vitest';
import type { Destination } from '../../src/destinations/destination.js';
import { type DestinationName, FORMS } from '../../src/destinations/forms.js';
import type { ExitCode } from '../../src/errors.js';
import type { Entry } from '../../src/event.js';
import { failureOf } from '../../src/failure.js';
import { later } from '../http/asking.js';
import { hostileEntries } from '../model/hostile.js';
import { deliverAll, entries, failure, findings, handOver } from './entries.js';

/** A destination that the suite runs, over a real server or folder `S`. */
export interface Subject<S> {
  readonly name: string;
  /** Its line of the table of destinations. */
  readonly destination: DestinationName;
  /** How often it holds an entry that is delivered again. */
  readonly redelivery: 'once' | 'at least once';
  readonly start: () => Promise<S>;
  /** `secret` replaces the right one. */
  readonly open: (server: S, secret?: string) => Promise<Destination>;
  /** The text of every entry that it holds, as often as it holds it. */
  readonly held: (server: S) => Promise<readonly string[]>;

  /** It cannot be reached at all. */
  readonly goesAway: Fault<S> | Missing;
  /** It takes some entries of a delivery and refuses others. */
  readonly takesAPart: Fault<S> | Missing;
  /** It has no room left. */
  readonly isFull: Fault<S> | Missing;
  readonly refusesSecret: WrongSecret | Missing;
  /** It restarts while a delivery is under way. */
  readonly restarts: Disturbance<S> | Missing;
  /** Requests, answers and connections are lost at random. */
  readonly loses: Disturbance<S> | Missing;
  readonly isSlow: ((server: S) => void) | Missing;
}

/** Why a destination has no such test. */
export interface Missing {
  readonly missing: string;
}

/** Trouble that a delivery must not survive. */
export interface Fault<S> {
  /** Begins it. Gives what ends it. */
  readonly begin: (server: S) => Undo | Promise<Undo>;
  readonly exit: ExitCode;
}

type Undo = () => void | Promise<void>;

export interface WrongSecret {
  readonly wrong: string;
  readonly exit: ExitCode;
}

/** Trouble that a collector gets over. Gives how often it happened so far. */
export type Disturbance<S> = (server: S, chance: () => number) => () => number;

/** Runs the suite: what every destination promises, whatever it is made of. */
export function runContract<S>(subject: Subject<S>): void {
  describe(subject.name, () => {
    delivers(subject);
    fails(subject);
    recovers(subject);
  });
}

function delivers<S>(subject: Subject<S>): void {
  const { start, open, redelivery } = subject;

  test('holds every entry in its own text', async () => {
    const server = await start();
    const all = entries(700);
    expect(await deliverAll(await open(server), all, 300)).toBe(0);
    await expectOnce(subject, server, all);
  });

  test('holds entries that are made to hurt, byte for byte', async () => {
    const server = await start();
    const all = hostile();
    expect(await deliverAll(await open(server), all)).toBe(0);
    await expectOnce(subject, server, all);
  });

  test('takes an empty delivery and holds nothing', async () => {
    const server = await start();
    const delivery = await (await open(server)).open();
    await handOver(delivery, []);
    await delivery.close();
    await expectOnce(subject, server, []);
  });

  test(`holds an entry that is delivered again ${redelivery}`, async () => {
    const server = await start();
    const all = entries(300);
    for (const _ of ['first', 'second']) expect(await deliverAll(await open(server), all)).toBe(0);
    await expectHeld(subject, server, all);
    expect((await open(server)).idempotent).toBe(redelivery === 'once');
  });

  test('is checked without a fault, and is left as it was', async () => {
    const server = await start();
    const all = entries(20);
    await deliverAll(await open(server), all);
    const found = await findings(await open(server));
    expect(found.filter(({ status }) => status === 'failed')).toEqual([]);
    await expectOnce(subject, server, all);
  });

  when(subject.isSlow, (slow) =>
    test('is waited for when it is slow, and gets nothing twice', async () => {
      const server = await start();
      slow(server);
      const all = entries(300);
      expect(await deliverAll(await open(server), all, 100)).toBe(0);
      await expectOnce(subject, server, all);
    }),
  );
}

function fails<S>(subject: Subject<S>): void {
  const { start, open } = subject;

  when(subject.goesAway, ({ begin, exit }) =>
    test('goes away and comes back: the delivery fails, the next one brings the rest', async () => {
      const server = await start();
      const all = entries(600);
      await deliverAll(await open(server), all.slice(0, 300));
      const end = await begin(server);
      await expectFailure(await open(server), all, exit);
      expect((await findings(await open(server))).map(({ status }) => status)).toContain('failed');
      await end();
      await deliverAll(await open(server), all);
      await expectHeld(subject, server, all);
    }),
  );

  for (const { what, fault, isHeld } of [
    { what: 'takes a part and refuses the rest', fault: subject.takesAPart, isHeld: (n: number) => n > 0 && n < 600 },
    { what: 'is full', fault: subject.isFull, isHeld: (n: number) => n < 600 },
  ])
    when(fault, ({ begin, exit }) =>
      test(`${what}: nothing counts as delivered, and the same delivery takes all of it afterwards`, async () => {
        const server = await start();
        const all = entries(600);
        const destination = await open(server);
        const delivery = await destination.open();
        later(() => delivery.close());
        const end = await begin(server);
        expect(await handOver(delivery, all).then(() => 'delivered', exitOf)).toBe(exit);
        const held = new Set(await subject.held(server));
        expect(textsOf(all).filter((text) => held.has(text)).length).toSatisfy(isHeld);
        await end();
        await handOver(delivery, all);
        await expectHeld(subject, server, all);
      }),
    );

  when(subject.refusesSecret, ({ wrong, exit }) =>
    test('refuses a wrong secret, which no message repeats', async () => {
      const server = await start();
      const error = await failure(await open(server, wrong), entries(20));
      expect(exitOf(error)).toBe(exit);
      const found = await findings(await open(server, wrong));
      expect(found.find(({ status }) => status === 'failed')).toMatchObject({ exit });
      const said = JSON.stringify([error, error.message, error.stack, found]);
      for (const form of [wrong, Buffer.from(wrong).toString('base64')]) expect(said).not.toContain(form);
      await expectOnce(subject, server, []);
    }),
  );
}

function recovers<S>(subject: Subject<S>): void {
  const { start, open } = subject;

  when(subject.restarts, (restarts) =>
    test('restarts in the middle of a delivery and loses nothing', async () => {
      const server = await start();
      const times = restarts(server, () => 0);
      const all = entries(1500);
      await deliverAll(await open(server), all, 400);
      await expectHeld(subject, server, all);
      expect(times()).toBeGreaterThan(0);
    }),
  );

  when(subject.loses, (loses) =>
    test.each([1, 2, 3])('loses nothing, whatever happens on the way (seed %i)', async (seed) => {
      const server = await start();
      const times = loses(server, chanceOf(seed));
      const all = entries(1200, { seed });
      await deliverAll(await open(server), all, 400);
      await expectHeld(subject, server, all);
      expect(times()).toBeGreaterThan(0);
    }),
  );
}

/** Registers a test where a destination can have it; otherwise the reason is shown as a skipped test. */
function when<T extends object>(can: T | Missing, register: (can: T) => void): void {
  if ('missing' in can) test.skip(`not tested: ${can.missing}`, () => {});
  else register(can);
}

/** Every scheme has to be in the suite. */
export function expectComplete(subjects: readonly Pick<Subject<never>, 'destination'>[]): void {
  const covered = new Set(subjects.map(({ destination }) => destination));
  expect(FORMS.filter(({ name }) => !covered.has(name))).toEqual([]);
}

/** Numbers from 0 to 1, the same for each seed. */
function chanceOf(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** As a reading hands them over: compact, oldest first. */
function hostile(): readonly Entry[] {
  return hostileEntries(Date.parse('2026-11-19T10:00:00Z'))
    .filter(({ text }) => text.startsWith('{"'))
    .map(({ text, id, time }) => ({ raw: Buffer.from(text), id, time }))
    .reverse();
}

function textsOf(all: readonly Entry[]): readonly string[] {
  return all.map(({ raw }) => raw.toString());
}

async function expectOnce<S>({ held }: Subject<S>, server: S, all: readonly Entry[]): Promise<void> {
  expect([...(await held(server))].sort()).toEqual([...textsOf(all)].sort());
}

/** Each entry as often as the destination promises, and nothing else. */
async function expectHeld<S>(subject: Subject<S>, server: S, all: readonly Entry[]): Promise<void> {
  if (subject.redelivery === 'once') return expectOnce(subject, server, all);
  const held = await subject.held(server);
  expect([...new Set(held)].sort()).toEqual([...textsOf(all)].sort());
}

async function expectFailure(destination: Destination, all: readonly Entry[], exit: ExitCode): Promise<void> {
  expect(exitOf(await failure(destination, all))).toBe(exit);
}

/** As a script sees it; the message for a fault of our own. */
function exitOf(error: unknown): ExitCode | string {
  const { message = '', exitCode } = failureOf(error);
  return message.includes('internal error in auditlog') ? message : exitCode;
}
