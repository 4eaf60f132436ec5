import type { CommandEntry, Define } from './command.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  entry('list', 'show the newest events as a table', () => import('./list/define.js'), 'ls'),
  entry('show', 'show one event in full, with what it changed', () => import('./show/define.js')),
  entry('export', 'write every event, as NDJSON, JSON or CSV', () => import('./export/define.js')),
  entry('tail', 'show new events as they come', () => import('./follow/define.js')),
  entry('collect', 'bring every event to a place of your own, again and again', () => import('./collect/define.js')),
  entry('stats', 'count events: by whom, by what, over time', () => import('./stats/define.js')),
  entry('report', 'write an HTML report that anyone can open and check', () => import('./report/define.js')),
  entry('query', 'ask an archive in SQL', () => import('./query/define.js')),
  entry('archive', 'look after an archive: what it holds, what is too old', () => import('./archive/define.js')),
  entry('verify', 'check that exported files are still what they were', () => import('./verify/define.js')),
  entry('doctor', 'check the key, the way to the API, and what it promises', () => import('./doctor/define.js')),
  entry('actions', 'show the actions that a log can hold', () => import('./actions/define.js')),
  entry('auth', 'save, check and remove API keys', () => import('./auth/define.js')),
  entry('provider', 'whose logs can be asked: list, show, check a file of yours', () => import('./provider/define.js')),
  entry('destination', 'where events can be delivered: check, login, logout', () => import('./destination/define.js')),
  entry('profile', 'name the places you ask: add, use, list, remove', () => import('./profile/define.js')),
  entry('config', 'read and write saved settings', () => import('./config/define.js')),
  entry('demo', 'serve a made-up log on this machine, to try things on', () => import('./demo/define.js')),
  entry('completion', 'print the completion script of a shell', () => import('./completion/define.js')),
];

function entry(
  name: string,
  summary: string,
  load: () => Promise<{ readonly define: Define }>,
  alias?: string,
): CommandEntry {
  return { name, summary, load, alias };
}
