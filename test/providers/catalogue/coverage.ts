import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allLogs } from '../../../src/providers/logs.js';
import type { Provider } from '../../../src/providers/provider.js';
import { ROOT } from '../../helpers/world.js';
import { USES, type UseName } from './uses.js';

const DOCUMENT = join(ROOT, 'docs/reference/provider-files.md');
const [BEGIN, END] = ['<!-- coverage: made by npm run providers -->', '<!-- end of coverage -->'];

/** Whether the documents are to be written, as `npm run providers` does, and not compared. */
export const IS_WRITING = process.env.AUDITLOG_WRITE_DOCS === '1';

export type Outcomes = Readonly<Record<UseName, string | undefined>>;

/** The line of a vendor in the coverage table: what its file gives against the server that it describes. */
export function coverageRow(provider: Provider, outcomes: Outcomes): string {
  const { name, title, total, logs } = provider;
  const { dates } = allLogs(provider);
  const marks = USES.map((use) => (outcomes[use] === undefined ? 'yes' : 'no'));
  const notes = [
    ...(logs === undefined ? [] : [`${Object.keys(logs).length} logs`]),
    ...(dates.from === undefined && dates.search === undefined ? ['no range'] : []),
    ...(total === undefined ? [] : ['counts']),
  ];
  return `| [${title}](../providers/${name}.md) | ${[...marks, notes.join(', ')].join(' | ')} |`;
}

/** The lines of the table in the document, by the vendor's name. */
export function readCoverage(): ReadonlyMap<string, string> {
  const { rows } = parts();
  return new Map(rows.map((row) => [/\(\.\.\/providers\/([^)]+)\.md\)/.exec(row)?.[1] ?? row, row]));
}

/** Writes lines of the table; those of vendors that are `known` no more are removed. */
export function writeCoverage(rows: ReadonlyMap<string, string>, known: readonly string[]): void {
  const { before, after } = parts();
  const all = new Map([...readCoverage(), ...rows]);
  const lines = known.flatMap((name) => all.get(name) ?? []);
  const head = [`| vendor | ${USES.join(' | ')} | |`, `|---|${USES.map(() => '---|').join('')}---|`];
  writeFileSync(DOCUMENT, [before, BEGIN, ...head, ...lines, END + after].join('\n'));
}

function parts(): { readonly before: string; readonly rows: readonly string[]; readonly after: string } {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from === -1 || to === -1) throw new Error(`${DOCUMENT} has no place for the coverage table`);
  const inside = text
    .slice(from + BEGIN.length, to)
    .trim()
    .split('\n');
  return { before: `${text.slice(0, from).trimEnd()}\n`, rows: inside.slice(2), after: text.slice(to + END.length) };
}

/** The part of the document between the marks of a name. */
export function readSection(name: string): string {
  const { from, to, text } = sectionOf(name);
  return text.slice(from, to).trim();
}

export function writeSection(name: string, section: string): void {
  const { from, to, text } = sectionOf(name);
  writeFileSync(DOCUMENT, `${text.slice(0, from)}\n${section}\n${text.slice(to)}`);
}

function sectionOf(name: string): { readonly from: number; readonly to: number; readonly text: string } {
  const text = readFileSync(DOCUMENT, 'utf8');
  const mark = `<!-- ${name}: made by npm run providers -->`;
  const [from, to] = [text.indexOf(mark), text.indexOf(`<!-- end of ${name} -->`)];
  if (from === -1 || to === -1) throw new Error(`${DOCUMENT} has no place for ${name}`);
  return { from: from + mark.length, to, text };
}
