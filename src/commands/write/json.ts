import type { Context } from '../../context.js';
import { safeJson } from '../../json/escape.js';

/** Prints a value as indented JSON. */
export async function writeJson(ctx: Context, value: unknown): Promise<void> {
  await ctx.stdout.write(`${safeJson(value, 2)}\n`);
}
