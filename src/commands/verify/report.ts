import { relative } from 'node:path';
import { safeJson } from '../../json/escape.js';
import { safe } from '../../terminal/text.js';
import { FINDING_KINDS, type Finding, type Findings } from '../../verify/finding.js';
import type { Recount } from '../../verify/recount.js';
import { isBucketAddress } from '../job/place.js';
import { count } from '../say/numbers.js';

/** What verifying shows, and what it does not: part of every result. */
const SHOWS =
  'It shows, where nothing differs: each file holds what it held when its manifest was written; in a chain no day is missing and none was added.';
const SHOWS_ONLINE =
  'Counting again shows: the server has as many entries in those days as it had then, not that they are the same ones.';
const DOES_NOT_SHOW = [
  'It does not show that nobody has rewritten files and manifests together: whoever can write here can make a whole new chain, or cut off',
  'its newest end together with its record. Only the head of a chain, kept where they cannot change it (a ticket, a mail, a time stamp),',
  'tells: it must be among the hashes of the manifests here. Nor does it show that the vendor vouches for the entries: they are what its',
  'server answered, at best equal to its own count at the time that each manifest tells.',
].join('\n');

/** The name of a path in messages: the address that a copy stands for, or the path itself. */
type ShownPath = (path: string) => string;

/** The result for people: what differs, how much does not, and what that means. */
export function asText(
  found: Findings,
  findings: readonly Finding[],
  online: Recount | undefined,
  { cwd, verbose, shown }: { readonly cwd: string; readonly verbose: boolean; readonly shown: ShownPath },
): string {
  const at = (path: string) => {
    const name = shown(path);
    return safe(isBucketAddress(name) ? name : relative(cwd, name) || '.');
  };
  const items = verbose ? found.items.map(({ path, what }) => `ok       ${at(path)}: ${safe(what)}`) : [];
  const differences = findings.map(({ kind, path, why }) => `${kind.padEnd(8)} ${at(path)}: ${safe(why)}`);
  const chains = found.chains.flatMap(({ path, firstDay, lastDay, sealedTo, entries, prunedBefore, head }) => [
    `${at(path)}: ${firstDay ?? 'no day'} to ${lastDay ?? 'no day'}, ${count(entries)} entries, ${sealedTo === null ? 'nothing sealed yet' : `sealed up to ${sealedTo}`}`,
    ...(prunedBefore === null
      ? []
      : [`the files of its days before ${prunedBefore} were removed because of their age`]),
    ...(head === null ? [] : [`head of its chain: ${head.hash} (number ${head.seq})`]),
  ]);
  const counted =
    online === undefined
      ? []
      : [
          ...(online.compared.length + online.open.length === 0
            ? ['nothing could be counted again: no manifest holds a count']
            : []),
          ...(online.compared.length === 0 ? [] : [`counted again on the server: ${online.compared.join('; ')}`]),
          ...(online.open.length === 0
            ? []
            : [`counted again, only for fewer, as days of it were still open: ${online.open.join('; ')}`]),
        ];
  const meaning = [SHOWS, ...(online === undefined ? [] : [SHOWS_ONLINE]), DOES_NOT_SHOW];
  return [
    ...items,
    ...differences,
    totals(found, findings),
    ...[...found.coverage].map(safe),
    ...counted,
    ...chains,
    '',
    ...meaning,
    '',
  ].join('\n');
}

function totals({ manifests, files, doubtful }: Findings, findings: readonly Finding[]): string {
  const of = ({ all, valid }: { readonly all: number; readonly valid: number }, what: string) =>
    `${count(valid)} of ${count(all)} ${what} valid`;
  const kinds = FINDING_KINDS.flatMap((kind) => {
    const number = findings.filter((finding) => finding.kind === kind).length;
    return number === 0 ? [] : [`${count(number)} ${kind}`];
  });
  const differences = kinds.length === 0 ? 'no difference' : kinds.join(', ');
  const doubts =
    doubtful === 0
      ? ''
      : `\n${count(doubtful)} of the manifests say that the entries were not reconciled with the server`;
  return `${of(manifests, 'manifests')}, ${of(files, 'files')}: ${differences}${doubts}`;
}

/** The result for scripts. */
export function asJson(
  found: Findings,
  findings: readonly Finding[],
  online: Recount | undefined,
  shown: ShownPath,
): string {
  const { manifests, files } = found;
  const named = <T extends { readonly path: string }>(all: readonly T[]): readonly T[] =>
    all.map((one) => ({ ...one, path: shown(one.path) }));
  const result = {
    format: 'auditlog-verify-1',
    valid: findings.length === 0,
    manifests,
    files,
    findings: named(findings),
    items: named(found.items),
    coverage: [...found.coverage],
    chains: named(found.chains),
    online: online === undefined ? null : { compared: online.compared, open: online.open },
    shows: [SHOWS, ...(online === undefined ? [] : [SHOWS_ONLINE])],
    doesNotShow: DOES_NOT_SHOW.replaceAll('\n', ' '),
  };
  return `${safeJson(result, 2)}\n`;
}
