import { join } from 'node:path';
import type { Delivery, DeliveryBatch, StreamDelivery } from '../../destinations/destination.js';
import { isText, objectOf } from '../../json/is.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import { type CollectorFolder, orgFolder } from '../paths.js';
import { loadCollectorFile, saveCollectorFile } from '../state/file.js';

const FILE = 'organization.json';
const isNamed = objectOf({ id: isText });

export interface NamedOptions {
  readonly folder: CollectorFolder;
  /** As it was asked for. */
  readonly org: string;
  readonly provider: Provider;
}

/**
 * Delivers under the id of the organization. Where only the vendor's word for the organization of the key was asked for, that is the id in
 * the first entry that names one, from then on: an entry has the same organization however often it is delivered.
 */
export function namedDelivery(delivery: Delivery, { folder, org, provider }: NamedOptions): Delivery {
  const isWord = org === '' || org === provider.defaultOrg;
  if (delivery.kind === 'files' || !isWord) return delivery;
  const path = join(orgFolder(folder, org), FILE);
  let known: Promise<string | undefined> | undefined;
  const load = async (): Promise<string | undefined> => {
    const found = await loadCollectorFile(folder.files, path, isNamed);
    return found === undefined || found === 'damaged' ? undefined : found.id;
  };
  const learn = async (entries: DeliveryBatch['entries']): Promise<string | undefined> => {
    for (const entry of entries) {
      const id = toEvent(provider, entry).org?.id;
      if (id === undefined || id === '') continue;
      await saveCollectorFile(folder.files, path, { id });
      return id;
    }
    return undefined;
  };
  const named: StreamDelivery = {
    kind: 'stream',
    put: async ({ entries, refuse }) => {
      known ??= load();
      const before = await known;
      const id = before ?? (await learn(entries));
      known = Promise.resolve(id);
      await delivery.put({ org: id ?? org, entries, ...(refuse === undefined ? {} : { refuse }) });
    },
    flush: () => delivery.flush(),
    close: () => delivery.close(),
  };
  return named;
}
