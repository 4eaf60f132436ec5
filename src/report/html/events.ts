import { KINDS } from '../../event.js';
import { KIND_WORDS } from '../charts/overtime.js';
import type { TableFacts } from '../facts.js';
import { bitOf, SECTIONS } from '../review/sections.js';
import { html, type Markup } from './markup.js';
import { SECTION_WORDS } from './review.js';
import { counted, grouped } from './words.js';

/** The table of events. The page's script fills it; without a script, a notice is shown. */
export function eventsSection({ which, rows }: TableFacts, total: number): Markup {
  const part =
    which === 'all'
      ? html`<p class="sub">${counted(rows, 'event')}, newest first. Open one to see what changed and the whole entry.</p>`
      : html`<p class="note">This table holds ${which === 'newest' ? 'the newest' : 'the newest reviewed'} ${grouped(rows)} of ${counted(total, 'event')}. All numbers above are those of all ${grouped(total)}.</p>`;
  return html`<section id="events" aria-labelledby="events-title">
<h2 id="events-title">All events</h2>
${part}
<noscript><p class="note">The table needs JavaScript. Everything else in this report works without it.</p></noscript>
<div id="browser" hidden>
<form class="filters" role="search" aria-label="Filter the events">
<label class="search"><span class="hidden">Search</span><input type="search" id="search" placeholder="Search people, actions, things, addresses, changes" autocomplete="off" spellcheck="false"></label>
<label>Kind <select id="kind"><option value="">All</option>${KINDS.map((kind, at) => html`<option value="${at}">${KIND_WORDS[kind]}</option>`)}</select></label>
<label>Category <select id="category"><option value="">All</option></select></label>
<label>Person <select id="person"><option value="">All</option></select></label>
<label>Review <select id="section"><option value="">All</option>${SECTIONS.map((name) => html`<option value="${bitOf(name)}" data-name="${name}">${SECTION_WORDS[name].title}</option>`)}</select></label>
<button type="reset">Clear</button>
</form>
<div class="answer"><p id="found" role="status" aria-live="polite"></p><button type="button" id="save">Save as NDJSON</button></div>
<div id="viewport" tabindex="-1"><table id="table" aria-labelledby="events-title" aria-describedby="hint"><thead><tr>${COLUMNS.map(([name, heading], at) => html`<th scope="col" class="c-${name}" aria-sort="${at === 0 ? 'descending' : 'none'}"><button type="button" data-column="${at}">${heading}</button></th>`)}</tr></thead><tbody id="rows"></tbody></table></div>
<p id="hint" class="sub">Arrow keys move from row to row, Enter opens one, Escape closes it. A heading sorts.</p>
</div>
<p id="trouble" class="note" role="alert" hidden></p>
<dialog id="detail" aria-labelledby="detail-title"></dialog>
</section>`;
}

const COLUMNS = [
  ['time', 'Time'],
  ['who', 'Who'],
  ['what', 'What'],
  ['on', 'On'],
  ['changed', 'Changed'],
  ['from', 'From'],
] as const;
