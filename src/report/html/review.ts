import { describeHours, type Zone } from '../../time.js';
import type { ReportFacts } from '../facts.js';
import type { Named } from '../people.js';
import { BURST, type Burst } from '../review/bursts.js';
import type { OutsideWork } from '../review/outside.js';
import type { ListedSection, Review, ReviewList, ReviewRow } from '../review/review.js';
import { SECTIONS, type SectionName } from '../review/sections.js';
import { breakable, html, type Markup } from './markup.js';
import { counted, grouped, localTime } from './words.js';

/** The title of each section, and its text if it is empty. */
export const SECTION_WORDS: Readonly<Record<SectionName, { readonly title: string; readonly none: string }>> = {
  roles: { title: 'Role changes', none: 'No role or permission changed.' },
  members: { title: 'Members joined, removed and offboarded', none: 'Nobody joined, was invited, removed or left.' },
  keys: { title: 'API keys and connections', none: 'No key, token or connection was created or deleted.' },
  settings: { title: 'Settings and SSO', none: 'No setting, policy, domain or single sign-on changed.' },
  bursts: {
    title: 'Deletions in bursts',
    none: `Nobody deleted ${BURST.deletions} things or more within ${BURST.minutes} minutes.`,
  },
  outside: { title: 'Changes outside business hours', none: 'Nothing was changed outside business hours.' },
  failed: { title: 'Failed and denied', none: 'Nothing failed.' },
};

/** Maximum number of rows on paper. */
const SHOWN = 50;
const SHOWN_PEOPLE = 20;

export function reviewSection(facts: ReportFacts, review: Review): Markup {
  const numbers = SECTIONS.map((name) => ({ name, number: numberOf(review, name), ...SECTION_WORDS[name] }));
  const { zone } = facts;
  return html`<section id="review" aria-labelledby="review-title">
<h2 id="review-title">What a reviewer asks first</h2>
<ul class="summary">${numbers.map(({ name, title, number }) => html`<li class="${number === 0 ? 'zero' : 'some'}"><a href="#${name}"><span class="number">${grouped(number)}</span> <span>${title}</span></a></li>`)}</ul>
${numbers.map(
  ({ name, title, number, none }) =>
    html`<article id="${name}" aria-labelledby="${name}-title"><h3 id="${name}-title">${title} <span class="count">${grouped(number)}</span></h3>${
      number === 0
        ? html`<p class="none">${name === 'failed' && !review.tellsFailures ? 'This log does not say whether something failed.' : none}</p>`
        : bodyOf(name, review, facts)
    }</article>`,
)}
${review.lumped > 0 && html`<p class="note">${counted(review.lumped, 'deletion')} could not be compared by the minute: there were too many.</p>`}
</section>`;

  function bodyOf(name: SectionName, found: Review, { hours }: ReportFacts): Markup {
    if (name === 'bursts') return burstTable(found.bursts, zone);
    if (name === 'outside')
      return html`<p class="sub">Creations, changes and deletions outside of ${describeHours(hours)}.</p>${outsideTable(found.outside.people, zone)}`;
    return listTable(name, found.lists[name], zone);
  }
}

export function numberOf(review: Review, name: SectionName): number {
  if (name === 'bursts') return review.bursts.length;
  if (name === 'outside') return review.outside.total;
  return review.lists[name].count;
}

interface ReviewColumn {
  readonly heading: string;
  readonly cell: (row: ReviewRow, zone: Zone) => Markup | string;
  readonly tone?: string;
}

const TIME: ReviewColumn = { heading: 'Time', cell: ({ time }, zone) => timeCell(time, zone), tone: 'time' };
const WHO: ReviewColumn = { heading: 'By', cell: ({ who }) => twoLines(who), tone: 'who' };
const WHAT: ReviewColumn = { heading: 'What', cell: ({ label }) => label };
const ON: ReviewColumn = { heading: 'On', cell: ({ on }) => twoLines(on) };
const FROM: ReviewColumn = {
  heading: 'From',
  cell: ({ place }) => (place === '' ? '–' : breakable(place)),
  tone: 'place',
};
const ROLE: ReviewColumn = {
  heading: 'Old → new role',
  tone: 'change',
  cell: ({ role }) =>
    role === undefined
      ? html`<span class="none">not in the entry</span>`
      : html`<span class="old">${role.before ?? 'not given'}</span> <span class="arrow">→</span> <span class="now">${role.after ?? 'none'}</span>`,
};

const COLUMNS: Readonly<Record<ListedSection, readonly ReviewColumn[]>> = {
  roles: [TIME, { ...ON, heading: 'Whose' }, ROLE, WHAT, WHO],
  members: [TIME, WHAT, { ...ON, heading: 'Who' }, WHO, FROM],
  keys: [TIME, WHAT, ON, WHO, FROM],
  settings: [TIME, WHAT, ON, WHO, FROM],
  failed: [TIME, WHAT, ON, WHO, FROM],
};

function listTable(name: ListedSection, { rows, count }: ReviewList, zone: Zone): Markup {
  const columns = COLUMNS[name];
  const shown = rows.slice(0, SHOWN);
  return html`<table class="list l-${name}"><thead><tr>${columns.map(({ heading }) => html`<th scope="col">${heading}</th>`)}</tr></thead><tbody>${shown.map((row) => html`<tr>${columns.map(({ cell, tone }) => html`<td class="${tone ?? 'text'}">${cell(row, zone)}</td>`)}</tr>`)}</tbody></table>${more(name, shown.length, count, 'newest')}`;
}

function twoLines({ main, detail }: Named): Markup | string {
  if (main === '') return '–';
  return detail === '' ? breakable(main) : html`${breakable(main)}<small>${breakable(detail)}</small>`;
}

/** The number of further events, and where to see them. */
function more(name: SectionName, shown: number, count: number, which: string): Markup | false {
  return (
    count > shown &&
    html`<p class="more">The ${which} ${grouped(shown)} of ${grouped(count)}. <a class="script" href="#events" data-section="${name}" hidden>Show all of them in the table</a></p>`
  );
}

function burstTable(bursts: readonly Burst[], zone: Zone): Markup {
  const shown = bursts.slice(0, SHOWN);
  return html`<p class="sub">One person, ${BURST.deletions} deletions or more within ${BURST.minutes} minutes.</p><table class="list"><thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">By</th><th scope="col" class="num">Deletions</th><th scope="col">What</th><th scope="col">From where</th></tr></thead><tbody>${shown.map(
    ({ from, to, who, count, actions, places }) =>
      html`<tr><td class="time">${timeCell(from, zone, 16)}</td><td class="time">${timeCell(to, zone, 16)}</td><td class="who">${twoLines(who)}</td><td class="num">${grouped(count)}</td><td>${actionWords(actions)}</td><td class="place">${breakable(places.join(', ') || '–')}</td></tr>`,
  )}</tbody></table>${more('bursts', shown.length, bursts.length, 'newest')}`;
}

function outsideTable(people: readonly OutsideWork[], zone: Zone): Markup {
  const shown = people.slice(0, SHOWN_PEOPLE);
  const rest = people.slice(SHOWN_PEOPLE);
  return html`<table class="list"><thead><tr><th scope="col">By</th><th scope="col" class="num">Changes</th><th scope="col">First</th><th scope="col">Last</th><th scope="col">Mostly</th><th scope="col">From where</th></tr></thead><tbody>${shown.map(
    ({ who, count, first, last, actions, places }) =>
      html`<tr><td class="who">${twoLines(who)}</td><td class="num">${grouped(count)}</td><td class="time">${timeCell(first, zone, 16)}</td><td class="time">${timeCell(last, zone, 16)}</td><td>${actionWords(actions)}</td><td class="place">${breakable(places.join(', ') || '–')}</td></tr>`,
  )}</tbody></table><p class="more">${
    rest.length > 0 &&
    `${counted(rest.length, 'other person', 'other people')} with ${counted(
      rest.reduce((sum, { count }) => sum + count, 0),
      'change',
    )}. `
  }<a class="script" href="#events" data-section="outside" hidden>Show all of them in the table</a></p>`;
}

/** `Chat Deleted 12, Action Deleted 6 and 4 more`. */
function actionWords(actions: readonly (readonly [label: string, count: number])[]): string {
  const told = actions.slice(0, 3).map(([label, count]) => `${label} ${grouped(count)}`);
  return `${told.join(', ')}${actions.length > 3 ? ` and ${counted(actions.length - 3, 'other action')}` : ''}`;
}

function timeCell(ms: number, zone: Zone, characters = 19): Markup | string {
  const text = localTime(ms, zone).slice(0, characters);
  return text === '' ? html`<span class="none">no valid time</span>` : text;
}
