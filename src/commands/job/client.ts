import type { Context } from '../../context.js';
import { type Client, openClient } from '../../http/client.js';
import type { Secret } from '../../keys.js';
import type { Connection } from '../../profile.js';
import type { Notes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import { noteRotation } from '../say/rotation.js';

export interface NotingClientOptions {
  /** False if a progress line shows waits already. */
  readonly noteWaits?: boolean;
  /** Called once if the server's clock differs from ours, in ms. */
  readonly onSkew?: (skew: number) => void;
  /** Called with the key whose refresh token replaces the sent one; absent: a note is printed. */
  readonly onRotation?: (key: Secret) => void;
}

/** A client that reports waits for the server and, with `--debug`, each request. */
export function openNotingClient(
  ctx: Context,
  connection: Connection,
  notes: Notes,
  { noteWaits = true, onSkew, onRotation }: NotingClientOptions,
): Client {
  return openClient(ctx, connection, {
    ...(notes.debug === undefined ? {} : { debug: notes.debug }),
    ...(onSkew === undefined ? {} : { onSkew }),
    onRotation: onRotation ?? (() => noteRotation(notes, connection.provider.title)),
    onWait: (wait) => {
      if (wait !== undefined && noteWaits) notes.say(`${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
    },
  });
}
