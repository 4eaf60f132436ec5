import { join } from 'node:path';
import { orgFolders } from '../../archive/orgs.js';
import type { Definition } from '../../collect/definition.js';
import { type CollectorFolder, orgFolder } from '../../collect/paths.js';
import { forgetOrgCheckpoint } from '../../collect/state/checkpoint.js';
import type { Context } from '../../context.js';
import type { Destination } from '../../destinations/destination.js';
import { findDestination, openDestination, schemeOf } from '../../destinations/index.js';
import type { Hearing } from '../../http/outbound.js';
import type { Provider } from '../../providers/provider.js';
import { openSchema } from '../../schemas/index.js';
import type { Schema } from '../../schemas/schema.js';
import type { Notes } from '../say/notes.js';

interface Delivering {
  readonly definition: Definition;
  readonly folder: CollectorFolder;
  readonly notes: Notes;
}

/** Sends no request. Rejects with a usage error for a destination that is impossible. */
export async function openDestinationOf(
  ctx: Context,
  { definition, folder }: Pick<Delivering, 'definition' | 'folder'>,
  provider: Provider,
  hears?: Hearing,
): Promise<{ readonly destination: Destination; readonly schema: Schema | undefined }> {
  const { dest, schema: chosen } = definition;
  const { schema: own } = findDestination(dest);
  const name = chosen?.name ?? own;
  const schema = name && (await openSchema(name, { provider, version: chosen?.version ?? undefined }));
  const directory = join(folder.path, 'destination');
  return { destination: await openDestination(ctx, dest, { provider, schema, directory, hears }), schema };
}

/** Forgets what was delivered to a directory that is now empty or gone. */
export async function forgetIfEmptied(running: Delivering): Promise<void> {
  const { dest } = running.definition;
  if (schemeOf(dest) === '' && (await orgFolders(dest)).length === 0) await forgetDelivered(running);
}

/** Forgets what was delivered, so that all of it is delivered again, and says so. */
export async function forgetDelivered({ definition, folder, notes }: Delivering): Promise<void> {
  const { dest, connection } = definition;
  const forgotten = await Promise.all(
    connection.orgs.map((org) => forgetOrgCheckpoint(folder.files, orgFolder(folder, org))),
  );
  if (forgotten.includes(true)) notes.insist(`${dest} is empty: delivering everything again`);
}
