import { describeHours } from '../../time.js';
import type { Completeness, ReportFacts, TableFacts } from '../facts.js';
import type { ReportNumbers } from '../gather.js';
import { html, type Markup } from './markup.js';
import { counted, grouped, localTime, rangeText } from './words.js';

const STATUS: Readonly<Record<Completeness, { readonly word: string; readonly mark: string }>> = {
  complete: { word: 'Complete', mark: '✓' },
  incomplete: { word: 'Incomplete', mark: '!' },
  uncounted: { word: 'Not counted by the vendor', mark: '–' },
};

/** Of an export, its own manifest says how complete it is. */
const FROM_EXPORT = { word: 'Read from an export', mark: '–' };

/** The first page: what the report covers, whether it is complete, and how to check it. */
export function coverSection(
  facts: ReportFacts,
  gathered: Pick<ReportNumbers, 'total' | 'first' | 'last'>,
  table: TableFacts,
): Markup {
  const { title, vendor, organizations, zone, filters, hours, source, madeBy, madeAt, version } = facts;
  const { total, first, last } = gathered;
  const period = periodText(facts);
  const { word, mark } =
    facts.readAt === undefined && facts.completeness === 'uncounted' ? FROM_EXPORT : STATUS[facts.completeness];
  const rows: readonly (readonly [name: string, value: Markup | string | undefined])[] = [
    ['Vendor', vendor],
    [organizations.length > 1 ? 'Organizations' : 'Organization', organizations.join(', ') || undefined],
    ['Range', period],
    ['Time zone', zone.name],
    ['Coverage', facts.coverage],
    ['Filters', filters ?? 'None: every event of the range'],
    ['Business hours', describeHours(hours)],
    ['Events', grouped(total)],
    ['First event', first === undefined ? undefined : localTime(first, zone)],
    ['Last event', last === undefined ? undefined : localTime(last, zone)],
    ['Read from', source],
    ['Prepared by', madeBy],
    ['Prepared at', localTime(madeAt, zone)],
    ['Made with', `auditlog ${version}`],
  ];
  const [claim = '', ...more] = facts.claims;
  return html`<section id="cover" class="cover" aria-labelledby="title">
<p class="eyebrow">${vendor}${organizations.length > 0 && html` · ${organizations.slice(0, 3).join(', ')}`}</p>
<h1 id="title">${title}</h1>
<p class="period">${period}</p>
<div class="status ${facts.completeness}"><span class="mark" aria-hidden="true">${mark}</span><div><p class="word">${word}</p><p>${withoutWord(claim)}</p>${more.length > 0 && html`<ul>${more.map((line) => html`<li>${line.replace(/^- /, '')}</li>`)}</ul>`}</div></div>
<dl class="facts">${rows.map(([name, value]) => value !== undefined && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<div class="proof"><h2>How to verify</h2>
<p>This file holds ${heldText(table, total)}, as the vendor wrote ${table.rows === 1 ? 'it' : 'them'}. Their SHA-256, one event a line:</p>
<p class="hash"><code>${table.sha256}</code></p>
<p>To check the events and this page: <code class="command">auditlog verify FILE.html</code></p>
<p>Without this program, on Linux (on macOS, with <code>shasum -a 256</code> at its end):</p>
<pre class="command">${BY_HAND}</pre>
<p>On Windows: save the events with the button above the table, then in PowerShell: <code class="command">Get-FileHash events.ndjson</code></p>
<p>This shows that nothing was changed in part. To show that nobody made a whole new report, keep the SHA-256 of the file where it cannot be changed, such as a ticket.</p></div>
</section>`;
}

/** The range as it was read: a log that goes on ends when it was read. */
function periodText({ range: { from, before }, readAt, zone }: ReportFacts): string {
  return rangeText({ from, before: before ?? readAt }, zone, readAt === undefined ? 'export' : 'log');
}

/** The command that prints the hash of the events. They are lines of plain base64 in the file. */
export const BY_HAND =
  "sed -n '/^BEGIN EVENTS$/,/^END EVENTS$/p' FILE.html | sed '1d;$d' | base64 -d | gunzip | sha256sum";

/** The heading has the status already. */
function withoutWord(claim: string): string {
  const rest = claim.replace(/^(?:in)?complete: /i, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function heldText({ which, rows }: TableFacts, total: number): string {
  if (which === 'all') return total === 1 ? 'the event' : `all ${counted(total, 'event')}`;
  const kind = which === 'newest' ? 'the newest' : 'the newest reviewed';
  return `${kind} ${grouped(rows)} of ${counted(total, 'event')}`;
}
