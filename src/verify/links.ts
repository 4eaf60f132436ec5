import { join } from 'node:path';
import type { Chain } from '../manifest/chain.js';
import type { ChainLink, Manifest } from '../manifest/manifest.js';
import { CHAIN_FILE } from '../manifest/names.js';
import { addDays } from '../time.js';
import type { Finding } from './finding.js';
import type { Checked } from './manifest.js';

export interface Linked {
  readonly path: string;
  readonly manifest: Manifest;
  readonly link: ChainLink;
}

/** The links of manifests, in the order of their numbers. */
export function linksOf(checked: readonly Checked[]): readonly Linked[] {
  return checked
    .flatMap(({ path, manifest }): Linked[] => (manifest?.chain ? [{ path, manifest, link: manifest.chain }] : []))
    .sort((a, b) => a.link.seq - b.link.seq);
}

/** Checks that manifests follow one another, up to the end in the record of the chain. `unread`: the number of unreadable manifests. */
export function checkLinks(
  directory: string,
  links: readonly Linked[],
  chain: Chain | undefined,
  unread: number,
): readonly Finding[] {
  return [
    ...checkNumbers(directory, links, chain, unread),
    ...links.flatMap((link, at) => checkOrder(link, links[at - 1])),
    ...checkDays(directory, links),
    ...(chain === undefined ? [] : checkEnd(join(directory, CHAIN_FILE), links, chain)),
  ];
}

/** Maximum number of missing numbers to report: a damaged chain may claim any number. */
const MANY = 100;

function checkNumbers(
  directory: string,
  links: readonly Linked[],
  chain: Chain | undefined,
  unread: number,
): readonly Finding[] {
  const end = Math.max(links.at(-1)?.link.seq ?? 0, chain?.tip.seq ?? 0);
  const seqs = new Set(links.map(({ link }) => link.seq));
  const missing: number[] = [];
  for (let seq = 1; seq <= end && missing.length <= MANY; seq += 1) if (!seqs.has(seq)) missing.push(seq);
  // Unreadable manifests were reported before.
  if (missing.length <= unread) return [];
  const gap = (why: string): Finding => ({ kind: 'gap', path: directory, why });
  const told = missing.slice(0, MANY).map((seq) => gap(`no manifest with number ${seq} in the chain`));
  return missing.length > MANY ? [...told, gap('more numbers of the chain have no manifest')] : told;
}

function checkOrder({ path, link }: Linked, before: Linked | undefined): readonly Finding[] {
  const changed = (why: string): Finding => ({ kind: 'changed', path, why });
  const found: Finding[] = [];
  if (link.seq === before?.link.seq) found.push(changed(`it has the same number in the chain as ${before.path}`));
  else if (link.seq === (before?.link.seq ?? 0) + 1 && link.prev !== (before?.manifest.hash ?? null))
    found.push(changed('it does not follow from the manifest before it in the chain'));
  if (link.sealed && before?.link.sealed === false) found.push(changed('it is sealed, but one before it is not'));
  return found;
}

/** Reports missing days, unless a missing number explains them. */
function checkDays(directory: string, links: readonly Linked[]): readonly Finding[] {
  const found: Finding[] = [];
  let before: { readonly day: string; readonly at: number } | undefined;
  for (const [at, { manifest, link }] of links.entries()) {
    if (manifest.kind !== 'day' || manifest.day === null) continue;
    const { day } = manifest;
    const isWhole = before !== undefined && link.seq - links[before.at]!.link.seq === at - before.at;
    if (before !== undefined && isWhole && day !== addDays(before.day, 1))
      found.push({ kind: 'gap', path: directory, why: `${day} follows ${before.day} in the chain` });
    before = { day, at };
  }
  return found;
}

function checkEnd(path: string, links: readonly Linked[], { tip, sealed, days }: Chain): readonly Finding[] {
  const last = links.at(-1);
  if (last === undefined || last.link.seq < tip.seq) return [];
  if (last.link.seq > tip.seq) return [{ kind: 'extra', path: last.path, why: 'it is after the end of the chain' }];
  const lastSealed = links.findLast(({ link }) => link.sealed);
  const own = links.flatMap(({ manifest: { kind, day } }) => (kind === 'day' && day !== null ? [day] : []));
  const facts: readonly (readonly [boolean, string])[] = [
    [last.manifest.hash === tip.hash, 'it names another manifest as the last'],
    [
      lastSealed?.link.seq === sealed?.seq && lastSealed?.manifest.hash === sealed?.hash,
      'it names another sealed manifest as the last',
    ],
    [own[0] === days.first && own.at(-1) === days.last, 'it names other days as the first and the last'],
  ];
  return facts.flatMap(([holds, why]): Finding[] => (holds ? [] : [{ kind: 'changed', path, why }]));
}
