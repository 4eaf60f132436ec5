import type { ChalkInstance } from 'chalk';
import type { Context } from '../../context.js';
import type { Finding, FindingStatus } from '../../engine/probe.js';
import { width } from '../../terminal/text.js';

/** How findings are shown. */
export interface FindingStyle {
  readonly paint: ChalkInstance;
  readonly utf8: boolean;
  /** The terminal's width in cells; 0: one line each, however long. */
  readonly columns: number;
  /** Of the longest name. */
  readonly nameWidth: number;
}

interface Mark {
  readonly utf8: string;
  readonly ascii: string;
  readonly colour: 'green' | 'yellow' | 'red' | 'dim';
}

const MARKS: Readonly<Record<FindingStatus, Mark>> = {
  ok: { utf8: '✓', ascii: '+', colour: 'green' },
  warn: { utf8: '!', ascii: '!', colour: 'yellow' },
  fail: { utf8: '✗', ascii: 'x', colour: 'red' },
  skip: { utf8: '-', ascii: '-', colour: 'dim' },
};

/** A finding, whose texts are safe, as a mark, its name, the fact and the fix: one line, or what fits side by side on a terminal. */
export function findingLine({ name, status, fact, fix }: Finding, style: FindingStyle): string {
  const { paint, utf8, columns, nameWidth } = style;
  const mark = MARKS[status];
  const texts = fix === undefined ? [fact] : [fact, `${utf8 ? '→' : '->'} ${fix}`];
  const shown = utf8 ? texts : texts.map((text) => text.replaceAll('…', '...'));
  const indent = nameWidth + 4;
  const room = columns - indent - 1;
  // Too narrow a terminal breaks lines by itself.
  const lines = room < 24 ? [shown.join(' ')] : shown.flatMap((text) => wrap(text, room));
  const body = lines.map((line) => (status === 'skip' ? paint.dim(line) : line)).join(`\n${' '.repeat(indent)}`);
  return `${paint[mark.colour](utf8 ? mark.utf8 : mark.ascii)} ${name.padEnd(nameWidth)}  ${body}\n`;
}

/** Breaks between words only. */
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

/** Whether the terminal's characters are UTF-8, as far as the environment tells. */
export function speaksUtf8({ env, platform }: Pick<Context, 'env' | 'platform'>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (locale) return /utf-?8/i.test(locale);
  return platform === 'darwin' || (platform === 'win32' && (env.WT_SESSION ?? '') !== '');
}
