import type { WireRequest } from '../../src/demo/contract.js';
import type { Random } from '../../src/demo/random.js';
import { type FaultName, type Mix, PROFILES } from './faults.js';
import type { ModelOptions } from './options.js';

const FINE = 1_000_000;

/** Chooses the fault of the n-th answer: the script's, or one drawn from the mix. One number is drawn for each answer, whatever comes of it. */
export function faultPicker(
  { faults = 'none', without = [], script = [] }: ModelOptions,
  random: Random,
): (n: number, request: WireRequest) => FaultName | undefined {
  const mix: Mix = typeof faults === 'string' ? PROFILES[faults] : faults;
  const chances = (Object.entries(mix) as [FaultName, number][]).filter(([name]) => !without.includes(name));
  const scripted = new Map(script.map(({ atRequest, fault }) => [atRequest, fault]));
  return (n, request) => {
    let drawn = random.below(FINE) / FINE;
    const hit = chances.find(([, chance]) => {
      drawn -= chance;
      return drawn < 0;
    });
    const name = scripted.get(n) ?? hit?.[0];
    return name?.startsWith('gzip-') && !takesGzip(request.headers['accept-encoding']) ? undefined : name;
  };
}

export function takesGzip(acceptEncoding: string | string[] | undefined): boolean {
  return /\bgzip\b/.test(String(acceptEncoding ?? ''));
}
