import type { Command, Option } from 'commander';

/** The page docs/reference/commands.md: every command with its own flags, and the flags that several commands share, once. */
export function commandsPage(program: Command): string {
  const commands = program.commands.filter((one) => !isHidden(one)).flatMap((one) => [...walk(one)]);
  const shared = sharedFlags(commands.map(([, command]) => command));
  return [
    '# Commands',
    '',
    '<!-- Made of the commands by npm run docs: change their flags and summaries, not this page. -->',
    '',
    '`auditlog COMMAND --help` shows examples, and `auditlog help topics` explains times, filters, columns and more.',
    '',
    '| command | |',
    '|---|---|',
    ...commands.map(([name, command]) => `| [\`${name}\`](#auditlog-${slug(name)}) | ${cell(summary(command))} |`),
    '',
    ...commands.flatMap(([name, command]) => section(name, command, shared)),
    '## Shared flags',
    '',
    'Several commands take these.',
    '',
    ...[...grouped([...shared.values()])].flatMap(([group, flags]) => [`### ${group}`, '', ...table(flags)]),
    '## Flags of every command',
    '',
    ...table(visible(program)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function section(name: string, command: Command, shared: ReadonlyMap<string, Option>): readonly string[] {
  const flags = visible(command);
  const own = flags.filter((flag) => !shared.has(identity(flag)));
  const others = flags.filter((flag) => shared.has(identity(flag)));
  const aliases = command.aliases().map((alias) => `\`${alias}\``);
  const operands = command.registeredArguments.map((operand) => {
    const text = `${operand.name()}${operand.variadic ? '...' : ''}`;
    return operand.required ? `<${text}>` : `[${text}]`;
  });
  const below = command.commands.filter((one) => one.name() !== 'help' && !isHidden(one));
  const runs = operands.length > 0 || flags.length > 0 || below.length === 0;
  return [
    `## auditlog ${name}`,
    '',
    `${sentence(summary(command))}${aliases.length === 0 ? '' : ` Short: ${aliases.join(', ')}.`}`,
    '',
    '```text',
    ...(runs ? [['auditlog', name, ...operands, ...(flags.length === 0 ? [] : ['[flags]'])].join(' ')] : []),
    ...below.map((one) => `auditlog ${name} ${one.name()}`),
    '```',
    '',
    ...table(own),
    ...(others.length === 0 ? [] : [`${own.length === 0 ? 'Flags' : 'Also'}: ${alsoTaken(others, shared)}`, '']),
  ];
}

/** Shared flags by their groups where a command takes a whole one, else by their names. */
function alsoTaken(flags: readonly Option[], shared: ReadonlyMap<string, Option>): string {
  const whole = grouped([...shared.values()]);
  return [...grouped(flags)]
    .map(([group, some]) =>
      some.length === whole.get(group)?.length
        ? `[${group.toLowerCase()}](#${slug(group.toLowerCase())})`
        : some.map(names).join(', '),
    )
    .join(', ');
}

function grouped(flags: readonly Option[]): ReadonlyMap<string, readonly Option[]> {
  return groupBy(flags, ({ helpGroupHeading = '' }) => helpGroupHeading.replace(/ \(.*|:$/g, ''));
}

/** Flags that at least this many commands take, in the same words. */
const SEVERAL = 4;

function groupBy<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

function sharedFlags(commands: readonly Command[]): ReadonlyMap<string, Option> {
  const all = groupBy(
    commands.flatMap(visible).filter(({ helpGroupHeading }) => helpGroupHeading !== undefined),
    identity,
  );
  const several = [...all].filter(([, flags]) => flags.length >= SEVERAL).map(([key, [flag]]) => [key, flag!] as const);
  // Of one name with two meanings, the one of more commands.
  const count = (key: string) => all.get(key)?.length ?? 0;
  return new Map(
    several.filter(([key, { long }]) =>
      several.every(([other, flag]) => other === key || flag.long !== long || count(other) < count(key)),
    ),
  );
}

function table(flags: readonly Option[]): readonly string[] {
  if (flags.length === 0) return [];
  return [
    '| flag | |',
    '|---|---|',
    ...flags.map((flag) => `| \`${flag.flags.replaceAll('|', '\\|')}\` | ${cell(about(flag))} |`),
    '',
  ];
}

function about({ description, argChoices }: Option): string {
  return argChoices === undefined ? description : `${description}: ${argChoices.map((one) => `\`${one}\``).join(', ')}`;
}

function identity(flag: Option): string {
  return `${flag.flags}\n${about(flag)}`;
}

function names({ long, short }: Option): string {
  return `\`${long ?? short ?? ''}\``;
}

function visible(command: Command): readonly Option[] {
  return command.options.filter(({ hidden, long }) => !hidden && long !== '--help');
}

function summary(command: Command): string {
  return command.summary() || command.description();
}

function sentence(text: string): string {
  return text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** Nothing in a cell is Markdown but code. */
function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/(?<=^[^`]*(?:`[^`]*`[^`]*)*)[<>*]/g, (one) => `\\${one}`);
}

function slug(name: string): string {
  return name.replaceAll(' ', '-');
}

export function* walk(command: Command, above = ''): Generator<readonly [string, Command]> {
  const name = `${above}${command.name()}`;
  yield [name, command];
  for (const below of command.commands) if (below.name() !== 'help' && !isHidden(below)) yield* walk(below, `${name} `);
}

export function isHidden(command: Command): boolean {
  return (command as unknown as { readonly _hidden?: boolean })._hidden === true;
}
