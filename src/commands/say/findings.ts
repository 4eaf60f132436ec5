import type { Context } from '../../context.js';
import type { Finding } from '../../engine/probe.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { colorChoice, type GlobalFlags } from '../program.js';
import { openNotes } from './notes.js';

export const FINDING_FORMATS = ['table', 'json'] as const;

export interface FindingFlags extends GlobalFlags {
  readonly format?: (typeof FINDING_FORMATS)[number];
}

/** Shows findings as they are found, one line each, or all as JSON, and sums them up. The exit code is that of the worst. `names`: of all that may come, so that they stand in columns. */
export async function tellFindings(
  ctx: Context,
  flags: FindingFlags,
  findings: AsyncIterable<Finding>,
  names: readonly string[],
): Promise<ExitCode> {
  const [{ findingLine, speaksUtf8 }, { colorLevel, painter }, { safe }] = await Promise.all([
    import('./finding.js'),
    import('../../terminal/color.js'),
    import('../../terminal/text.js'),
  ]);
  const style = {
    paint: await painter(colorLevel(ctx.env, ctx.stdout, colorChoice(flags))),
    utf8: speaksUtf8(ctx),
    columns: ctx.stdout.columns(),
    nameWidth: Math.max(...names.map((name) => name.length)),
  };
  const found: Finding[] = [];
  for await (const finding of findings) {
    const shown = neutral(finding, safe);
    found.push(shown);
    if (flags.format !== 'json') await ctx.stdout.write(findingLine(shown, style));
  }
  if (flags.format === 'json') await ctx.stdout.write(toJson(found));
  else openNotes(ctx, flags).say(summary(found));
  return worst(found);
}

/** The texts as anybody may see them: hints of several lines are one. */
function neutral(finding: Finding, safe: (text: string) => string): Finding {
  const plain = (text: string) => safe(text.replace(/\s*\n\s*/g, ' '));
  const { fact, fix } = finding;
  return { ...finding, fact: plain(fact), ...(fix === undefined || fix === '' ? {} : { fix: plain(fix) }) };
}

function toJson(found: readonly Finding[]): string {
  const checks = found.map(({ name, status, fact, fix }) => ({ name, status, fact, fix: fix ?? null }));
  return `${JSON.stringify(checks, undefined, 2)}\n`;
}

function summary(found: readonly Finding[]): string {
  const failures = found.filter(({ status }) => status === 'fail').length;
  const warnings = found.filter(({ status }) => status === 'warn').length;
  const parts = [
    ...(failures === 0 ? [] : [failures === 1 ? '1 thing is wrong' : `${failures} things are wrong`]),
    ...(warnings === 0 ? [] : [warnings === 1 ? '1 is worth a look' : `${warnings} are worth a look`]),
  ];
  return parts.length === 0 ? 'All is well.' : `${parts.join(', ')}.`;
}

/** The worst first. */
const BY_WEIGHT: readonly ExitCode[] = [EXIT.usage, EXIT.key, EXIT.server, EXIT.stopped, EXIT.local, EXIT.unreconciled];

function worst(found: readonly Finding[]): ExitCode {
  const codes = found.flatMap(({ status, exit }) => (status === 'fail' ? [exit ?? EXIT.local] : []));
  return BY_WEIGHT.find((code) => codes.includes(code)) ?? codes[0] ?? EXIT.ok;
}
