import type { Context } from '../../context.js';
import type { Spool } from '../../engine/store/spool.js';

/** Makes private files to put ids aside in while a large file is read. */
export async function spools(ctx: Context): Promise<() => Spool> {
  const { openSpool } = await import('../../engine/store/spool.js');
  let made = 0;
  return () => {
    made += 1;
    return openSpool(ctx.tmp, `auditlog-${ctx.pid}-ids-${made}-${Math.floor(ctx.random() * 1e9)}.spool`);
  };
}
