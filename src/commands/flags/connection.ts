import type { Command, Option } from 'commander';
import type { ConnectionChoice } from '../../profile.js';
import { flag, list, only } from './flag.js';

export interface ConnectionFlags extends Omit<ConnectionChoice, 'quiet' | 'vars' | 'offline'> {
  readonly var?: readonly string[];
}

export function addConnectionFlags(command: Command): void {
  const demo = flag('--demo', 'ask a made-up log on this machine; no key needed').conflicts([
    'baseUrl',
    'tokenUrl',
    'profile',
  ]);
  command.optionsGroup('Connection:');
  for (const option of [
    flag('--profile <name>', 'a saved profile'),
    flag('--provider <name>', 'whose audit log: a name, or a file that describes it (default: invent)'),
    flag('--base-url <url>', 'where the API is, if not at its public address'),
    list('--org <id>', 'the organization (default: the one of the key)'),
    ...placeFlags(),
    demo,
    flag('--rate <n>', 'at most so many requests a minute, or: off'),
    flag('--max-wait <duration>', 'give up, resumably, rather than wait longer (default: 15m)'),
    flag('--timeout <duration>', 'how long a request may take without an answer (default: 30s)'),
  ])
    command.addOption(option);
}

/** The flags of addresses that only some vendors have. */
export function placeFlags(): readonly Option[] {
  return [
    list('--var <name=value>', "what else the vendor's address needs, such as tenant=acme"),
    flag('--token-url <url>', 'where tokens are made, if not where the vendor says'),
  ];
}

const NAMES = [
  ...(['profile', 'provider', 'baseUrl', 'tokenUrl', 'org', 'demo'] as const),
  ...(['rate', 'maxWait', 'timeout', 'tz', 'quiet'] as const),
] as const;

export function readConnection(flags: ConnectionFlags & { readonly quiet?: boolean }): ConnectionChoice {
  return { ...only(flags, NAMES), ...(flags.var === undefined ? {} : { vars: flags.var }) };
}
