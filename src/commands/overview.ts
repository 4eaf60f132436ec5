import type { CommandGrammar } from './grammar.js';
import { leading } from './help.js';

/** The flags that every command takes, before or after its name. */
export const EVERYWHERE = {
  color: ['--color <when>', 'colour the output: auto, always or never'],
  noColor: ['--no-color', 'the same as --color never'],
  quiet: ['--quiet', 'say nothing on stderr but errors'],
  debug: ['--debug', 'tell each request on stderr, never the key'],
  noInput: ['--no-input', 'never ask, fail instead'],
  help: ['-h, --help', 'show help'],
  version: ['-V, --version', 'show the version'],
} as const;

/** The help of the program as a whole. By itself, since loading all that knows the command line takes as long as starting node. */
export function overview(all: readonly Pick<CommandGrammar, 'name' | 'aliases' | 'about' | 'hidden'>[]): string {
  const commands = all
    .filter(({ hidden }) => hidden !== true)
    .map(({ name, aliases, about }) => [[name, ...aliases].join(', '), about] as const);
  return [
    leading({
      does: 'auditlog lists, exports and verifies the audit logs of SaaS products.',
      examples: [
        ['auditlog list --demo', 'try it, without a key'],
        ['auditlog auth login', 'save your API key'],
        ['auditlog list', 'the 50 newest events'],
        ["auditlog list --action 'member.*' --from 7d", 'comings, goings, new roles'],
        ['auditlog export --from 2026-03-01 -o march.csv', 'every event since, as CSV'],
        ['auditlog export | jq -r .action | sort | uniq -c', 'count the actions'],
      ],
    }),
    'Usage: auditlog <command> [flags]\n',
    section('Commands', commands),
    section('Everywhere', Object.values(EVERYWHERE)),
    [
      'Exit codes: 0 done, 1 local failure, 2 usage, 3 not reconciled with the server,',
      '4 key, 5 server, 6 stopped and resumable. More: auditlog <command> --help\n',
    ].join('\n'),
  ].join('\n');
}

function section(title: string, rows: readonly (readonly [term: string, about: string])[]): string {
  const width = Math.max(...rows.map(([term]) => term.length));
  return `${title}:\n${rows.map(([term, about]) => `  ${term.padEnd(width)}  ${about}\n`).join('')}`;
}
