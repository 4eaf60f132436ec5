import type { Context } from '../../context.js';
import { chooseProvider } from '../../profile.js';
import { actionWord, matchActions } from '../../providers/actions.js';
import { isGlob } from '../../providers/glob.js';
import type { Provider } from '../../providers/provider.js';
import { type ColorLevel, colorLevel, kindPaints, painter } from '../../terminal/color.js';
import { colorChoice } from '../flags/everywhere.js';
import type { FormatFlags } from '../flags/format.js';
import { openNotes } from '../say/notes.js';

export interface ActionsFlags extends FormatFlags {
  readonly provider?: string;
  readonly profile?: string;
}

/** Shows the actions that match. Works offline. */
export async function showActions(ctx: Context, flags: ActionsFlags, pattern: string | undefined): Promise<void> {
  const provider = await chooseProvider(ctx, flags);
  const wanted = pattern === undefined || isGlob(pattern) ? pattern : `*${pattern.toLowerCase()}*`;
  const names = matchActions(provider, wanted === undefined ? [] : [wanted]);
  if (names.length === 0 && pattern !== undefined)
    openNotes(ctx, flags).say(`no known action of ${provider.title} matches ${pattern}`);
  const text =
    flags.format === 'json'
      ? `${JSON.stringify(
          names.map((action) => ({ action, ...actionWord(provider, action) })),
          null,
          2,
        )}\n`
      : await byCategory(provider, names, colorLevel(ctx.env, ctx.stdout, colorChoice(flags)));
  await ctx.stdout.write(text);
}

async function byCategory(provider: Provider, names: readonly string[], level: ColorLevel): Promise<string> {
  const chalk = await painter(level);
  const width = Math.max(...names.map((name) => name.length));
  const labels = Math.max(...names.map((name) => actionWord(provider, name).label.length));
  const paint = kindPaints(chalk);
  const categories = new Map<string, string[]>();
  for (const name of names) {
    const { category, label, kind } = actionWord(provider, name);
    const lines = categories.get(category) ?? [];
    categories.set(category, [
      ...lines,
      `  ${name.padEnd(width)}  ${paint[kind](label)}${' '.repeat(labels - label.length)}  ${kind}\n`,
    ]);
  }
  if (names.length === 0) return '';
  const heading = `${'Action'.padEnd(width + 2)}  ${'Event'.padEnd(labels)}  Kind\n`;
  const blocks = [...categories].map(([category, lines]) => `${chalk.bold(category)}\n${lines.join('')}`);
  return [chalk.dim(heading), ...blocks].join('\n');
}
