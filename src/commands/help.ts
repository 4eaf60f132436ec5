import type { Command } from 'commander';
import { EVERYWHERE } from './flags/everywhere.js';
import type { CommandGrammar } from './grammar.js';

/** A command line and what it is for. */
export type Example = readonly [line: string, what: string];

export interface Explanation {
  /** A sentence or two: what the command does. */
  readonly does: string;
  readonly examples: readonly Example[];
  /** Shown last: what the exit codes mean here, and where to read on. */
  readonly ends?: string;
}

const WIDTH = 80;

/** Puts what a command does and examples at the head of its help. */
export function explain(command: Command, explanation: Explanation): Command {
  command.addHelpText('before', leading(explanation));
  if (explanation.ends !== undefined) command.addHelpText('after', `\n${wrapped(explanation.ends)}`);
  return command;
}

/** What a command does, and examples: each beside its purpose, or above it if that would be too wide. */
export function leading({ does, examples }: Explanation): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const beside = examples.map(([line, what]) => `  ${line.padEnd(width)}   ${what}`.trimEnd());
  const below = examples.flatMap(([line, what]) => [`  ${line}`, ...(what === '' ? [] : [`      ${what}`])]);
  const shown = beside.every((line) => line.length <= WIDTH) ? beside : below;
  return `${wrapped(does)}\n\nExamples:\n${shown.join('\n')}\n`;
}

/** Breaks long lines, and keeps short ones. */
function wrapped(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(new RegExp(`(?=.{${WIDTH},})(.{1,${WIDTH}}) +`, 'g'), '$1\n'))
    .join('\n');
}

/** The help of the program, without commander, which takes as long to load as node takes to start. */
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
        ['auditlog list --action "member.*" --from 7d', 'comings, goings, new roles'],
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
