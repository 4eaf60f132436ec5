import type { Notes } from './notes.js';

const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
];

/** Reports that the clocks differ. `skew`: the server's clock minus ours, ms. */
export function noteSkew({ say }: Pick<Notes, 'say'>, skew: number): void {
  const side = skew < 0 ? 'ahead of' : 'behind';
  say(`this machine's clock is ${inWords(Math.abs(skew))} ${side} the server's; relative times use the server's clock`);
}

function inWords(ms: number): string {
  const [unit, name] = UNITS.find(([size]) => Math.round(ms / 60_000) * 60_000 >= size) ?? [60_000, 'minute'];
  const amount = Math.round(ms / unit);
  return `${amount} ${name}${amount === 1 ? '' : 's'}`;
}
