import type { OutboundSignIn } from '../http/outbound.js';
import { secretFromEnv } from '../keys/find.js';
import { destinationName, findSavedKey, type KeyWorld } from '../keys/store.js';
import { makeDestinationSecret, type Secret } from '../keys.js';

/** The hint for a missing or misplaced secret. */
export const SECRET_PLACES =
  'To save it: auditlog destination login URL\nOr set AUDITLOG_DEST_SECRET, or AUDITLOG_DEST_SECRET_FILE to the path of a private file';

type SecretWorld = KeyWorld & { readonly keepSecret?: (secret: string) => void };

/** The secret in `$AUDITLOG_DEST_SECRET_FILE`, of the command in `$AUDITLOG_DEST_SECRET_COMMAND`, in `$AUDITLOG_DEST_SECRET`, or saved for this origin (such as `https://host:8443`). Undefined without one: some destinations need none. Rejects with a `keyError` for an unusable one. */
export async function destinationSecret(world: SecretWorld, origin: string): Promise<Secret | undefined> {
  const given = await secretFromEnv(world, 'AUDITLOG_DEST_SECRET', makeDestinationSecret);
  const saved = given === undefined ? await findSavedKey(world, destinationName(origin)) : undefined;
  const secret = given ?? (saved?.origin === origin ? await saved.read() : undefined);
  if (secret !== undefined) world.keepSecret?.(secret.reveal());
  return secret;
}

/** Signs in with a secret, and where that is refused, with the one that has taken its place by then. */
export function renewable(
  world: SecretWorld,
  origin: string,
  secret: Secret | undefined,
  signInWith: (secret: Secret | undefined) => OutboundSignIn,
): OutboundSignIn {
  return {
    ...signInWith(secret),
    again: async () => {
      const next = await destinationSecret(world, origin);
      const isSame = next === undefined || next.reveal() === secret?.reveal();
      return isSame ? undefined : renewable(world, origin, next, signInWith);
    },
  };
}
