import type { CommandEntry } from './command.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'list',
    alias: 'ls',
    summary: 'show the newest events as a table',
    load: async () => (await import('./list/define.js')).list,
  },
  {
    name: 'show',
    summary: 'show one event in full, with what it changed',
    load: async () => (await import('./show/define.js')).show,
  },
  {
    name: 'export',
    summary: 'write every event, as NDJSON, JSON or CSV',
    load: async () => (await import('./export/define.js')).exportLog,
  },
  {
    name: 'tail',
    summary: 'show new events as they come',
    load: async () => (await import('./follow/define.js')).tail,
  },
  {
    name: 'collect',
    summary: 'bring every event to a place of your own, again and again',
    load: async () => (await import('./collect/define.js')).collect,
  },
  {
    name: 'stats',
    summary: 'count events: by whom, by what, over time',
    load: async () => (await import('./stats/define.js')).stats,
  },
  {
    name: 'query',
    summary: 'ask an archive in SQL',
    load: async () => (await import('./query/define.js')).query,
  },
  {
    name: 'archive',
    summary: 'look after an archive: what it holds, what is too old',
    load: async () => (await import('./archive/define.js')).archive,
  },
  {
    name: 'verify',
    summary: 'check that exported files are still what they were',
    load: async () => (await import('./verify/define.js')).verify,
  },
  {
    name: 'doctor',
    summary: 'check the key, the way to the API, and what it promises',
    load: async () => (await import('./doctor/define.js')).doctor,
  },
  {
    name: 'actions',
    summary: 'show the actions that a log can hold',
    load: async () => (await import('./actions/define.js')).actions,
  },
  {
    name: 'auth',
    summary: 'save, check and remove API keys',
    load: async () => (await import('./auth/define.js')).auth,
  },
  {
    name: 'provider',
    summary: 'whose logs can be asked: list, show, check a file of yours',
    load: async () => (await import('./provider/define.js')).provider,
  },
  {
    name: 'destination',
    summary: 'where events can be delivered: check, login, logout',
    load: async () => (await import('./destination/define.js')).destination,
  },
  {
    name: 'profile',
    summary: 'name the places you ask: add, use, list, remove',
    load: async () => (await import('./profile/define.js')).profile,
  },
  {
    name: 'config',
    summary: 'read and write saved settings',
    load: async () => (await import('./config/define.js')).config,
  },
  {
    name: 'demo',
    summary: 'serve a made-up log on this machine, to try things on',
    load: async () => (await import('./demo/define.js')).demo,
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    load: async () => (await import('./completion/define.js')).completion,
  },
];
