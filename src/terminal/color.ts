import type { ChalkInstance } from 'chalk';
import type { OutputPort } from '../context/ports.js';
import type { Context } from '../context.js';
import type { Kind } from '../event.js';

export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];
/** 0: no colour; 1: the 16 colours that we use; 2 and 3: more, asked for by FORCE_COLOR and never needed. */
export type ColorLevel = 0 | 1 | 2 | 3;

/**
 * Whether one stream gets colours. The flag decides, then NO_COLOR (when not empty), then FORCE_COLOR (`0` or `false`:
 * none), then whether the stream is a terminal that can. Ask for each stream by itself.
 */
export function colorLevel(env: Context['env'], stream: Pick<OutputPort, 'isTTY'>, choice: ColorChoice): ColorLevel {
  if (choice !== 'auto') return choice === 'always' ? 1 : 0;
  if (env.NO_COLOR) return 0;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return FORCED.get(forced) ?? 1;
  return stream.isTTY && env.TERM !== 'dumb' ? 1 : 0;
}

const FORCED: ReadonlyMap<string, ColorLevel> = new Map([
  ['0', 0],
  ['false', 0],
  ['2', 2],
  ['3', 3],
]);

/** Chalk at that level, loaded when first needed. */
export async function painter(level: ColorLevel): Promise<ChalkInstance> {
  const { Chalk } = await import('chalk');
  return new Chalk({ level });
}

/** What each kind is painted with: creations green, updates blue, deletions red. */
export function kindPaints({ green, blue, red }: ChalkInstance): Readonly<Record<Kind, (text: string) => string>> {
  return { create: green, update: blue, delete: red, other: (text) => text };
}
