import type { ReadingOptions, Verdict } from '../../engine/source.js';
import type { AboutWorkbook } from '../../formats/xlsx/sheets.js';
import { logNames } from '../../providers/logs.js';
import { describeQuery } from '../../query.js';
import { formatInstant } from '../../time.js';
import { VERSION } from '../../version.js';
import { type Job, recordedQuery } from '../job/job.js';
import { count } from './numbers.js';
import { claimed, coverageWords } from './verdict.js';

/** What the sheet *About* says besides the facts of the job. */
export interface AboutSource {
  readonly verdict: () => Verdict;
  readonly order: Pick<ReadingOptions, 'limit' | 'page'>;
  /** Epoch ms. */
  readonly now: () => number;
  /** What it says of who has access; undefined: not asked for. */
  readonly access: string | undefined;
}

/** The sheet *About* of a workbook: its content, its source, and how to verify it. */
export function aboutWorkbook(job: Job, { verdict: read, order, now, access }: AboutSource): AboutWorkbook {
  return ({ events, changes, cutCells, ndjson, organizations }) => {
    const verdict = read();
    const { connection, zone, input } = job;
    const { provider, base, orgs, direct } = connection;
    const asked = describeQuery({ ...recordedQuery(job), from: undefined, before: undefined }, zone);
    const named = organizations.length > 0 ? organizations : orgs;
    const covered = coverageWords(verdict.coverage).join(' ');
    return [
      ['Audit log', provider.title],
      ...(provider.logs === undefined ? [] : ([['Logs', logNames(provider).join(', ')]] as const)),
      [named.length > 1 ? 'Organizations' : 'Organization', named.join(', ')],
      ['Source', input ?? (direct === true ? 'demo: made-up events' : base.origin)],
      ['Range', rangeWords(job, verdict.at || now())],
      ['Filters', asked === 'everything' ? 'none' : asked],
      ...(order.limit === undefined
        ? []
        : ([['Selection', `the ${count(order.limit)} newest events, page ${order.page ?? 1}`]] as const)),
      ['Time zone', `${zone.name}; times are shown to the second`],
      ['Events', events],
      ['Changes', changes],
      ['Verdict', claimed(verdict, 'Exported')],
      ['Coverage', covered === '' ? 'nothing known that limits the range' : covered],
      ...(access === undefined && provider.access === undefined ? [] : [['Access', access ?? NO_ACCESS] as const]),
      [
        'Cut cells',
        cutCells === 0 ? 'none' : `${count(cutCells)} cells were longer than 32,767 characters and are cut`,
      ],
      ...(job.pseudonyms === undefined
        ? []
        : ([
            [
              'Pseudonyms',
              `people have pseudonyms, of the key ${job.pseudonyms.fingerprint}\nSHA-256 of the entries as they were, as NDJSON: ${job.pseudonyms.originals()}`,
            ],
          ] as const)),
      ['Made', { time: now() }],
      ['Made by', `auditlog ${VERSION}`],
      ['SHA-256 as NDJSON', ndjson],
      ['How to verify', HOW_TO_VERIFY],
    ];
  };
}

const NO_ACCESS = 'not asked for: auditlog export --access adds who has which role';

/** A range without an end ends when it was read. */
function rangeWords({ query: { from, before }, zone }: Job, readAt: number): string {
  const time = (ms: number) => formatInstant(ms, zone).slice(0, 19).replace('T', ' ');
  const first = from === undefined ? 'the beginning of the log' : time(from);
  return `${first} until ${time(before === undefined ? readAt : Math.min(before, readAt))} (${zone.name})`;
}

const HOW_TO_VERIFY = [
  'Keep this file as it is: a spreadsheet program that saves it changes its bytes.',
  'With FILE.xlsx.manifest.json beside it: auditlog verify FILE.xlsx',
  'Without: export the same events again with -f ndjson and compare the SHA-256 of the output with the one above.',
].join('\n');
