import type { ChalkInstance } from 'chalk';
import type { OutputPort } from '../context/ports.js';
import type { Context } from '../context.js';
import type { Kind } from '../event.js';

export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];
/** 0: no colour; 1: 16 colours, of which all are used; 2 and 3: more, set by FORCE_COLOR. */
export type ColorLevel = 0 | 1 | 2 | 3;

/**
 * The colours of one stream: by the flag, then NO_COLOR (if not empty), FORCE_COLOR (`0` or `false`: none), CLICOLOR_FORCE (unless empty or `0`)
 * and CLICOLOR (`0`: none), then by whether it is a terminal with colours.
 */
export function colorLevel(env: Context['env'], stream: Pick<OutputPort, 'isTTY'>, choice: ColorChoice): ColorLevel {
  if (choice !== 'auto') return choice === 'always' ? 1 : 0;
  if (env.NO_COLOR) return 0;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return FORCED.get(forced) ?? 1;
  if ((env.CLICOLOR_FORCE || '0') !== '0') return 1;
  if (env.CLICOLOR === '0') return 0;
  return stream.isTTY && env.TERM !== 'dumb' ? 1 : 0;
}

const FORCED: ReadonlyMap<string, ColorLevel> = new Map([
  ['0', 0],
  ['false', 0],
  ['2', 2],
  ['3', 3],
]);

/** Loads chalk. */
export async function painter(level: ColorLevel): Promise<ChalkInstance> {
  const { Chalk } = await import('chalk');
  return new Chalk({ level });
}

/** The colours of kinds: creations green, updates blue, deletions red. The usual blue of terminals is too dark on black. */
export function kindPaints({
  green,
  blueBright,
  red,
}: ChalkInstance): Readonly<Record<Kind, (text: string) => string>> {
  return { create: green, update: blueBright, delete: red, other: (text) => text };
}
