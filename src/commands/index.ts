import type { CommandEntry, Define } from './command.js';

/** Every command, in the order and the groups of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  ...group('Look at events', [
    entry('list', 'show the newest events as a table', () => import('./list/define.js'), 'ls'),
    entry('show', 'show one event in full, with what changed', () => import('./show/define.js')),
    entry('stats', 'count events by person, action or time', () => import('./stats/define.js')),
    entry('access', 'show who has which role, since when, by whom', () => import('./access/define.js')),
    entry('actions', 'list the actions that a log can hold', () => import('./actions/define.js')),
  ]),
  ...group('Export events', [
    entry('export', 'write every matching event to a file or a pipe', () => import('./export/define.js')),
    entry('report', 'write an HTML report that anyone can open', () => import('./report/define.js')),
    entry('query', 'query an archive with SQL', () => import('./query/define.js')),
  ]),
  ...group('Watch and collect', [
    entry('tail', 'show new events as they arrive', () => import('./follow/define.js')),
    entry('collect', 'copy new events to your own storage on a schedule', () => import('./collect/define.js')),
    entry('archive', 'inspect an archive and delete old days', () => import('./archive/define.js')),
    entry('destination', 'check a destination, save its password', () => import('./destination/define.js')),
  ]),
  ...group('Verify', [
    entry('verify', 'check exported files against their manifests', () => import('./verify/define.js')),
    entry('doctor', 'check the settings, the key and the API', () => import('./doctor/define.js')),
  ]),
  ...group('Set up', [
    entry('auth', 'save, check and remove API keys', () => import('./auth/define.js')),
    entry('profile', 'manage profiles: a vendor, an address, a key', () => import('./profile/define.js')),
    entry('provider', 'list vendors, and describe your own', () => import('./provider/define.js')),
    entry('config', 'read and change saved settings', () => import('./config/define.js')),
    entry('demo', 'serve a made-up log on this machine', () => import('./demo/define.js')),
    entry('completion', 'print the completion script of a shell', () => import('./completion/define.js')),
  ]),
];

type Ungrouped = Omit<CommandEntry, 'group'>;

function group(name: string, entries: readonly Ungrouped[]): readonly CommandEntry[] {
  return entries.map((one) => ({ ...one, group: name }));
}

function entry(
  name: string,
  summary: string,
  load: () => Promise<{ readonly define: Define }>,
  alias?: string,
): Ungrouped {
  return { name, summary, load, alias };
}

/** Whether one of these words is the command. */
export function isNamed({ name, alias }: CommandEntry, words: readonly string[]): boolean {
  return words.includes(name) || (alias !== undefined && words.includes(alias));
}
