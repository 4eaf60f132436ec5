import type { AccessAnswer, AccessBreak, AccessRow } from '../../access/answer.js';
import { BREAK_MEANS, breakText, byText } from '../../access/columns.js';
import type { EventMark } from '../../access/people.js';
import type { Zone } from '../../time.js';
import type { ReportAccess } from '../facts.js';
import { personName } from '../people.js';
import { breakable, html, type Markup } from './markup.js';
import { counted, grouped, localTime } from './words.js';

/** Maximum number of rows on paper. */
const SHOWN = 500;
const SHOWN_BREAKS = 50;

/** Who has which role at the end of the range, and the log's contradictions. */
export function accessSection(facts: ReportAccess, zone: Zone): Markup {
  return html`<section id="access" aria-labelledby="access-title">
<h2 id="access-title">Access</h2>
${'why' in facts ? html`<p class="none">${facts.why}</p>` : accessBody(facts, zone)}
</section>`;
}

function accessBody({ answer, at, doubts }: Exclude<ReportAccess, { readonly why: string }>, zone: Zone): Markup {
  const { rows, unknown, moves, begins, unclear, late } = answer;
  const begun = begins === undefined ? '' : `; the log begins on ${localTime(begins, zone).slice(0, 10)}`;
  return html`<p class="sub">Who had which role at ${localTime(at, zone)}, replayed from ${counted(moves, 'event')} that give, change or take access${begun}.</p>
${doubts.map((doubt) => html`<p class="note">${doubt}</p>`)}
${unclear.length > 0 && html`<p class="note">${counted(unclear.length, 'other event')} may change roles but ${unclear.length === 1 ? 'does' : 'do'} not say whose: ${marksText(unclear)}.</p>`}
${late.length > 0 && html`<p class="note">${counted(late.length, 'event')} came late, after the day had been closed: an earlier answer may differ.</p>`}
${rolesOf(rows)}
<article id="holders" aria-labelledby="holders-title"><h3 id="holders-title">Roles <span class="count">${grouped(rows.length)}</span></h3>${rows.length === 0 ? html`<p class="none">No event says who has which role.</p>` : holders(rows, zone)}</article>
<article id="unknown" aria-labelledby="unknown-title"><h3 id="unknown-title">Role not known <span class="count">${grouped(unknown.length)}</span></h3>${
    unknown.length === 0
      ? html`<p class="none">The log says the role of everybody who acts in it.</p>`
      : html`<p class="sub">These people are in the log, and no event says their role: they may have any.</p>${holders(unknown, zone)}`
  }</article>
${breaksOf(answer, zone)}`;
}

/** `admin 3, member 12`. */
function rolesOf(rows: readonly AccessRow[]): Markup | false {
  const counts = new Map<string, number>();
  for (const { role = '' } of rows) counts.set(role, (counts.get(role) ?? 0) + 1);
  if (counts.size === 0 || counts.size > 6) return false;
  return html`<dl class="figures few">${[...counts].map(([role, count]) => html`<div><dt>${role}</dt><dd>${grouped(count)}</dd></div>`)}</dl>`;
}

function holders(rows: readonly AccessRow[], zone: Zone): Markup {
  const hasScope = rows.some(({ scope }) => scope !== '');
  const shown = rows.slice(0, SHOWN);
  const line = ({ person, role, scope, since, lastActed }: AccessRow) => {
    const { main, detail } = personName(person);
    return html`<tr><td class="text">${breakable(main)}${detail !== '' && html`<small>${breakable(detail)}</small>`}</td><td class="text">${role ?? 'not known'}</td>${hasScope && html`<td class="text">${scope}</td>`}<td class="time">${timeOf(since, zone) ?? 'before the log says'}</td><td class="text">${since === undefined ? '–' : breakable(byText(since) ?? '–')}</td><td class="time">${timeOf(lastActed, zone) ?? 'never'}</td></tr>`;
  };
  return html`<table class="list"><thead><tr><th scope="col">Person</th><th scope="col">Role</th>${hasScope && html`<th scope="col">In</th>`}<th scope="col">Since</th><th scope="col">Given by</th><th scope="col">Last seen acting</th></tr></thead><tbody>${shown.map(line)}</tbody></table>${rows.length > shown.length && html`<p class="more">The first ${grouped(shown.length)} of ${grouped(rows.length)}. All of them: <code>auditlog access</code></p>`}`;
}

function breaksOf({ breaks, breakCount }: AccessAnswer, zone: Zone): Markup {
  const shown = breaks.slice(-SHOWN_BREAKS).reverse();
  const line = (found: AccessBreak) =>
    html`<tr><td class="text">${breakable(personName(found.person).main)}</td><td class="text">${breakText(found)}</td><td class="text">${markText(found.before, zone)}</td><td class="text">${markText(found.after, zone)}</td></tr>`;
  return html`<article id="breaks" aria-labelledby="breaks-title"><h3 id="breaks-title">Breaks in the log <span class="count">${grouped(breakCount)}</span></h3>${
    breakCount === 0
      ? html`<p class="none">No two events contradict each other.</p>`
      : html`<p class="sub">${BREAK_MEANS}</p><table class="list"><thead><tr><th scope="col">Person</th><th scope="col">Break</th><th scope="col">Earlier event</th><th scope="col">Later event</th></tr></thead><tbody>${shown.map(line)}</tbody></table>${breakCount > shown.length && html`<p class="more">The newest ${grouped(shown.length)} of ${grouped(breakCount)}. All of them: <code>auditlog access --breaks</code></p>`}`
  }</article>`;
}

function timeOf(mark: EventMark | undefined, zone: Zone): string | undefined {
  return mark && localTime(mark.time, zone).slice(0, 16);
}

/** The actions of some events. */
function marksText(marks: readonly EventMark[]): string {
  const actions = [...new Set(marks.map(({ action }) => action))];
  return actions.slice(0, 5).join(', ') + (actions.length > 5 ? ' and others' : '');
}

function markText(mark: EventMark, zone: Zone): string {
  return `${timeOf(mark, zone) ?? ''} ${mark.action}`;
}
