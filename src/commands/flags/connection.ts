import type { Command, Option } from 'commander';
import type { ConnectionChoice } from '../../profile.js';
import { flag, list, only } from './flag.js';

export interface ConnectionFlags extends Omit<ConnectionChoice, 'quiet' | 'vars' | 'offline'> {
  readonly var?: readonly string[];
}

export function addConnectionFlags(command: Command): void {
  const demo = flag('--demo', 'read a made-up log on this machine; needs no key').conflicts([
    'baseUrl',
    'tokenUrl',
    'profile',
  ]);
  command.optionsGroup('Connection:');
  for (const option of [
    flag('--profile <name>', 'a saved profile'),
    flag('--provider <name>', 'the vendor: a name, or a file that describes it (default: invent)'),
    flag('--base-url <url>', "the API's address, if not the vendor's usual one"),
    list('--org <id>', "the organization's id (default: that of the key)"),
    ...placeFlags(),
    demo,
    flag('--rate <n>', 'maximum requests per minute, or "off"'),
    flag(
      '--max-wait <duration>',
      'stop instead of waiting longer than this (the export can be resumed) (default: 15m)',
    ),
    flag('--timeout <duration>', 'longest time without an answer to a request (default: 30s)'),
  ])
    command.addOption(option);
}

/** Address flags that only some vendors have. */
export function placeFlags(): readonly Option[] {
  return [
    list('--var <name=value>', "a part of the vendor's address, such as tenant=acme"),
    flag('--token-url <url>', "where tokens are made, if not the vendor's usual address"),
  ];
}

const NAMES = [
  ...(['profile', 'provider', 'baseUrl', 'tokenUrl', 'org', 'demo'] as const),
  ...(['rate', 'maxWait', 'timeout', 'tz', 'quiet'] as const),
] as const;

export function readConnection(flags: ConnectionFlags & { readonly quiet?: boolean }): ConnectionChoice {
  return { ...only(flags, NAMES), ...(flags.var === undefined ? {} : { vars: flags.var }) };
}
