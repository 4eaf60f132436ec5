import { relative } from 'node:path';
import { safeJson } from '../../json/escape.js';
import { safe } from '../../terminal/text.js';
import type { ExpectedHash, HashMatch } from '../../verify/expect.js';
import { FINDING_KINDS, type Finding, type Findings } from '../../verify/finding.js';
import type { Recount } from '../../verify/recount.js';
import { isBucketAddress } from '../job/place.js';
import { count } from '../say/numbers.js';
import { describeChain, describedFile, describeFile, describeReport } from './describe.js';

/** What verifying shows, and what it does not: part of every result. */
const SHOWS =
  'No difference means that nothing changed since the manifests were written, and that no day of a chain is missing.';
const SHOWS_ONLINE =
  'The same count online means that the server has as many events as before, not that they are the same ones.';
const DOES_NOT_SHOW =
  'It does not show who wrote them: compare a hash that you were sent another way (--expect). Details: docs/explanation/evidence.md';

/** The name of a path in messages: for a copy its address. */
type ShownPath = (path: string) => string;

/** The findings, here and on the server. */
export interface VerifyResult {
  readonly found: Findings;
  readonly findings: readonly Finding[];
  readonly online: Recount | undefined;
}

/** The result for people: what each file is, what differs, and what that means. */
export async function asText(
  { found, findings, online }: VerifyResult,
  { cwd, verbose, shown }: { readonly cwd: string; readonly verbose: boolean; readonly shown: ShownPath },
): Promise<string> {
  const at = (path: string) => {
    const name = shown(path);
    return safe(isBucketAddress(name) ? name : relative(cwd, name) || '.');
  };
  const items = verbose ? found.items.map(({ path, what }) => `${at(path)}: ok: ${safe(what)}`) : [];
  const differences = findings.flatMap(({ kind, path, why, details = [] }) => [
    `${at(path)}: ${kind}: ${safe(why)}`,
    ...(verbose ? details.map((detail) => `  ${safe(detail)}`) : []),
  ]);
  // The description is not of the file as it is now.
  const heading = (path: string) =>
    `${at(path)}${findings.some((finding) => finding.path === path) ? ', as its manifest describes the original:' : ''}`;
  const files = await Promise.all(
    found.described.map(async (file) => [
      heading(file.path.replace(/\.manifest\.json$/, '')),
      ...(await describeFile(file)).map((line) => `  ${safe(line)}`),
    ]),
  );
  const reports = await Promise.all(
    found.reports.map(async (report) => [
      at(report.path),
      ...(await describeReport(report)).map((line) => `  ${safe(line)}`),
    ]),
  );
  const chains = found.chains.map((chain) => [
    `${at(chain.path)}`,
    ...describeChain(chain).map((line) => `  ${safe(line)}`),
  ]);
  const meaning = [SHOWS, ...(online === undefined ? [] : [SHOWS_ONLINE]), DOES_NOT_SHOW];
  return [
    ...items,
    ...differences,
    totals(found, findings),
    ...found.expected.results().map((one) => expectedWords(one, at)),
    ...[...found.coverage].map(safe),
    ...(online === undefined ? [] : countedWords(online)),
    ...[...files, ...reports, ...chains].flat(),
    '',
    ...(found.manifests.all === 0 ? [] : [...meaning, '']),
  ].join('\n');
}

function countedWords({ compared, open }: Recount): readonly string[] {
  if (compared.length + open.length === 0) return ['not compared with the server: no manifest holds a count'];
  return [
    ...(compared.length === 0 ? [] : [`compared with the server: ${compared.join('; ')}`]),
    ...(open.length === 0 ? [] : [`compared for missing events only, some days were not over: ${open.join('; ')}`]),
  ];
}

function expectedWords({ hash, matches }: ExpectedHash, at: ShownPath): string {
  if (matches.length === 0) return `${hash}: no match: nothing here has this hash`;
  return `${hash}: matches ${matches.map((match) => matchWords(match, at)).join(', ')}`;
}

function matchWords({ path, what }: HashMatch, at: ShownPath): string {
  return what === 'file' || what === 'manifest file' ? at(path) : `the ${OWNERS[what]} ${at(path)}`;
}

const OWNERS: Readonly<Record<Exclude<HashMatch['what'], 'file' | 'manifest file'>, string>> = {
  events: 'events in',
  'unpacked file': 'unpacked content of',
  manifest: 'hash recorded in',
  chain: 'hash recorded in',
};

function totals({ manifests, files, doubtful }: Findings, findings: readonly Finding[]): string {
  if (manifests.all === 0 && findings.length === 0)
    return `Compared ${several(files.all, 'file')} with --expect only: no manifest is beside ${files.all === 1 ? 'it' : 'them'}.`;
  const kinds = FINDING_KINDS.flatMap((kind) => {
    const number = findings.filter((finding) => finding.kind === kind).length;
    return number === 0 ? [] : [`${count(number)} ${kind}`];
  });
  const checked = `Checked ${several(manifests.all, 'manifest')} and ${several(files.all, 'file')}`;
  const doubts =
    doubtful === 0
      ? ''
      : `\n${several(doubtful, 'manifest')} ${doubtful === 1 ? 'records' : 'record'} an incomplete export.`;
  return `${checked}: ${kinds.length === 0 ? 'no difference' : kinds.join(', ')}.${doubts}`;
}

function several(number: number, what: string): string {
  return `${count(number)} ${what}${number === 1 ? '' : 's'}`;
}

/** The result for scripts. */
export function asJson({ found, findings, online }: VerifyResult, shown: ShownPath): string {
  const { manifests, files, expected } = found;
  const named = <T extends { readonly path: string }>(all: readonly T[]): readonly T[] =>
    all.map((one) => ({ ...one, path: shown(one.path) }));
  const matched = expected.results().map(({ hash, matches }) => ({ hash, matches: named(matches) }));
  const result = {
    format: 'auditlog-verify-1',
    valid: findings.length === 0 && matched.every(({ matches }) => matches.length > 0),
    manifests,
    files,
    findings: named(findings),
    items: named(found.items),
    coverage: [...found.coverage],
    described: named(found.described.map(describedFile)),
    reports: named(found.reports.map(({ path, record, sha256 }) => ({ path, sha256, record }))),
    chains: named(found.chains),
    expected: matched,
    online: online === undefined ? null : { compared: online.compared, open: online.open },
    shows: [SHOWS, ...(online === undefined ? [] : [SHOWS_ONLINE])],
    doesNotShow: DOES_NOT_SHOW,
  };
  return `${safeJson(result, 2)}\n`;
}
