import type { ChalkInstance } from 'chalk';
import type { Context } from '../../context.js';
import type { Diagnosis, DiagnosisStatus } from '../../doctor/probe.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { type ColorChoice, colorLevel, painter } from '../../terminal/color.js';
import { safe, width } from '../../terminal/text.js';
import type { DataFormat } from '../flags/format.js';
import type { Notes } from './notes.js';

/** How and where to print findings. */
export interface FindingsOutput {
  readonly format: DataFormat | undefined;
  readonly color: ColorChoice;
  readonly notes: Notes;
}

/** Prints findings as they arrive, a line each, or all as JSON, and a summary. Returns the exit code of the worst. `names`: the names to align. */
export async function showFindings(
  ctx: Context,
  { format, color, notes }: FindingsOutput,
  findings: AsyncIterable<Diagnosis>,
  names: readonly string[],
): Promise<ExitCode> {
  const style = {
    paint: await painter(colorLevel(ctx.env, ctx.stdout, color)),
    utf8: speaksUtf8(ctx),
    columns: ctx.stdout.columns(),
    nameWidth: Math.max(...names.map((name) => name.length)),
  };
  const found: Diagnosis[] = [];
  for await (const finding of findings) {
    const shown = neutralized(finding, ctx.scrub ?? ((text) => text));
    found.push(shown);
    if (format !== 'json') await ctx.stdout.write(findingLine(shown, style));
  }
  if (format === 'json') await ctx.stdout.write(toJson(found));
  else notes.say(summary(found));
  return worst(found);
}

/** Neutralizes texts and puts each on one line. */
function neutralized(finding: Diagnosis, scrub: (text: string) => string): Diagnosis {
  const plain = (text: string) => scrub(safe(text.replace(/\s*\n\s*/g, ' ')));
  const { fact, fix } = finding;
  return { ...finding, fact: plain(fact), ...(fix === undefined || fix === '' ? {} : { fix: plain(fix) }) };
}

function toJson(found: readonly Diagnosis[]): string {
  const checks = found.map(({ name, status, fact, fix }) => ({ name, status, fact, fix: fix ?? null }));
  return `${JSON.stringify(checks, undefined, 2)}\n`;
}

function summary(found: readonly Diagnosis[]): string {
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

function worst(found: readonly Diagnosis[]): ExitCode {
  const codes = found.flatMap(({ status, exit }) => (status === 'fail' ? [exit ?? EXIT.local] : []));
  return BY_WEIGHT.find((code) => codes.includes(code)) ?? codes[0] ?? EXIT.ok;
}

interface FindingStyle {
  readonly paint: ChalkInstance;
  readonly utf8: boolean;
  /** The terminal's width in cells; 0: one line each, however long. */
  readonly columns: number;
  /** Of the longest name. */
  readonly nameWidth: number;
}

interface FindingMark {
  readonly utf8: string;
  readonly ascii: string;
  readonly colour: 'green' | 'yellow' | 'red' | 'dim';
}

const MARKS: Readonly<Record<DiagnosisStatus, FindingMark>> = {
  ok: { utf8: '✓', ascii: '+', colour: 'green' },
  warn: { utf8: '!', ascii: '!', colour: 'yellow' },
  fail: { utf8: '✗', ascii: 'x', colour: 'red' },
  skip: { utf8: '-', ascii: '-', colour: 'dim' },
};

/** Mark, name, fact and fix: on one line, or in columns on a terminal. */
function findingLine({ name, status, fact, fix }: Diagnosis, style: FindingStyle): string {
  const { paint, utf8, columns, nameWidth } = style;
  const mark = MARKS[status];
  const texts = fix === undefined ? [fact] : [fact, `${utf8 ? '→' : '->'} ${fix}`];
  const shown = utf8 ? texts : texts.map((text) => text.replaceAll('…', '...'));
  const indent = nameWidth + 4;
  const room = columns - indent - 1;
  // A very narrow terminal breaks lines by itself.
  const lines = room < 24 ? [shown.join(' ')] : shown.flatMap((text) => wrap(text, room));
  const body = lines.map((line) => (status === 'skip' ? paint.dim(line) : line)).join(`\n${' '.repeat(indent)}`);
  return `${paint[mark.colour](utf8 ? mark.utf8 : mark.ascii)} ${name.padEnd(nameWidth)}  ${body}\n`;
}

/** Wraps at spaces only. */
function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Whether the terminal shows UTF-8, according to the environment. */
function speaksUtf8({ env, platform }: Pick<Context, 'env' | 'platform'>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale) return /utf-?8/i.test(locale);
  return platform === 'darwin' || (platform === 'win32' && (env.WT_SESSION ?? '') !== '');
}
