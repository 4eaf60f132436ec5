import type { Command, Help, Option } from 'commander';
import { EVERYWHERE } from './flags/everywhere.js';
import { explanationOf, leading, wrapped } from './help.js';

/** The content of a help text. */
export interface HelpView {
  /** Every flag, with those that every command takes; else the common ones. */
  readonly all: boolean;
  /** The named vendor, and the flags that it does not have: `--tenant`. */
  readonly vendor?: { readonly title: string; readonly lacks: readonly string[] } | undefined;
}

/** The help of a command: what it does, examples, usage, arguments, commands, flags, and what to read on. */
export function commandHelp(command: Command, help: Help, view: HelpView): string {
  const explanation = explanationOf(command);
  const { common, ends, topics = [] } = explanation ?? {};
  const all = view.all || common === undefined;
  const lacks = view.vendor?.lacks ?? [];
  const visible = command.options.filter(({ hidden }) => !hidden);
  const own = visible.filter((option) => !lacks.includes(longOf(option)));
  const flags = all
    ? groupsOf(own)
    : [{ heading: 'Flags:', options: common.flatMap((name) => own.filter((option) => longOf(option) === name)) }];
  const shown = flags.filter(({ options }) => options.length > 0);
  const everywhere = view.all ? Object.values(EVERYWHERE) : [];
  const operands = help.visibleArguments(command);
  const commands = help.visibleCommands(command).filter((one) => one.name() !== 'help');
  const width = Math.max(
    ...shown.flatMap(({ options }) => options.map((option) => help.optionTerm(option).length)),
    ...everywhere.map(([term]) => term.length),
    ...operands.map((operand) => help.argumentTerm(operand).length),
    ...commands.map((one) => help.subcommandTerm(one).length),
  );
  const items = (heading: string, rows: readonly (readonly [term: string, about: string])[]): readonly string[] =>
    rows.length === 0 ? [] : [heading, ...rows.map(([term, about]) => help.formatItem(term, width, about, help)), ''];
  const lines = [
    ...(explanation === undefined ? [] : [leading(explanation, all)]),
    `Usage: ${help.commandUsage(command).replace('[options]', '[flags]')}`,
    '',
    ...items(
      'Arguments:',
      operands.map((one) => [help.argumentTerm(one), help.argumentDescription(one)] as const),
    ),
    ...items(
      'Commands:',
      commands.map((one) => [help.subcommandTerm(one), help.subcommandDescription(one)] as const),
    ),
    ...shown.flatMap(({ heading, options }) =>
      items(
        heading,
        options.map((option) => [help.optionTerm(option), help.optionDescription(option)] as const),
      ),
    ),
    ...items('Everywhere:', everywhere),
    ...vendorNote(view, visible),
    ...(ends === undefined || !all ? [] : [wrapped(ends), '']),
    ...more(command, view, topics),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function vendorNote({ vendor }: HelpView, options: readonly Option[]): readonly string[] {
  const lacking = options.map(longOf).filter((name) => vendor?.lacks.includes(name));
  return vendor === undefined || lacking.length === 0
    ? []
    : [wrapped(`Not for ${vendor.title}: ${lacking.join(', ')}.`), ''];
}

function more(command: Command, { all }: HelpView, topics: readonly string[]): readonly string[] {
  const [first, ...others] = topics;
  const path = pathOf(command);
  return [
    ...(all ? [] : [`Every flag: auditlog ${path} --help-all`]),
    ...(first === undefined
      ? []
      : [`Read on:    auditlog help ${first}${others.length === 0 ? '' : `, ${others.join(', ')}`}`]),
  ];
}

function pathOf(command: Command): string {
  const above = command.parent;
  return above === null || above.parent === null ? command.name() : `${pathOf(above)} ${command.name()}`;
}

function longOf({ long }: Option): string {
  return long ?? '';
}

function groupsOf(options: readonly Option[]): readonly { heading: string; options: readonly Option[] }[] {
  const groups = new Map<string, Option[]>();
  for (const option of options) {
    const heading = option.helpGroupHeading ?? 'Flags:';
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  return [...groups].map(([heading, all]) => ({ heading, options: all }));
}
