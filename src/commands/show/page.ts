import type { ChalkInstance } from 'chalk';
import { describeAgent } from '../../agent.js';
import { readMetadata } from '../../diff/read.js';
import { shownValue } from '../../diff/show.js';
import type { AuditEvent, Person } from '../../event.js';
import { actionWord } from '../../providers/actions.js';
import type { Provider } from '../../providers/provider.js';
import { kindPaints } from '../../terminal/color.js';
import { isolate, safe, width, wrapped } from '../../terminal/text.js';
import { formatInstant, relativeTime, type Zone } from '../../time.js';
import { changeLines } from './changes.js';
import { restOf } from './rest.js';

/** How a page is shown. */
export interface PageOptions {
  readonly provider: Provider;
  readonly zone: Zone;
  /** The time from which ages are counted, epoch ms. */
  readonly now: number;
  readonly chalk: ChalkInstance;
  /** Whether right-to-left text is isolated. */
  readonly isTTY: boolean;
  /** Cells of the terminal, for texts of several lines; absent or 0: texts are not wrapped. */
  readonly width?: number;
}

/** One event in full, as lines for people: who, what, on what, where from, when, what changed, and the rest of the entry. */
export function eventPage(event: AuditEvent, options: PageOptions): string {
  const { provider, chalk, isTTY } = options;
  // Safe and on one line, so that no value can look like a line of ours.
  const show = (text: string) => (isTTY ? isolate(safe(text)) : safe(text));
  const shown = new Set<string>();
  const facts = factsOf(event, options, shown);
  const { changes, details } = readMetadata(event);
  const { label, kind } = actionWord(provider, event.action);
  const rows = (facts: readonly LabelledText[], paint?: (text: string) => string) =>
    block(facts, { chalk, show, paint, room: options.width ?? 0 });
  const titled = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [chalk.bold(title), ...lines]);
  const detailRows = details.map(({ path, value }) => [path || 'value', shownValue(value)] as const);
  const restRows = restOf(event.value, provider, shown).map(({ path, text }) => [path || 'value', text] as const);
  const blocks = [
    [kindPaints(chalk)[kind](chalk.bold(show(label)))],
    rows(facts),
    titled('Changed', changeLines(changes, chalk, show)),
    titled('Details', rows(detailRows)),
    titled('Also in the entry', rows(restRows, chalk.dim)),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

type LabelledText = readonly [label: string, text: string];

/** The facts of the event. Adds their texts to `shown`, so that the rest does not repeat them. */
function factsOf(event: AuditEvent, { zone, now }: PageOptions, shown: Set<string>): readonly LabelledText[] {
  const seen = (text: string | undefined): string | undefined => {
    if (text !== undefined) shown.add(text);
    return text;
  };
  const { actor, target, resource, org } = event;
  for (const one of [actor, target, resource, org]) for (const text of Object.values(one ?? {})) seen(text);
  const exact = formatInstant(event.time, zone);
  const agent = event.userAgent === undefined ? undefined : describeAgent(event.userAgent);
  seen(event.timeText);
  const { odd, log } = event.entry;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Note', odd && ODD[odd]],
    ['Id', seen(event.id)],
    ['Log', log],
    [
      'When',
      exact === '' ? event.timeText : `${exact} (${weekday(event.time, zone)}, ${relativeTime(event.time, now)})`,
    ],
    ['Action', seen(event.action)],
    ['Who', actor === undefined ? 'System (an automated event)' : personText(actor)],
    ['On', [resource?.type, resource?.name, resource?.id].filter((part) => part !== undefined).join(', ')],
    ['Target', target === undefined ? undefined : personText(target)],
    ['From', [seen(event.country), seen(event.ip)].filter((part) => part !== undefined).join(' ')],
    ['With', agent],
    ['User agent', seen(event.userAgent)],
    ['Source', seen(event.source)],
    ['Org', [org?.name, org?.id].filter((part) => part !== undefined).join(', ')],
  ];
  return facts.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [[name, text] as const]));
}

const ODD = {
  'not-an-object': 'the entry is not a JSON object',
  'too-deep': 'the entry is nested deeper than 64 levels',
} as const;

function personText({ name, email, id }: Person): string {
  const known = name !== undefined && email !== undefined ? `${name} <${email}>` : (name ?? email);
  return [known, id].filter((part) => part !== undefined).join(', ') || '(unknown)';
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function weekday(ms: number, zone: Zone): string {
  return WEEKDAYS[new Date(ms + zone.offsetAt(ms)).getUTCDay()] ?? '';
}

/** The terminal wraps narrower texts itself. */
const LEAST_TEXT = 20;

interface BlockStyle {
  readonly chalk: ChalkInstance;
  readonly show: (text: string) => string;
  readonly paint: ((text: string) => string) | undefined;
  /** Cells of the terminal; 0: texts are not wrapped. */
  readonly room: number;
}

/** Labels and texts in two columns; a text may have several lines. */
function block(facts: readonly LabelledText[], { chalk, show, paint = (text) => text, room }: BlockStyle): string[] {
  const labels = facts.map(([label]) => show(label));
  const widest = labels.reduce((most, label) => Math.max(most, Math.min(32, width(label))), 0);
  const cells = room - widest - 4;
  const lines = (text: string) => (cells < LEAST_TEXT ? [text] : wrapped(text, cells, Number.POSITIVE_INFINITY));
  return facts.flatMap(([, text], at) =>
    text
      .split('\n')
      .flatMap((line) => lines(show(line)))
      .map((line, n) => {
        const label = n === 0 ? labels[at]! : '';
        return `  ${chalk.dim(label)}${' '.repeat(Math.max(0, widest - width(label)))}  ${paint(line)}`.trimEnd();
      }),
  );
}
