import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays } from '../time.js';
import { type Chain, chainHash } from './chain.js';
import { type Checked, checkManifest, readSmall } from './checkmanifest.js';
import type { Finding, Findings } from './finding.js';
import type { ChainLink, Manifest } from './manifest.js';
import { CHAIN_FILE, isWorking, MANIFEST_ENDING, readStem } from './names.js';
import { parseChain } from './parse.js';

/** Checks everything in a directory: each manifest with its file, the chain if it has one, and that nothing else is there. False: there is nothing of ours in it. */
export async function checkDirectory(directory: string, into: Findings): Promise<boolean> {
  const names = (await readdir(directory)).sort();
  const manifests = names.filter((name) => name.endsWith(MANIFEST_ENDING));
  const isChained = names.includes(CHAIN_FILE) || names.some((name) => readStem(stemOfFile(name)) !== undefined);
  if (manifests.length === 0 && !isChained) return false;

  const checked: Checked[] = [];
  for (const name of manifests) checked.push(await checkManifest(join(directory, name), into));
  const spoken = new Set(checked.map(({ stem }) => stem));
  for (const name of names) {
    if (name.endsWith(MANIFEST_ENDING) || name === CHAIN_FILE) continue;
    const isSpokenOf = spoken.has(name) || (readStem(stemOfFile(name)) !== undefined && isNamed(name, checked));
    if (isSpokenOf) continue;
    const why = await extraFault(join(directory, name), name, isChained);
    if (why !== undefined) into.findings.push({ kind: 'extra', path: join(directory, name), why });
  }
  if (isChained) await checkChain(directory, checked, into);
  return true;
}

/** A name without the ending of a data file. */
function stemOfFile(name: string): string {
  return name.replace(/\.(ndjson|csv|json)(\.gz)?$/, '');
}

/** Whether the manifest of that stem names this file; one that is not in order was told of already. */
function isNamed(name: string, checked: readonly Checked[]): boolean {
  const own = checked.find(({ stem }) => stem === stemOfFile(name));
  return own !== undefined && (!own.inOrder || own.manifest?.file?.name === name);
}

/** Where there is a chain, nothing else may be; elsewhere only what looks like an export must have a manifest. */
async function extraFault(path: string, name: string, isChained: boolean): Promise<string | undefined> {
  if (isWorking(name) && (isChained || /\.partial(\.state)?$/.test(name)))
    return 'left by an export that has not finished, or is still running: run the same command again';
  if (isChained) return 'no manifest speaks of it';
  const isExport = /\.(ndjson|jsonl|csv|json)(\.gz)?$/i.test(name) && (await lstat(path)).isFile();
  return isExport ? 'no manifest speaks of it' : undefined;
}

type Linked = { readonly path: string; readonly manifest: Manifest; readonly link: ChainLink };

async function checkChain(directory: string, checked: readonly Checked[], into: Findings): Promise<void> {
  const path = join(directory, CHAIN_FILE);
  const find = (kind: Finding['kind'], at: string, why: string) => into.findings.push({ kind, path: at, why });
  const links = checked
    .flatMap(({ path: at, manifest }): Linked[] =>
      manifest?.chain ? [{ path: at, manifest, link: manifest.chain }] : [],
    )
    .sort((a, b) => a.link.seq - b.link.seq);
  const unread = checked.filter(({ manifest }) => manifest === undefined).length;
  const chain = await readChain(path, find);
  const end = Math.max(links.at(-1)?.link.seq ?? 0, chain?.tip.seq ?? 0);

  const seqs = new Set(links.map(({ link }) => link.seq));
  const missing: number[] = [];
  for (let seq = 1; seq <= end && missing.length <= MANY; seq += 1) if (!seqs.has(seq)) missing.push(seq);
  // A manifest that cannot be read was told of already.
  if (missing.length > unread) {
    for (const seq of missing.slice(0, MANY)) find('gap', directory, `no manifest with number ${seq} in the chain`);
    if (missing.length > MANY) find('gap', directory, 'and more numbers of the chain have no manifest');
  }

  let before: Linked | undefined;
  let dayBefore: string | undefined;
  for (const one of links) {
    const { manifest, link } = one;
    const follows = link.seq === (before?.link.seq ?? 0) + 1;
    if (before !== undefined && link.seq === before.link.seq)
      find('changed', one.path, `its number in the chain is that of ${before.path}`);
    else if (follows && link.prev !== (before?.manifest.hash ?? null))
      find('changed', one.path, 'it does not follow from the manifest before it in the chain');
    if (before !== undefined && link.sealed && !before.link.sealed)
      find('changed', one.path, 'it is sealed, and one before it is not');
    if (manifest.kind === 'day' && manifest.day !== null) {
      if (follows && dayBefore !== undefined && manifest.day !== addDays(dayBefore, 1))
        find('gap', directory, `${manifest.day} follows ${dayBefore} in the chain`);
      dayBefore = manifest.day;
    } else if (!follows) dayBefore = undefined;
    before = one;
  }

  if (chain !== undefined) {
    const last = links.at(-1);
    const lastSealed = links.findLast(({ link }) => link.sealed);
    if (last !== undefined && last.link.seq > chain.tip.seq)
      find('extra', last.path, 'it stands after the end of the chain');
    else if (last !== undefined && last.link.seq === chain.tip.seq && last.manifest.hash !== chain.tip.hash)
      find('changed', path, 'it ends with another manifest');
    else if (
      lastSealed !== undefined &&
      lastSealed.link.seq === chain.sealed?.seq &&
      lastSealed.manifest.hash !== chain.sealed.hash
    )
      find('changed', path, 'it names another sealed manifest as the last');
    else if (
      last !== undefined &&
      last.link.seq === chain.tip.seq &&
      (lastSealed?.link.seq ?? 0) !== (chain.sealed?.seq ?? 0)
    )
      find('changed', path, 'it names another sealed manifest as the last');
  }
  into.chains.push(summary(directory, links));
}

const MANY = 100;

async function readChain(
  path: string,
  find: (kind: Finding['kind'], path: string, why: string) => void,
): Promise<Chain | undefined> {
  const seen = await lstat(path).catch(() => undefined);
  if (seen === undefined) {
    find('missing', path, 'the record of the chain is not there');
    return undefined;
  }
  const parsed = await readSmall(path, parseChain);
  if ('fault' in parsed) {
    find('changed', path, parsed.fault);
    return undefined;
  }
  if (chainHash(parsed.value) !== parsed.value.hash) {
    find('changed', path, 'its hash is not that of what it says');
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
