import type { Context } from '../../context.js';
import type { ExitCode } from '../../errors.js';
import { openNotes } from '../say/notes.js';
import { type FollowFlags, readFollow } from './flags.js';
import { followLog } from './follow.js';

/** `auditlog tail` */
export async function tail(ctx: Context, flags: FollowFlags): Promise<ExitCode> {
  return followLog(ctx, readFollow(flags), openNotes(ctx, flags));
}
