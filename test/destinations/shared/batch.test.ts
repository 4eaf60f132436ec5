import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type BatchRow, openBatches, sendInHalves } from '../../../src/destinations/shared/batch.js';

function row(name: string, bytes = 10): BatchRow {
  return { body: Buffer.alloc(bytes), name };
}

describe('batches', () => {
  test('a batch is limited by rows and bytes, keeps its order, and a large row is a batch of its own', async () => {
    const sent: string[] = [];
    const batches = openBatches({ rows: 3, bytes: 100 }, async (rows) => {
      sent.push(rows.map(({ name }) => name).join(''));
    });
    for (const one of [row('a'), row('b'), row('c'), row('d', 60), row('e', 60), row('f', 500), row('g')])
      await batches.add(one);
    await batches.flush();
    await batches.flush();
    expect(sent).toEqual(['abc', 'd', 'e', 'f', 'g']);
  });

  test('one batch is sent while the next is filled, and never two', async () => {
    let underway = 0;
    const batches = openBatches({ rows: 2, bytes: 1000 }, async () => {
      underway += 1;
      expect(underway).toBe(1);
      await delay(2);
      underway -= 1;
    });
    for (let at = 0; at < 20; at += 1) await batches.add(row(String(at)));
    await batches.flush();
    expect(underway).toBe(0);
  });

  test('the next call reports a failed batch, and nothing is held afterwards', async () => {
    const sent: string[] = [];
    let broken = true;
    const batches = openBatches({ rows: 2, bytes: 1000 }, async (rows) => {
      if (broken) throw new Error('broken off');
      sent.push(rows.map(({ name }) => name).join(''));
    });
    const all = async () => {
      for (const name of 'abcde') await batches.add(row(name));
      await batches.flush();
    };
    await expect(all()).rejects.toThrow('broken off');
    broken = false;
    await all();
    expect(sent).toEqual(['ab', 'cd', 'e']);
  });
});

describe('rows sent in halves', () => {
  const rows = [...'abcdef'].map((name) => row(name));
  const tooLarge = ({ name }: BatchRow) => new Error(`${name} is too large`);

  test('a request that is too large is halved until it fits, in order', async () => {
    const sent: string[] = [];
    const send = async (some: readonly BatchRow[], of: number) => {
      if (some.length > 2) return undefined;
      sent.push(`${some.map(({ name }) => name).join('')} of ${of}`);
      return [];
    };
    await sendInHalves(rows, send, tooLarge);
    expect(sent).toEqual(['ab of 2', 'c of 1', 'de of 2', 'f of 1']);
  });

  test('rows that are left are sent again, and only those', async () => {
    const sent: string[] = [];
    const send = async (some: readonly BatchRow[]) => {
      sent.push(some.map(({ name }) => name).join(''));
      return some.slice(4);
    };
    await sendInHalves(rows, send, tooLarge);
    expect(sent).toEqual(['abcdef', 'ef']);
  });

  test('a single row that is too large is an error', async () => {
    const send = async (some: readonly BatchRow[]) => (some.some(({ name }) => name === 'd') ? undefined : []);
    await expect(sendInHalves(rows, send, tooLarge)).rejects.toThrow('d is too large');
  });
});
