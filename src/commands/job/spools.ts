import type { Context } from '../../context.js';
import { openSpool, type Spool } from '../../engine/store/spool.js';

/** Creates private temporary files for the ids of a large file. */
export function spools(ctx: Context): () => Spool {
  let made = 0;
  return () => {
    made += 1;
    return openSpool(ctx.tmp, `auditlog-${ctx.pid}-ids-${made}-${Math.floor(ctx.random() * 1e9)}.spool`);
  };
}
