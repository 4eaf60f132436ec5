import type { Option } from 'commander';
import { usageError } from '../../errors.js';
import { flag } from './flag.js';

const SHORTEST = 1000;

/** `--interval` of what follows a log. */
export function intervalFlag(): Option {
  return flag('--interval <duration>', 'how often to look (default: 10s, more where the rate asks for it)');
}

/** How often, in ms. Throws a usage error for what is no duration or too short. */
export async function readInterval(text: string): Promise<number> {
  const { parseDuration } = await import('../../time.js');
  const ms = parseDuration(text, '--interval');
  if (ms < SHORTEST) throw usageError(`--interval ${text} is too short`, 'It must be at least 1s.');
  return ms;
}
