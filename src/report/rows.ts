import { describeAgent } from '../agent.js';
import { changesOf } from '../diff/read.js';
import { isBare, shownValue } from '../diff/show.js';
import { type AuditEvent, KINDS } from '../event.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { safe } from '../terminal/text.js';
import type { Zone } from '../time.js';
import { localTime } from './html/words.js';
import { objectText, personName, placeText } from './people.js';

/**
 * A row of the table, as JSON in the file: what the page's script shows, filters and sorts. In order: epoch ms or null, local time, index of the
 * kind, label, action, category, name of the actor, email or id of the actor, object, source, country and address, device, id, bits of its sections,
 * and changes as [path, old, new]. All texts are neutralized and cut; the whole entry is in the file beside it.
 */
export type ReportTableRow = readonly [
  time: number | null,
  local: string,
  kind: number,
  label: string,
  action: string,
  category: string,
  who: string,
  account: string,
  on: string,
  source: string,
  place: string,
  device: string,
  id: string,
  sections: number,
  changes: readonly (readonly [path: string, before: string | null, after: string | null])[],
];

const LONGEST = 300;
const LONGEST_VALUE = 2000;
const MOST_CHANGES = 50;

/** Opens a maker of rows for a vendor's events. */
export function openRows(provider: Provider, zone: Zone): (event: AuditEvent, sections: number) => ReportTableRow {
  return (event, sections) => {
    const { action, actor, time } = event;
    const { kind, label, category } = actionWord(provider, action);
    const who = actor === undefined ? 'System' : personName(actor).main;
    const account = actor?.email ?? actor?.id ?? '';
    const changes = changesOf(event)
      .slice(0, MOST_CHANGES)
      .map((change) =>
        isBare(change)
          ? ([clean(change.path), null, null] as const)
          : ([clean(change.path), value(change.before), value(change.after)] as const),
      );
    return [
      Number.isNaN(time) ? null : Math.floor(time),
      Number.isNaN(time) ? clean(event.timeText) : localTime(time, zone),
      KINDS.indexOf(kind),
      clean(label),
      clean(action),
      clean(category),
      clean(who),
      account === who ? '' : clean(account),
      clean(objectText(event)),
      clean(event.source),
      clean(placeText(event)),
      clean(event.userAgent === undefined ? '' : (describeAgent(event.userAgent) ?? event.userAgent)),
      clean(event.id),
      sections,
      changes,
    ];
  };
}

function clean(text: string | undefined, longest = LONGEST): string {
  if (text === undefined) return '';
  const cut = text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return safe(cut);
}

function value(found: unknown): string {
  return clean(shownValue(found), LONGEST_VALUE);
}
