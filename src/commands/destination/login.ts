import type { Context } from '../../context.js';
import type { Destination } from '../../destinations/destination.js';
import { findDestination } from '../../destinations/index.js';
import { AuditlogError, EXIT, usageError } from '../../errors.js';
import { secretVariables } from '../../keys/find.js';
import { removeKey, saveKey } from '../../keys/save.js';
import { destinationName } from '../../keys/store.js';
import { makeDestinationSecret, type Secret } from '../../keys.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { readSecret, type SecretChoice, type SecretFlags } from '../flags/secret.js';
import { type Notes, openNotes } from '../say/notes.js';
import { openedDestination } from './check.js';

/** Reads a password or token, tries it, and then saves it. Rejects if it is wrong or the destination cannot be reached. */
export async function loginDestination(ctx: Context, flags: SecretFlags, url: string): Promise<void> {
  const notes = openNotes(ctx, flags);
  const choice = readSecret(flags);
  const { origin } = await withOrigin(ctx, url, notes);
  const secret = makeDestinationSecret(await askForSecret(ctx, choice, origin), 'standard input');
  ctx.keepSecret?.(secret.reveal());
  await trySecret(ctx, url, secret, notes);
  const { store, place } = await saveKey(ctx, { profile: destinationName(origin), origin }, secret, choice);
  notes.say(`It works. Saved in ${place}, for ${origin}.`);
  if (store === 'file' && !choice.insecure)
    notes.say('No keychain can be reached from here: the file is readable by you alone, but not encrypted.');
  const other = secretVariables('AUDITLOG_DEST_SECRET').find((name) => (ctx.env[name] ?? '') !== '');
  if (other !== undefined) notes.say(`$${other} is set and overrides the saved one.`);
}

/** Removes the saved secret of a destination, if there is one. */
export async function logoutDestination(ctx: Context, flags: GlobalFlags, url: string): Promise<void> {
  const notes = openNotes(ctx, flags);
  const { origin } = await withOrigin(ctx, url, notes);
  const removed = await removeKey(ctx, destinationName(origin));
  notes.say(
    removed === undefined
      ? `Nothing is saved for ${origin}.`
      : `Removed what was saved for ${origin} from ${removed.place}. It stays valid: revoke it where it was made.`,
  );
}

async function withOrigin(ctx: Context, url: string, notes: Notes): Promise<Destination & { readonly origin: string }> {
  const destination = await openedDestination(ctx, url, notes);
  const { origin } = destination;
  if (origin === undefined)
    throw usageError(`${destination.shown} does not use a saved password or token`, findDestination(url).secretPlaces);
  return { ...destination, origin };
}

/** Rejects only if the sign-in or the connection fails. `destination check` reports other faults, such as a missing table. */
async function trySecret(ctx: Context, url: string, secret: Secret, notes: Notes): Promise<void> {
  const none = { AUDITLOG_DEST_SECRET_FILE: undefined, AUDITLOG_DEST_SECRET_COMMAND: undefined };
  const env = { ...ctx.env, AUDITLOG_DEST_SECRET: secret.reveal(), ...none };
  const destination = await openedDestination({ ...ctx, env }, url, notes);
  for await (const { status, what, fix, exit = EXIT.server } of destination.check()) {
    if (status === 'failed' && (exit === EXIT.key || exit === EXIT.server))
      throw new AuditlogError(what.replace('$AUDITLOG_DEST_SECRET', 'standard input'), exit, fix);
  }
}

async function askForSecret(ctx: Context, { piped, mayPrompt }: SecretChoice, origin: string): Promise<string> {
  if (piped && !ctx.stdin.isTTY) return (await ctx.stdin.readAll(65_536)).toString('utf8');
  if (ctx.stdin.isTTY && mayPrompt) return ctx.stdin.readHidden(`Password or token for ${origin} (not shown): `);
  throw usageError(
    !mayPrompt && ctx.stdin.isTTY
      ? '--no-input: cannot ask for the password or token'
      : 'cannot ask for the password or token: standard input is not a terminal',
    'To read it from there: auditlog destination login URL --with-token < file',
  );
}
