import { type AccessAnswer, type AccessRow, personText } from '../../access/answer.js';
import { isSameRole } from '../../access/standing.js';
import { usageError } from '../../errors.js';
import type { Person } from '../../event.js';
import { matchesAny } from '../../providers/glob.js';
import { suggest } from '../../suggest.js';
import type { AccessChoice } from './flags.js';

interface ChoiceScope {
  /** The start of the range, epoch ms. */
  readonly from: number | undefined;
  /** The vendor's. */
  readonly title: string;
}

/** The requested part of an answer. Throws a usage error for a role or a person that is not in the log. */
export function chosen(answer: AccessAnswer, { role, person }: AccessChoice, { title }: ChoiceScope): AccessAnswer {
  const byRole = role === undefined ? answer : withRole(answer, role, title);
  return person === undefined ? byRole : withPerson(byRole, person);
}

function withRole(answer: AccessAnswer, role: string, title: string): AccessAnswer {
  const { roles, rows, changes } = answer;
  if (roles.length === 0)
    throw usageError(`roles are not in this log of ${title}`, 'Leave out --role: members are listed without');
  if (!roles.some((known) => isSameRole(known, role))) {
    const near = suggest(role, roles);
    throw usageError(
      `role "${role}" does not exist in this log`,
      `${near === undefined ? '' : `Did you mean --role ${near}? `}Roles: ${roles.join(', ')}`,
    );
  }
  const has = (text: string | undefined): boolean => text !== undefined && isSameRole(text, role);
  return {
    ...answer,
    rows: rows.filter((row) => has(row.role)),
    changes: changes.filter(({ before, after }) => has(before) || has(after)),
  };
}

function withPerson(answer: AccessAnswer, who: string): AccessAnswer {
  const { rows, unknown, changes, breaks } = answer;
  const all = [rows, unknown, changes, breaks].flatMap((list) => list.map(({ person }) => person));
  const wanted = who.toLowerCase();
  const is = ({ id, name, email }: Person): boolean =>
    [id, name, email].some((text) => text !== undefined && matchesAny([wanted], text.toLowerCase()));
  if (!all.some(is)) {
    const names = [...new Set(all.flatMap(({ id, name, email }) => [email, name, id]))].filter(
      (one) => one !== undefined,
    );
    const near = suggest(who, names) ?? names.find((name) => name.toLowerCase().includes(wanted));
    throw usageError(
      `person "${who}" does not exist in this log`,
      near === undefined
        ? 'Give an id, an email address, a whole name, or a pattern such as --person "*ana*"'
        : `Did you mean --person "${near}"?`,
    );
  }
  const of = <Row extends Pick<AccessRow, 'person'>>(list: readonly Row[]): readonly Row[] =>
    list.filter((row) => is(row.person));
  const found = of(breaks);
  return {
    ...answer,
    rows: of(rows),
    unknown: of(unknown),
    changes: of(changes),
    breaks: found,
    breakCount: found.length,
  };
}

/** A person in a note. */
export function named(person: Person): string {
  const { email } = person;
  const text = personText(person);
  return email === undefined || email === text ? text : `${text} (${email})`;
}
