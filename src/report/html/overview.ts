import { KINDS } from '../../event.js';
import { HOURS, NOBODY, NONE, WEEKDAYS } from '../../stats/dimensions.js';
import type { Counted, CountedGroup } from '../../stats/tally.js';
import { describeHours } from '../../time.js';
import { newGroups, type SeenName } from '../before.js';
import { columnsOf, columnText, KIND_WORDS, timeChart } from '../charts/overtime.js';
import type { Scales } from '../charts/scales.js';
import { weekChart, weekOf } from '../charts/week.js';
import type { ReportFacts } from '../facts.js';
import type { ReportNumbers } from '../gather.js';
import { type BarRow, barTable } from './bars.js';
import { html, type Markup } from './markup.js';
import { counted, grouped, rangeText } from './words.js';

/** Maximum number of rows in a ranking. */
const TOP = 10;
/** Maximum number of rows of new values. */
const MOST_NEW = 15;

export function overviewSection(facts: ReportFacts, gathered: ReportNumbers, scales: Scales): Markup {
  const labelOfAction = ({ keys: [key = ''] }: CountedGroup) => facts.labelOf(key);
  const { counts, total, untimed, lumped, review } = gathered;
  const { zone, range, hours } = facts;
  const columns = columnsOf(gathered, range, zone);
  const week = weekOf(counts.week);
  const people = counts.people.groups.filter(({ keys }) => keys[0] !== NOBODY).length;
  const kinds = new Map(counts.kinds.groups.map(({ keys, count }) => [keys[0], count]));
  return html`<section id="overview" aria-labelledby="overview-title">
<h2 id="overview-title">Overview</h2>
<dl class="figures">${[
    figure('Events', total),
    figure('People', people),
    figure('Different actions', counts.actions.groups.length),
    figure('Countries', named(counts.countries).length),
    figure('Deletions', kinds.get('delete') ?? 0),
    figure('Changes outside business hours', review.outside.total),
  ]}</dl>
${untimed > 0 && html`<p class="note">${counted(untimed, 'event')} without a valid time: not in the charts over time.</p>`}
${lumped > 0 && html`<p class="note">There are more groups than can be told apart: ${counted(lumped, 'event is', 'events are')} in no group, so the largest groups may not be the ones shown.</p>`}
<figure><figcaption><h3>Events by ${columns.unit}</h3><ul class="legend">${KINDS.map((kind) => html`<li><span class="swatch s-${kind}"></span>${KIND_WORDS[kind]}</li>`)}</ul></figcaption>
${timeChart(columns, zone, scales)}
<details class="numbers"><summary>Events by ${columns.unit}, as a table</summary><div class="scroll"><table><thead><tr><th scope="col">${unitWord(columns.unit)}</th>${KINDS.map((kind) => html`<th scope="col" class="num">${KIND_WORDS[kind]}</th>`)}<th scope="col" class="num">Total</th></tr></thead><tbody>${columns.columns
    .filter((column) => column.total > 0)
    .map(
      (column) =>
        html`<tr><th scope="row">${columnText(column.start, columns.unit, zone)}</th>${KINDS.map((kind) => html`<td class="num">${grouped(column.counts[kind])}</td>`)}<td class="num">${grouped(column.total)}</td></tr>`,
    )}</tbody></table></div></details></figure>
<div class="pair">${barTable({ title: 'By category', what: 'Category', total, ...ranked(counts.categories) })}${barTable(
    {
      title: 'By kind',
      what: 'Kind',
      total,
      rows: KINDS.map((kind) => ({ name: KIND_WORDS[kind], count: kinds.get(kind) ?? 0, tint: kind })),
    },
  )}</div>
<figure><figcaption><h3>Weekday and hour</h3><p class="sub">Outlined: business hours, ${describeHours(hours)}</p></figcaption>
${weekChart(week, hours, scales)}
<details class="numbers"><summary>Weekday and hour, as a table</summary><div class="scroll"><table><thead><tr><th scope="col">Day</th>${HOURS.map((hour) => html`<th scope="col" class="num">${hour}</th>`)}</tr></thead><tbody>${WEEKDAYS.map((day, row) => html`<tr><th scope="row">${day}</th>${week[row]!.map((count) => html`<td class="num">${grouped(count)}</td>`)}</tr>`)}</tbody></table></div></details></figure>
<div class="pair">${barTable({ title: 'Most active people', what: 'Person', total, ...ranked(counts.people) })}${barTable({ title: 'Most frequent actions', what: 'Action', total, ...ranked(counts.actions, labelOfAction) })}</div>
<div class="pair">${barTable({ title: 'Countries', what: 'Country', total, ...ranked(counts.countries) })}${barTable({ title: 'Sources', what: 'Source', total, ...ranked(counts.sources) })}</div>
${newSection(facts, gathered)}
</section>`;
}

function unitWord(unit: string): string {
  return unit.charAt(0).toUpperCase() + unit.slice(1);
}

function figure(name: string, value: number): Markup {
  return html`<div><dt>${name}</dt><dd>${grouped(value)}</dd></div>`;
}

/** Groups with a value. */
function named({ groups }: Counted): readonly CountedGroup[] {
  return groups.filter(({ keys }) => keys[0] !== NONE);
}

function ranked(
  counts: Counted,
  nameOf: (group: CountedGroup) => string = labelOf,
): {
  readonly rows: readonly BarRow[];
  readonly rest: { groups: number; count: number };
} {
  const all = [...counts.groups].sort((a, b) => b.count - a.count || (labelOf(a) < labelOf(b) ? -1 : 1));
  const rest = all.slice(TOP);
  return {
    rows: all.slice(0, TOP).map((group) => ({ name: nameOf(group), count: group.count })),
    rest: { groups: rest.length, count: rest.reduce((sum, { count }) => sum + count, 0) },
  };
}

function labelOf({ labels: [label = NONE] }: CountedGroup): string {
  return label === NONE ? 'not given' : label;
}

const NEW_TITLES: Readonly<Record<SeenName, string>> = {
  actions: 'Actions',
  people: 'People',
  countries: 'Countries',
  addresses: 'Addresses',
};

/** What is new compared with the period before. */
function newSection(facts: ReportFacts, gathered: ReportNumbers): Markup {
  const { before, zone } = facts;
  const head = html`<h3 id="new">New in this period</h3>`;
  if ('why' in before) return html`<div class="new">${head}<p class="none">${before.why}</p></div>`;
  const lists = (Object.keys(NEW_TITLES) as SeenName[]).map((name) => {
    const groups = newGroups(gathered, before.seen, name);
    const rest = groups.length - MOST_NEW;
    return html`<div><h4>${NEW_TITLES[name]} <span class="count">${grouped(groups.length)}</span></h4>${
      groups.length === 0
        ? html`<p class="none">Nothing new.</p>`
        : html`<ul>${groups.slice(0, MOST_NEW).map((group) => html`<li><span>${name === 'actions' ? facts.labelOf(group.keys[0] ?? '') : labelOf(group)}</span><span class="num">${grouped(group.count)}</span></li>`)}${rest > 0 && html`<li class="rest">${grouped(rest)} more</li>`}</ul>`
    }</div>`;
  });
  return html`<div class="new">${head}<p class="sub">Not seen in the period before, ${rangeText(before.range, zone)} (${counted(before.seen.total, 'event')}). The numbers count the events of this period.</p>${before.doubts.map((doubt) => html`<p class="note">${doubt}</p>`)}<div class="four">${lists}</div></div>`;
}
