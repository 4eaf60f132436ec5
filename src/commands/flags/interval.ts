import type { Option } from 'commander';
import { usageError } from '../../errors.js';
import { parseDuration } from '../../time.js';
import { flag } from './flag.js';

const SHORTEST_MS = 1000;

/** `--interval` of commands that follow a log. */
export function intervalFlag(): Option {
  return flag('--interval <duration>', 'time between two looks (default: 10s, longer if the rate limit needs it)');
}

/** In ms. Throws a usage error for what is not a duration or is too short. */
export function readInterval(text: string): number {
  const ms = parseDuration(text, '--interval');
  if (ms < SHORTEST_MS) throw usageError(`--interval ${text} is too short`, 'It must be at least 1s');
  return ms;
}
