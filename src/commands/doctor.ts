import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../errors.js';
import type { Finding } from '../source/probe.js';
import type { Define } from './command.js';
import { explain } from './help.js';
import { openNotes } from './notes.js';
import { addConnectionFlags, type ConnectionFlags, flag } from './options.js';
import type { GlobalFlags } from './program.js';

const FORMATS = ['table', 'json'] as const;

interface DoctorFlags extends ConnectionFlags, GlobalFlags {
  readonly format?: (typeof FORMATS)[number];
}

/** `auditlog doctor`: what is between this machine and the log, and whether the log keeps its promises. */
export const doctor: Define = (command, perform) => {
  explain(command, {
    does: 'Checks the settings, the way to the API, the key, and what the API promises, with at most 10 requests. Changes nothing.',
    examples: [
      ['auditlog doctor', 'why does it not work?'],
      ['auditlog doctor --demo', 'how it looks when all is well'],
      ['auditlog doctor --profile eu', 'another place, another key'],
      ['auditlog doctor -f json | jq \'.[] | select(.status == "fail")\'', 'for scripts'],
    ],
    ends: [
      'Marks: ✓ fine, ! works but is worth a look, ✗ wrong, - could not be found out or does not apply.',
      'The exit code is that of the worst finding: 4 key, 5 server or network, 2 settings, 3 the log cannot be',
      'reconciled with what the server says; 0 when there are only warnings.',
    ].join('\n'),
  });
  command.addOption(flag('-f, --format <format>', 'how to write what was found').choices(FORMATS));
  addConnectionFlags(command);
  command.action(perform(diagnose));
};

async function diagnose(ctx: Context, flags: DoctorFlags): Promise<ExitCode> {
  const [{ examine, FINDINGS }, { findingLine, speaksUtf8 }, { colorLevel, painter }, { safe }] = await Promise.all([
    import('./examine.js'),
    import('./findingline.js'),
    import('../terminal/color.js'),
    import('../terminal/text.js'),
  ]);
  const notes = openNotes(ctx, flags);
  const choice = flags.color === false ? 'never' : (flags.color ?? 'auto');
  const style = {
    paint: await painter(colorLevel(ctx.env, ctx.stdout, choice)),
    utf8: speaksUtf8(ctx),
    columns: ctx.stdout.columns(),
    nameWidth: Math.max(...FINDINGS.map((name) => name.length)),
  };
  const found: Finding[] = [];
  for await (const finding of examine(ctx, flags, notes)) {
    const shown = neutral(finding, safe);
    found.push(shown);
    if (flags.format !== 'json') await ctx.stdout.write(findingLine(shown, style));
  }
  if (flags.format === 'json') await ctx.stdout.write(toJson(found));
  else notes.say(summary(found));
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
