import type { Command } from 'commander';
import { EVERYWHERE } from './flags/everywhere.js';
import type { CommandGrammar } from './grammar.js';

/** A command line and what it is for. */
export type Example = readonly [line: string, what: string];

export interface Explanation {
  /** A sentence or two: what the command does. */
  readonly does: string;
  readonly examples: readonly Example[];
  /** Shown last: special exit codes, and what to read next. */
  readonly ends?: string;
  /** Flags that `--help` shows, in this order: `--from`. Absent: all of them. */
  readonly common?: readonly string[];
  /** Topics to read next: names of `auditlog help topics`. */
  readonly topics?: readonly string[];
}

const WIDTH = 80;
/** In the short help. */
const FEW_EXAMPLES = 5;

const explanations = new WeakMap<Command, Explanation>();

/** Adds the text before and after a command's flags to its help. */
export function explain(command: Command, explanation: Explanation): Command {
  explanations.set(command, explanation);
  return command;
}

export function explanationOf(command: Command): Explanation | undefined {
  return explanations.get(command);
}

/** The summary and the examples: each beside its purpose, or above it if the line would be too wide. */
export function leading({ does, examples }: Explanation, all = true): string {
  const some = all ? examples : examples.slice(0, FEW_EXAMPLES);
  const width = Math.max(...some.map(([line]) => line.length));
  const beside = some.map(([line, what]) => `  ${line.padEnd(width)}   ${what}`.trimEnd());
  const below = some.flatMap(([line, what]) => [`  ${line}`, ...(what === '' ? [] : [`      ${what}`])]);
  const shown = beside.every((line) => line.length <= WIDTH) ? beside : below;
  return `${wrapped(does)}\n\nExamples:\n${shown.join('\n')}\n`;
}

/** Wraps long lines. */
export function wrapped(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(new RegExp(`(?=.{${WIDTH},})(.{1,${WIDTH}}) +`, 'g'), '$1\n'))
    .join('\n');
}

type Summary = Pick<CommandGrammar, 'name' | 'aliases' | 'about' | 'hidden' | 'group'>;

/** The program's help, made without commander, which takes as long to load as node takes to start. */
export function overview(all: readonly Summary[]): string {
  const shown = all.filter(({ hidden }) => hidden !== true);
  const groups = [...new Set(shown.map(({ group = 'Commands' }) => group))].map((name) => {
    const rows = shown
      .filter(({ group = 'Commands' }) => group === name)
      .map((one) => [[one.name, ...one.aliases].join(', '), one.about] as const);
    return [name, rows] as const;
  });
  const flags = [...Object.values(EVERYWHERE)].filter(([term]) => term !== EVERYWHERE.noColor[0]);
  const width = Math.max(...[...groups.flatMap(([, rows]) => rows), ...flags].map(([term]) => term.length));
  return [
    leading({
      does: 'auditlog lists, exports and verifies the audit logs of SaaS products.',
      examples: [
        ['auditlog list --demo', 'try it, without a key'],
        ['auditlog auth login', 'save your API key'],
        ['auditlog list --from 7d --action "member.*"', 'the newest events that match'],
        ['auditlog export --from last-month -o events.csv', 'every event, to a file'],
      ],
    }),
    'Usage: auditlog <command> [flags]\n',
    ...groups.map(([name, rows]) => section(name, rows, width)),
    section('Flags of every command', flags, width),
    ['More: auditlog <command> --help', '      auditlog help topics\n'].join('\n'),
  ].join('\n');
}

/** Terms beside their meanings. */
export function section(
  title: string,
  rows: readonly (readonly [term: string, about: string])[],
  width = Math.max(...rows.map(([term]) => term.length)),
): string {
  return `${title}:\n${rows.map(([term, about]) => `  ${term.padEnd(width)}  ${about}\n`).join('')}`;
}
