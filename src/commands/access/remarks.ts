import type { AccessAnswer, AccessRow } from '../../access/answer.js';
import { byText } from '../../access/columns.js';
import type { EventMark } from '../../access/people.js';
import { formatInstant, type Zone } from '../../time.js';
import { count } from '../say/numbers.js';
import { named } from './choose.js';
import type { AccessChoice } from './flags.js';

interface AnswerFacts {
  readonly zone: Zone;
  readonly from: number | undefined;
  /** The end, epoch ms. */
  readonly at: number;
}

/** Maximum number of events to name in one note. */
const NAMED = 5;

/** The notes of an answer: its time, its sources, and its limits. */
export function remarksOf(
  answer: AccessAnswer,
  choice: Pick<AccessChoice, 'view' | 'isRange' | 'person' | 'role'>,
  facts: AnswerFacts,
): readonly string[] {
  const { rows, unknown, changes, unclear, late, moves, begins } = answer;
  const { zone } = facts;
  const instant = (ms: number): string => formatInstant(seconds(ms), zone);
  const when = choice.isRange
    ? `from ${facts.from === undefined ? 'the beginning' : instant(facts.from)} until ${instant(facts.at)}`
    : `at ${instant(facts.at)}`;
  const log = begins === undefined ? '' : `; the log begins at ${instant(begins)}`;
  return [
    ...(choice.person === undefined ? [] : nowLines(answer, facts)),
    ...(choice.view === 'changes'
      ? [
          `${count(changes.length)} ${changes.length === 1 ? 'change' : 'changes'} ${choice.isRange ? when : `until ${instant(facts.at)}`}`,
        ]
      : []),
    ...(choice.view === 'members'
      ? [
          `${people(rows)} with ${choice.role === undefined ? 'a known role' : `the role ${choice.role}`}, ${people(unknown)} whose role no event says, ${when}`,
        ]
      : []),
    ...(choice.view === 'members' && choice.role !== undefined && unknown.length > 0
      ? [`any of those whose role no event says may be ${choice.role}: auditlog access lists them`]
      : []),
    `from ${count(moves)} ${moves === 1 ? 'event that gives, changes or takes' : 'events that give, change or take'} access${log}`,
    ...(unclear.length === 0
      ? []
      : [`${count(unclear.length)} more may change roles, and do not say whose: ${marks(unclear)}`]),
    ...(late.length === 0
      ? []
      : [
          `${count(late.length)} of them came late, after their day had been closed: ${marks(late)}; an earlier answer for this time may differ`,
        ]),
  ];
}

/** The person's role at the end. */
function nowLines({ rows, unknown, changes }: AccessAnswer, { zone, at }: AnswerFacts): readonly string[] {
  const when = formatInstant(seconds(at), zone);
  const has = [...rows, ...unknown].map(({ person, role, since }) => {
    if (role === undefined) return `${named(person)} at ${when}: a member whose role no event says`;
    const given = since && ` since ${formatInstant(since.time, zone)}, given by ${byText(since)}`;
    return `${named(person)} at ${when}: ${role}${given ?? ''}`;
  });
  const [last] = changes.slice(-1);
  return has.length > 0 || last === undefined ? has : [`${named(last.person)} at ${when}: not a member`];
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** Why an answer may be wrong. */
export function doubtsOf({ untimed, nobody, begins, moves }: AccessAnswer, at: number): readonly string[] {
  return [
    ...(begins === undefined || begins >= at
      ? [`the log has no event before ${formatInstant(seconds(at))}: nothing is known of that time`]
      : moves === 0
        ? ['no event of this log gives, changes or takes access: nothing is known of roles']
        : []),
    ...(untimed.length === 0 ? [] : [`left out ${events(untimed)} about access without a valid time`]),
    ...(nobody.length === 0 ? [] : [`left out ${events(nobody)} about access that name no person`]),
  ];
}

function events(ids: readonly (string | undefined)[]): string {
  const known = ids.filter((id) => id !== undefined).slice(0, NAMED);
  return `${count(ids.length)} ${ids.length === 1 ? 'event' : 'events'}${known.length === 0 ? '' : ` (${known.join(', ')}${ids.length > known.length ? ', …' : ''})`}`;
}

function marks(found: readonly EventMark[]): string {
  const shown = found.slice(0, NAMED).map(({ action, id }) => (id === undefined ? action : `${action} ${id}`));
  return `${shown.join(', ')}${found.length > NAMED ? ', …' : ''}`;
}

function people(rows: readonly AccessRow[]): string {
  const number = new Set(
    rows.map(({ org, person }) => JSON.stringify([org, person.id ?? person.email ?? person.name])),
  );
  return `${count(number.size)} ${number.size === 1 ? 'person' : 'people'}`;
}
