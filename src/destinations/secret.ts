import { secretFromEnv } from '../keys/find.js';
import { destinationName, findSavedKey, type KeyWorld } from '../keys/store.js';
import { makeDestinationSecret, type Secret } from '../keys.js';

/** The hint wherever a secret is missing or in the wrong place. */
export const SECRET_PLACES =
  'Save it apart: auditlog destination login URL. Or set AUDITLOG_DEST_SECRET, or AUDITLOG_DEST_SECRET_FILE to the path of a private file.';

/**
 * The password or token of a destination: from the file named by `$AUDITLOG_DEST_SECRET_FILE`, else from `$AUDITLOG_DEST_SECRET`, else the one saved for this
 * origin (scheme, host and port, such as `https://host:8443`). Undefined without one: some destinations need none. Rejects with a `keyError` for an unusable one.
 */
export async function destinationSecret(
  world: KeyWorld & { readonly keepSecret?: (secret: string) => void },
  origin: string,
): Promise<Secret | undefined> {
  const secret = await findSecret(world, origin);
  if (secret !== undefined) world.keepSecret?.(secret.reveal());
  return secret;
}

async function findSecret(world: KeyWorld, origin: string): Promise<Secret | undefined> {
  const given = await secretFromEnv(world, 'AUDITLOG_DEST_SECRET', makeDestinationSecret);
  if (given !== undefined) return given;
  const saved = await findSavedKey(world, destinationName(origin));
  return saved?.origin === origin ? saved.read() : undefined;
}
