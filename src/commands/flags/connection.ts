import type { Command } from 'commander';
import type { ConnectionChoice } from '../../profile.js';
import { flag, list, only } from './flag.js';

export type ConnectionFlags = Omit<ConnectionChoice, 'quiet'>;

export function addConnectionFlags(command: Command): void {
  const demo = flag('--demo', 'ask a made-up log on this machine; no key needed').conflicts(['baseUrl', 'profile']);
  command.optionsGroup('Connection:');
  for (const option of [
    flag('--profile <name>', 'a saved profile'),
    flag('--provider <name>', 'whose audit log: a name, or a file that describes it (default: invent)'),
    flag('--base-url <url>', 'where the API is, if not at its public address'),
    list('--org <id>', 'the organization (default: the one of the key)'),
    demo,
    flag('--rate <n>', 'at most so many requests a minute, or: off'),
    flag('--max-wait <duration>', 'give up, resumably, rather than wait longer (default: 15m)'),
    flag('--timeout <duration>', 'how long a request may take without an answer (default: 30s)'),
  ])
    command.addOption(option);
}

const NAMES = ['profile', 'provider', 'baseUrl', 'org', 'demo', 'rate', 'maxWait', 'timeout', 'tz', 'quiet'] as const;

export function readConnection(flags: ConnectionChoice): ConnectionChoice {
  return only(flags, NAMES);
}
