import { join } from 'node:path';
import type { Clock } from '../../src/context.js';
import { NOW, ROOT, run } from '../helpers/world.js';
import { terminalSvg } from './svg.js';

/** A picture of the docs: what is typed in a terminal of that width. */
export interface Picture {
  readonly name: string;
  readonly line: string;
  readonly columns: number;
}

export const PICTURES: readonly Picture[] = [
  { name: 'table-80', line: 'list --demo -n 10', columns: 80 },
  { name: 'table-120', line: 'list --demo -n 10', columns: 120 },
  { name: 'show', line: 'show --demo --latest --action member.role_changed', columns: 100 },
  { name: 'heatmap', line: 'stats --demo --by weekday,hour --from 90d --tz Europe/Oslo', columns: 100 },
];

export const FOLDER = join(ROOT, 'docs/pictures');

/** A clock that stands: what is printed must not depend on how fast this machine is. */
const STANDING: Clock = { now: () => NOW, monotonic: () => performance.now(), sleep: async () => undefined };

export async function pictureOf({ line, columns }: Picture): Promise<string> {
  // In continuous integration no line redraws itself.
  const env = { CI: '1', COLORTERM: 'truecolor' };
  const { code, stdout, stderr } = await run(line, { tty: { columns, rows: 60 }, env, clock: STANDING });
  if (code !== 0) throw new Error(`${line} exits with ${code}: ${stderr}`);
  // The demo's server has a clock that goes on.
  const printed = `${stdout.trimEnd()}\n${stderr}`
    .replace(/T14:0\d:\d\dZ/g, 'T14:00:00Z')
    .replace(/14:0\d UTC/g, '14:00 UTC');
  return terminalSvg(`auditlog ${line}`, printed, columns);
}
