import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Chain, chainHash } from '../manifest/chain.js';
import { layoutOf, listFiles } from '../manifest/layout.js';
import type { Manifest } from '../manifest/manifest.js';
import {
  CHAIN_FILE,
  isOfDesktop,
  isOrgFolder,
  isWorking,
  MANIFEST_ENDING,
  ORG_PART,
  ORGS_FILE,
  withoutEnding,
} from '../manifest/names.js';
import { type OrgList, readOrgList } from '../manifest/orglist.js';
import { type ReadResult, readChain } from '../manifest/read.js';
import { prunedBefore, prunedBy } from '../manifest/tombstone.js';
import type { Finding, Findings } from './finding.js';
import { checkLinks, type Linked, linksOf } from './links.js';
import { type Checked, checkManifest } from './manifest.js';

/** Checks all manifests with their files, chains, and unlisted files; in an archive, of each organization. False if nothing here is ours. */
export async function checkDirectory(directory: string, into: Findings): Promise<boolean> {
  const entries = await readdir(directory, { withFileTypes: true });
  const orgs = entries.filter((entry) => entry.isDirectory() && isOrgFolder(entry.name)).map(({ name }) => name);
  const list = await readOrgList(directory);
  if (orgs.length === 0 && list === undefined) return checkDays(directory, into);
  let isOurs = list !== undefined;
  for (const org of orgs.sort()) {
    const found = await checkDays(join(directory, org), into);
    if (!found) into.find('extra', join(directory, org), 'no manifest in it');
    isOurs ||= found;
  }
  const own = [...orgs, ...(list === undefined ? [] : [ORGS_FILE])];
  for (const { name } of entries)
    if (!own.includes(name) && !isOfDesktop(name)) into.find('extra', join(directory, name), UNLISTED);
  if (list !== undefined) checkList(directory, orgs, list, into);
  return isOurs;
}

/** Compares the folders of organizations with the list of them. */
function checkList(directory: string, orgs: readonly string[], list: ReadResult<OrgList>, into: Findings): void {
  if ('fault' in list) {
    into.find('changed', join(directory, ORGS_FILE), list.fault);
    return;
  }
  const { organizations } = list.value;
  for (const org of organizations)
    if (!orgs.includes(org)) into.find('missing', join(directory, org), `${ORGS_FILE} lists this organization`);
  for (const org of orgs)
    if (!organizations.includes(org) && !into.findings.some(({ path }) => path === join(directory, org)))
      into.find('extra', join(directory, org), `${ORGS_FILE} does not list this organization`);
}

/** The reason for an `extra`. */
export const UNLISTED = 'not listed in any manifest';

async function checkDays(directory: string, into: Findings): Promise<boolean> {
  const layout = await layoutOf(directory);
  const names = await listFiles(directory, layout);
  const manifests = names.filter((name) => name.endsWith(MANIFEST_ENDING));
  const nameOf = (path: string) => layout.readPath(withoutEnding(path));
  const isChained = names.includes(CHAIN_FILE) || manifests.some((name) => nameOf(name) !== undefined);
  if (manifests.length === 0 && !isChained) return false;

  // Tombstones first: the other manifests depend on them.
  const isTombstone = (name: string) => nameOf(name)?.kind === 'pruned';
  const byStem = new Map<string, Checked>();
  const check = async (name: string, isPruned?: (manifest: Manifest) => boolean): Promise<void> => {
    byStem.set(name.slice(0, -MANIFEST_ENDING.length), await checkManifest(join(directory, name), into, isPruned));
  };
  for (const name of manifests.filter(isTombstone)) await check(name);
  const isPruned = prunedBy(
    [...byStem.values()].flatMap(({ manifest, inOrder }) => (manifest && inOrder ? [manifest] : [])),
  );
  for (const name of manifests) if (!isTombstone(name)) await check(name, isPruned);

  for (const name of names) {
    if (name.endsWith(MANIFEST_ENDING) || name === CHAIN_FILE) continue;
    if (byStem.has(name) || isNamed(basename(name), byStem.get(withoutEnding(name)))) continue;
    const why = await extraFault(join(directory, name), basename(name), isChained);
    if (why !== undefined) into.find('extra', join(directory, name), why);
  }
  if (!isChained) return true;
  const chain = await checkChain(join(directory, CHAIN_FILE), into);
  const links = linksOf([...byStem.values()]);
  const unread = [...byStem.values()].filter(({ manifest }) => manifest === undefined).length;
  into.findings.push(...checkLinks(directory, links, chain, unread), ...checkPlace(directory, chain));
  into.chains.push(summary(directory, links, isPruned));
  return true;
}

/** Whether the manifest of the same day names this file. Invalid manifests were reported before. */
function isNamed(name: string, checked: Checked | undefined): boolean {
  if (checked === undefined) return false;
  const { manifest, inOrder } = checked;
  return !inOrder || manifest?.file?.name === name || manifest?.columnar?.name === name;
}

/** Finds a folder that was renamed to another organization. */
function checkPlace(directory: string, chain: Chain | undefined): readonly Finding[] {
  const own = chain?.identity[ORG_PART];
  if (own === undefined || own === basename(directory)) return [];
  return [{ kind: 'changed', path: directory, why: `its chain belongs to ${own}` }];
}

/** Next to a chain every file must be listed; elsewhere only files that look like exports need a manifest. */
async function extraFault(path: string, name: string, isChained: boolean): Promise<string | undefined> {
  if (isWorking(name) && (isChained || /\.partial(\.state)?$/.test(name)))
    return 'left by an export that was interrupted or is still running: run the same command again';
  if (isChained) return UNLISTED;
  const isExport = /\.(ndjson|jsonl|csv|json)(\.gz)?$/i.test(name) && (await lstat(path)).isFile();
  return isExport ? UNLISTED : undefined;
}

async function checkChain(path: string, into: Findings): Promise<Chain | undefined> {
  const seen = await lstat(path).catch(() => undefined);
  const parsed = await readChain(path);
  if (seen === undefined) into.find('missing', path, 'the record of the chain is missing');
  else if ('fault' in parsed) into.find('changed', path, parsed.fault);
  else if (chainHash(parsed.value) !== parsed.value.hash)
    into.find('changed', path, 'its hash does not match its content');
  else {
    into.expected.see(parsed.value.hash, path, 'chain');
    return parsed.value;
  }
  return undefined;
}

function summary(
  path: string,
  links: readonly Linked[],
  isPruned: (manifest: Manifest) => boolean,
): Findings['chains'][number] {
  const days = links
    .filter(({ manifest }) => manifest.kind === 'day')
    .map(({ manifest, link }) => ({ day: manifest.day, sealed: link.sealed }));
  const head = links.findLast(({ link }) => link.sealed);
  const newest = links.at(-1)?.manifest;
  const of = (status: Manifest['status']) =>
    links.filter(({ manifest: { file, ...one } }) => file !== null && one.status === status).length;
  return {
    path,
    firstDay: days[0]?.day ?? null,
    lastDay: days.at(-1)?.day ?? null,
    sealedTo: days.findLast(({ sealed }) => sealed)?.day ?? null,
    entries: links.reduce((sum, { manifest }) => sum + (isPruned(manifest) ? 0 : (manifest.file?.rows ?? 0)), 0),
    prunedBefore: prunedBefore(links.map(({ manifest }) => manifest)) ?? null,
    head: head === undefined ? null : { seq: head.link.seq, hash: head.manifest.hash },
    provider: newest?.source.provider ?? null,
    orgs: newest?.source.orgs ?? [],
    madeAt: newest?.read.endedAt ?? null,
    statuses: { verified: of('verified'), uncounted: of('uncounted'), unreconciled: of('unreconciled') },
  };
}
