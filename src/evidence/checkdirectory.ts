import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chain, chainHash } from './chain.js';
import { checkLinks, type Linked, linksOf } from './checklinks.js';
import { type Checked, checkManifest, readSmall } from './checkmanifest.js';
import type { Finding, Findings } from './finding.js';
import { CHAIN_FILE, isWorking, MANIFEST_ENDING, readStem } from './names.js';
import { parseChain } from './parse.js';

/** Checks everything in a directory: each manifest with its file, the chain if it has one, and that nothing else is there. False: there is nothing of ours in it. */
export async function checkDirectory(directory: string, into: Findings): Promise<boolean> {
  const names = (await readdir(directory)).sort();
  const manifests = names.filter((name) => name.endsWith(MANIFEST_ENDING));
  const isChained = names.includes(CHAIN_FILE) || manifests.some((name) => readStem(manifestStem(name)) !== undefined);
  if (manifests.length === 0 && !isChained) return false;

  const checked: Checked[] = [];
  for (const name of manifests) checked.push(await checkManifest(join(directory, name), into));
  const byStem = new Map(checked.map((one) => [one.stem, one]));
  for (const name of names) {
    if (name.endsWith(MANIFEST_ENDING) || name === CHAIN_FILE) continue;
    if (byStem.has(name) || isNamed(name, byStem.get(dataStem(name)))) continue;
    const why = await extraFault(join(directory, name), name, isChained);
    if (why !== undefined) into.findings.push({ kind: 'extra', path: join(directory, name), why });
  }
  if (!isChained) return true;
  const chain = await readChain(join(directory, CHAIN_FILE), into);
  const links = linksOf(checked);
  const unread = checked.filter(({ manifest }) => manifest === undefined).length;
  into.findings.push(...checkLinks(directory, links, chain, unread));
  into.chains.push(summary(directory, links));
  return true;
}

function manifestStem(name: string): string {
  return name.slice(0, -MANIFEST_ENDING.length);
}

/** A name without the ending of a data file. */
function dataStem(name: string): string {
  return name.replace(/\.(ndjson|csv|json)(\.gz)?$/, '');
}

/** Whether the manifest of the same day names this file; one that is not in order was told of already. */
function isNamed(name: string, manifest: Checked | undefined): boolean {
  return manifest !== undefined && (!manifest.inOrder || manifest.manifest?.file?.name === name);
}

/** Where there is a chain, nothing else may be; elsewhere only what looks like an export must have a manifest. */
async function extraFault(path: string, name: string, isChained: boolean): Promise<string | undefined> {
  if (isWorking(name) && (isChained || /\.partial(\.state)?$/.test(name)))
    return 'left by an export that has not finished, or is still running: run the same command again';
  if (isChained) return 'no manifest speaks of it';
  const isExport = /\.(ndjson|jsonl|csv|json)(\.gz)?$/i.test(name) && (await lstat(path)).isFile();
  return isExport ? 'no manifest speaks of it' : undefined;
}

async function readChain(path: string, { findings }: Findings): Promise<Chain | undefined> {
  const find = (kind: Finding['kind'], why: string) => findings.push({ kind, path, why });
  const seen = await lstat(path).catch(() => undefined);
  if (seen === undefined) {
    find('missing', 'the record of the chain is not there');
    return undefined;
  }
  const parsed = await readSmall(path, parseChain);
  if ('fault' in parsed) {
    find('changed', parsed.fault);
    return undefined;
  }
  if (chainHash(parsed.value) !== parsed.value.hash) {
    find('changed', 'its hash is not that of what it says');
    return undefined;
  }
  return parsed.value;
}

function summary(path: string, links: readonly Linked[]): Findings['chains'][number] {
  const days = links
    .filter(({ manifest }) => manifest.kind === 'day')
    .map(({ manifest, link }) => ({ day: manifest.day, sealed: link.sealed }));
  const head = links.findLast(({ link }) => link.sealed);
  return {
    path,
    firstDay: days[0]?.day ?? null,
    lastDay: days.at(-1)?.day ?? null,
    sealedTo: days.findLast(({ sealed }) => sealed)?.day ?? null,
    entries: links.reduce((sum, { manifest }) => sum + (manifest.file?.rows ?? 0), 0),
    head: head === undefined ? null : { seq: head.link.seq, hash: head.manifest.hash },
  };
}
