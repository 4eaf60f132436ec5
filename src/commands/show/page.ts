import type { ChalkInstance } from 'chalk';
import { describeAgent } from '../../agent.js';
import { type Change, readMetadata } from '../../diff/read.js';
import { isBare, shownValue } from '../../diff/show.js';
import type { AuditEvent, Person } from '../../event.js';
import { actionWord } from '../../providers/actions.js';
import type { Provider } from '../../providers/provider.js';
import { kindPaints } from '../../terminal/color.js';
import { isolate, safe, width } from '../../terminal/text.js';
import { formatInstant, relativeTime, type Zone } from '../../time.js';

/** Everything that the look of a page may depend on. */
export interface PageOptions {
  readonly provider: Provider;
  readonly zone: Zone;
  /** Epoch ms that the age is counted from. */
  readonly now: number;
  readonly chalk: ChalkInstance;
  /** Whether right-to-left text is kept in its place. */
  readonly isTTY: boolean;
}

/** One event in full, as lines for people: who, what, on what, where from and when, what was changed, and all the rest that the entry tells. */
export function eventPage(event: AuditEvent, options: PageOptions): string {
  const { provider, chalk } = options;
  const shown = new Set<string>();
  const facts = factsOf(event, options, shown);
  const { changes, details } = readMetadata(event);
  const { label, kind } = actionWord(provider, event.action);
  const rest = distinct(
    leavesOf(event.value).filter(({ path, text }) => !shown.has(text) && !isBelow(path, metadataPaths(provider))),
  );
  const blocks = [
    [`${kindPaints(chalk)[kind](chalk.bold(look(label, options)))}`],
    block(facts, options),
    titled('Changed', changeLines(changes, options), options),
    titled(
      'Details',
      block(
        details.map(({ path, value }) => [path || 'value', shownValue(value)] as const),
        options,
      ),
      options,
    ),
    titled(
      'Also in the entry',
      block(
        rest.map(({ path, text }) => [path || 'value', text] as const),
        options,
        chalk.dim,
      ),
      options,
    ),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

type Fact = readonly [name: string, text: string];

/** What is known of the event, by name. All that is told here goes into `shown`, so that the rest need not tell it again. */
function factsOf(event: AuditEvent, { zone, now }: PageOptions, shown: Set<string>): readonly Fact[] {
  const told = (text: string | undefined): string | undefined => {
    if (text !== undefined) shown.add(text);
    return text;
  };
  const { actor, target, resource, org } = event;
  for (const one of [actor, target, resource, org]) for (const text of Object.values(one ?? {})) told(text);
  const exact = formatInstant(event.time, zone);
  const agent = event.userAgent === undefined ? undefined : describeAgent(event.userAgent);
  told(event.timeText);
  const { odd } = event.entry;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Note', odd && ODD[odd]],
    ['Id', told(event.id)],
    [
      'When',
      exact === '' ? event.timeText : `${exact} (${weekday(event.time, zone)}, ${relativeTime(event.time, now)})`,
    ],
    ['Action', told(event.action)],
    ['Who', actor === undefined ? 'System (an automated event)' : personText(actor)],
    ['On', [resource?.type, resource?.name, resource?.id].filter((part) => part !== undefined).join(', ')],
    ['Target', target === undefined ? undefined : personText(target)],
    ['From', [told(event.country), told(event.ip)].filter((part) => part !== undefined).join(' ')],
    ['With', agent],
    ['User agent', told(event.userAgent)],
    ['Source', told(event.source)],
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

/** Texts in columns of their own, values of several lines below one another. */
function block(
  facts: readonly Fact[],
  options: PageOptions,
  paint: (text: string) => string = (text) => text,
): string[] {
  const names = facts.map(([name]) => look(name, options));
  const widest = names.reduce((most, name) => Math.max(most, Math.min(32, width(name))), 0);
  return facts.flatMap(([, text], at) =>
    text.split('\n').map((line, n) => {
      const name = n === 0 ? names[at]! : '';
      return `  ${options.chalk.dim(name)}${' '.repeat(Math.max(0, widest - width(name)))}  ${paint(look(line, options))}`.trimEnd();
    }),
  );
}

function titled(title: string, lines: readonly string[], { chalk }: PageOptions): readonly string[] {
  return lines.length === 0 ? [] : [chalk.bold(title), ...lines];
}

/** `role: member → admin` on one line where it is short, else the old lines and the new ones, those that are the same left out. */
function changeLines(changes: readonly Change[], options: PageOptions): string[] {
  const { red, green, dim } = options.chalk;
  return changes.flatMap((change) => {
    const name = change.path === '' ? 'value' : look(change.path, options);
    if (isBare(change)) return [`  ${name}`];
    const [before, after] = [shownValue(change.before), shownValue(change.after)];
    if (!`${before}${after}`.includes('\n') && before.length + after.length <= SHORT)
      return [`  ${name}  ${red(look(before, options))} → ${green(look(after, options))}`];
    const { head, old, now, tail } = differing(before.split('\n'), after.split('\n'));
    const same = (lines: number) =>
      lines === 0 ? [] : [dim(`    … ${lines} ${lines === 1 ? 'line' : 'lines'} the same`)];
    return [
      `  ${name}`,
      ...same(head),
      ...old.map((line) => red(`    - ${look(line, options)}`)),
      ...now.map((line) => green(`    + ${look(line, options)}`)),
      ...same(tail),
    ];
  });
}

/** Cells of both values together that still fit beside each other. */
const SHORT = 60;

/** The lines between those at the beginning and at the end that are the same. */
function differing(before: readonly string[], after: readonly string[]) {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { head, tail, old: before.slice(head, before.length - tail), now: after.slice(head, after.length - tail) };
}

interface Leaf {
  readonly path: string;
  readonly text: string;
}

/** Everything that an entry tells, each value by its path. What is null or empty tells nothing. */
function leavesOf(value: unknown, path = '', depth = 0): readonly Leaf[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 64) {
    const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
    return isEmpty ? [] : [{ path, text: shownValue(value) }];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, path === '' ? key : `${path}.${key}`, depth + 1),
  );
}

/** The same person at two places of an entry is told once. */
function distinct(leaves: readonly Leaf[]): readonly Leaf[] {
  const told = new Set<string>();
  return leaves.filter(({ path, text }) => {
    const fact = `${path.slice(path.lastIndexOf('.') + 1)}\n${text}`;
    if (path.includes('.') && told.has(fact)) return false;
    told.add(fact);
    return true;
  });
}

function metadataPaths({ fields }: Provider): readonly string[] {
  const { metadata } = fields;
  if (metadata === undefined) return [];
  return typeof metadata === 'string' ? [metadata] : metadata;
}

function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}.`));
}

/** Never a line of the entry's own as one of ours: every value is safe and on one line. */
function look(text: string, { isTTY }: PageOptions): string {
  const clean = safe(text);
  return isTTY ? isolate(clean) : clean;
}
