import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gathered } from '../days/gathered.js';
import { usageError } from '../errors.js';
import { canonicalJson } from '../manifest/canonical.js';
import { type ChainIdentity, otherParts } from '../manifest/identity.js';
import { PARTITIONED, pathOf } from '../manifest/layout.js';
import { CHAIN_FILE, isOrgFolder, MANIFEST_ENDING, ORG_PART } from '../manifest/names.js';
import { readChain, readManifest } from '../manifest/read.js';
import { toEvent } from '../providers/event/normalize.js';
import type { Provider } from '../providers/provider.js';

/** The folders of organizations in an archive, sorted; none if there is no archive yet. */
export async function orgFolders(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isOrgFolder(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** The folders of an archive by name: read once, then kept up to date by every function that adds a folder. */
export type KnownFolders = Map<string, KnownFolder>;

export interface KnownFolder {
  readonly identity: ChainIdentity;
  /** The hint of the key that read its newest entries. */
  readonly key: string | undefined;
}

export async function readKnownFolders(root: string): Promise<KnownFolders> {
  const known: KnownFolders = new Map();
  for (const folder of await orgFolders(root)) {
    const path = join(root, folder);
    const chain = await readChain(join(path, CHAIN_FILE));
    if (!('value' in chain)) continue;
    const { identity, days } = chain.value;
    const newest = pathOf(PARTITIONED, { kind: 'day', day: days.last, number: undefined });
    const manifest = await readManifest(join(path, `${newest}${MANIFEST_ENDING}`));
    known.set(folder, { identity, key: 'value' in manifest ? manifest.value.source.key : undefined });
  }
  return known;
}

/**
 * Returns the folder of an organization's entries. An organization that has a folder keeps it. Otherwise the folder is named after the id in its
 * entries, or else after the requested id. If that is only an alias for the key's own organization, the name is a hash of its identity.
 */
export async function orgFolder(
  gathered: Gathered,
  asked: string,
  provider: Provider,
  known: KnownFolders,
): Promise<string> {
  const told = asFolder(await toldOrg(gathered, provider));
  const named = asked === provider.defaultOrg ? undefined : asFolder(asked);
  const { key } = gathered.ending.run.source;
  const unnamed = `org=key-${digits(gathered.ending.folder, key)}`;
  const own = [...known].flatMap(([folder, { identity }]) => (isFor(identity, gathered.ending.folder) ? [folder] : []));
  if (told !== undefined && own.includes(told)) return told;
  // Requested by its own id, it is the same organization whatever its entries say. Requested by the alias, it is the same only if it never had an
  // entry.
  const earlier = named === undefined ? own.find((folder) => folder === unnamed) : own[0];
  const byKey = own.length > 1 ? own.filter((folder) => known.get(folder)?.key === key) : own;
  return earlier ?? told ?? named ?? onlyOne(byKey, own) ?? unnamed;
}

/** The identity of the chain in a folder. */
export function identityIn(folder: string, identity: ChainIdentity): ChainIdentity {
  return { ...identity, [ORG_PART]: folder };
}

function isFor({ [ORG_PART]: _, ...there }: ChainIdentity, here: ChainIdentity): boolean {
  return otherParts(there, here).length === 0;
}

function asFolder(org: string | undefined): string | undefined {
  const folder = `org=${org ?? ''}`;
  return isOrgFolder(folder) ? folder : undefined;
}

/** The id in the first entry that has one. */
async function toldOrg(gathered: Gathered, provider: Provider): Promise<string | undefined> {
  for (const place of gathered.days.values()) {
    for await (const batch of gathered.read(place)) {
      for (const entry of batch) {
        const id = toEvent(provider, entry).org?.id;
        if (id !== undefined) return id;
      }
      break;
    }
  }
  return undefined;
}

/** If no entry names the organization, a single candidate is used. */
function onlyOne(likely: readonly string[], all: readonly string[]): string | undefined {
  if (likely.length === 1 || all.length === 0) return likely[0];
  throw usageError(
    `cannot tell whose log this is: it may be that of ${all.join(' or ')}`,
    'Name the organization: --org ID. Or use an archive for each key',
  );
}

function digits(identity: ChainIdentity, key: string): string {
  const text = `${canonicalJson(identity)}\n${key}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
