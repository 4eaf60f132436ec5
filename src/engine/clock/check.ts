import { isSkewed } from '../../http/traffic.js';
import type { Query } from '../../query.js';
import type { FetchPage } from '../request.js';
import type { Batch, Instants, Reading, Resettle } from '../source.js';
import type { ReadingWorld } from '../world.js';

/** The first answer shows that this machine's clock is wrong and that another range was meant. */
export class ClockDiffers extends Error {
  readonly range: Instants;

  constructor(range: Instants) {
    super('the clocks differ');
    this.range = range;
  }
}

/**
 * Rejects the first request with `ClockDiffers` if the clocks are more than a minute apart and `rangeAt` gives another range by the server's clock.
 * A server may refuse the first page because of the wrong range: that answer has a time, too.
 */
export function checkingClock(
  world: Pick<ReadingWorld, 'fetch' | 'now' | 'skew'>,
  rangeAt: (serverNow: number) => Instants | undefined,
): FetchPage {
  let isChecked = false;
  const check = (): void => {
    if (isChecked || !isSkewed(world.skew?.() ?? 0)) return;
    const range = rangeAt(world.now());
    if (range !== undefined) throw new ClockDiffers(range);
  };
  return async (request) => {
    try {
      const page = await world.fetch(request);
      check();
      isChecked = true;
      return page;
    } catch (error) {
      check();
      throw error;
    }
  };
}

/** A reading of `query` by this machine's clock. If the first answer shows that another range was meant, nothing of it is used and the reading begins again. */
export function resettled(
  world: ReadingWorld,
  query: Query,
  resettle: Resettle,
  open: (world: ReadingWorld, query: Query) => Reading,
): Reading {
  const other = (serverNow: number): Instants | undefined => {
    const range = resettle(serverNow);
    return isSameRange(range, query) ? undefined : range;
  };
  let reading = open({ ...world, fetch: checkingClock(world, other) }, query);
  async function* batches(): AsyncGenerator<Batch, void> {
    try {
      yield* reading.batches;
      return;
    } catch (error) {
      if (!(error instanceof ClockDiffers)) throw error;
      const { from, before } = error.range;
      reading = open(world, { ...query, from, before });
    }
    yield* reading.batches;
  }
  return withBatches(batches(), () => reading);
}

/** A reading with other batches. `current` is asked at each call, as another reading may take over. */
export function withBatches(batches: Reading['batches'], current: () => Reading): Reading {
  return {
    batches,
    verdict: () => current().verdict(),
    progress: () => current().progress(),
    total: () => current().total(),
    plan: () => current().plan(),
  };
}

export function isSameRange(a: Instants, b: Instants): boolean {
  return a.from === b.from && a.before === b.before;
}
