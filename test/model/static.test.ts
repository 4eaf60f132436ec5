import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get } from '../demo/asking.js';
import { type StaticServer, startServer } from './static.js';

const DAY = 86_400_000;
const TO = Date.UTC(2026, 10, 20);

describe('the server for benchmarks', () => {
  let server: StaticServer;
  beforeAll(async () => {
    server = await startServer({ n: 1_000_000, from: TO - 365 * DAY, to: TO });
  });
  afterAll(() => server.close());

  const ask = async (
    query: string,
  ): Promise<{ count: number; rows: { id: string; created_at: string }[]; text: string }> => {
    const got = await get(new URL(`/orgs/c/audit-logs?${query}`, server.base), {
      authorization: `Bearer ${server.key}`,
    });
    const text = got.body.toString();
    return { count: Number(got.headers['pagination-count']), rows: JSON.parse(text), text };
  };

  it('counts a million entries and gives any page of them', async () => {
    const first = await ask('page=1&take=100');
    const last = await ask('page=10000&take=100');
    expect(first.count).toBe(1_000_000);
    expect(first.rows).toHaveLength(100);
    expect(last.rows).toHaveLength(100);
    expect(first.rows[0]?.created_at).toBe('2026-11-19T23:59:28.464Z');
    expect(last.rows[99]?.created_at).toBe('2025-11-20T00:00:00.000Z');
    expect((await ask('page=10001')).text).toBe('[]');
    expect(first.text).toBe(`[${Array.from({ length: 100 }, (_, i) => server.textOf(i)).join(',')}]`);
    expect(last.rows[99]?.id).toBe(server.idOf(999_999));
  });

  it('splits into days without a rest', async () => {
    const days = ['2026-03-01', '2026-03-02', '2026-03-03'];
    const counts = await Promise.all(days.map(async (day) => (await ask(`from=${day}&to=${day}&take=1`)).count));
    expect((await ask(`from=${days[0]}&to=${days[2]}&take=1`)).count).toBe(counts[0]! + counts[1]! + counts[2]!);
    const { rows } = await ask('from=2026-03-02&to=2026-03-02&page=28&take=100');
    expect(rows.every(({ created_at }) => created_at.startsWith('2026-03-02'))).toBe(true);
  });

  it('gives every entry an id of its own', () => {
    const ids = new Set(Array.from({ length: 50_000 }, (_, i) => server.idOf(i * 20)));
    expect(ids.size).toBe(50_000);
    expect([...ids].every((id) => id.length === 25)).toBe(true);
  });
});
