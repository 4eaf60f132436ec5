import { hash, randomFrom } from '../../src/demo/random.js';
import type { ModelOptions } from './options.js';
import type { Zone } from './zone.js';

const NAMED: readonly Zone[] = ['America/New_York', 'Europe/Oslo', 'Pacific/Auckland', 'America/St_Johns'];

/** What a run under the heavy profile has besides its faults: a day zone, sometimes a small page, unstable ties, another `to`, a wrong clock. */
export function runSwitches(seed: number): Pick<ModelOptions, 'zone' | 'to' | 'clamp' | 'ties' | 'skew'> {
  const random = randomFrom(hash(seed, 404));
  const zone = random.below(31);
  return {
    zone: zone < 27 ? zone - 12 : NAMED[zone - 27]!,
    ...(random.percent(10) && { to: random.pick(['exclusive', 'midnight'] as const) }),
    ...(random.percent(10) && { clamp: random.pick([50, 25]) }),
    ...(random.percent(20) && { ties: 'unstable' as const }),
    ...(random.percent(10) && { skew: random.pick([-86_400_000, -600_000, 600_000, 86_400_000]) }),
  };
}
