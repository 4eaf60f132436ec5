import type { Context } from '../../context.js';
import { connect, DEFAULT_PROFILE } from '../../profile.js';
import { safe } from '../../terminal/text.js';
import { openNotes } from '../say/notes.js';
import type { PlaceFlags } from './login.js';
import { tryKey } from './try.js';

export interface KeyStatusFlags extends PlaceFlags {
  readonly offline?: boolean;
}

/** Shows which key is used, and unless `offline` whether it works. Rejects, after what is known was shown, with a `keyError` when there is none or it does not work. */
export async function showKeyStatus(ctx: Context, flags: KeyStatusFlags): Promise<void> {
  const notes = openNotes(ctx, flags);
  const connection = await connect(ctx, flags);
  const show = (name: string, value: string) => ctx.stdout.write(`${name.padEnd(13)} ${safe(value)}\n`);
  await show('Profile', connection.profile ?? DEFAULT_PROFILE);
  await show('API', `${connection.base.href.replace(/\/$/, '')} (${connection.provider.title})`);
  await show('Organization', connection.orgs.join(', '));
  const key = await connection.key().catch(async (error: unknown) => {
    await show('Key', 'none that can be used');
    throw error;
  });
  await show('Key', `${key.hint} from ${key.from}`);
  if (flags.offline === true) return;
  try {
    await tryKey(ctx, connection, notes);
  } catch (error) {
    await show('Works', ctx.signal.aborted ? 'not known' : 'no');
    throw error;
  }
  await show('Works', 'yes');
}
