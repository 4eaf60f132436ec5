import { expect, test } from 'vitest';
import { probeLog } from '../../src/doctor/probe.js';
import type { ProbeWorld } from '../../src/doctor/requests.js';
import { pageAsk } from '../../src/engine/page/ask.js';
import type { Page } from '../../src/engine/request.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { NOW } from '../helpers/world.js';

const DAY = 86_400_000;
/** An entry every three hours for some days, newest first. */
const TIMES = Array.from({ length: 80 }, (_, at) => NOW - 60_000 - at * 3 * 3_600_000);

interface Probed {
  readonly told: (name: string) => string;
  readonly urls: readonly URL[];
}

/** Probes a server that takes the instants `from` and `to`. */
async function probe(file: Partial<Provider>): Promise<Probed> {
  const provider: Provider = { ...invent, ...file };
  const urls: URL[] = [];
  const world: ProbeWorld = {
    async fetch(request) {
      const { url } = pageAsk(provider, new URL('http://127.0.0.1'), request);
      urls.push(url);
      const ends = ['from', 'to'].map((name) => url.searchParams.get(name));
      const [from = 0, to = NOW] = ends.map((end) => (end === null ? undefined : Date.parse(end)));
      const found = TIMES.filter((time) => time >= from && time <= to);
      const entries = found.slice(0, 20).map((time) => ({ id: `${time}`, time, raw: Buffer.from(`{"t":${time}}`) }));
      const page: Page = {
        entries,
        count: found.length,
        next: undefined,
        more: undefined,
        at: NOW,
        orgs: new Set(),
        unreadable: [],
      };
      return { page, headers: new Map() };
    },
    now: () => NOW,
    stats: () => ({ skew: 0, rate: 300 }),
  };
  const told = new Map<string, string>();
  for await (const { name, status, fact } of probeLog(world, { provider, orgs: ['c'], rate: 300 }))
    told.set(name, `${status}: ${fact}`);
  return { told: (name) => told.get(name) ?? '', urls };
}

test('no day is asked for beyond now where a range must end', async () => {
  const dates: Provider['dates'] = { from: 'from', to: 'to', format: 'instant', required: true, longestDays: 30 };
  const { urls } = await probe({ dates });
  const ends = urls.map((url) => url.searchParams.get('to'));
  expect(ends.every((end) => end !== null && Date.parse(end) <= NOW)).toBe(true);
  expect(Date.parse(ends[0] ?? '')).toBeGreaterThan(NOW - DAY);
});

test('days that share an instant are not added up', async () => {
  const { told } = await probe({ dates: { from: 'from', to: 'to', format: 'instant-s' } });
  expect(told('day-filter')).toBe(
    'skip: days beside one another have an instant in common, so that their counts do not add up',
  );
});

test('pages of one size are not asked for in another', async () => {
  const { told } = await probe({ paging: { style: 'page', page: 'page', max: 100 } });
  const why = 'skip: this vendor cannot be asked for a size of its pages';
  expect([told('page-size'), told('larger-page')]).toEqual([`${why}; this one has 20`, why]);
});
