import type { Person } from '../../event.js';
import type { PersonField } from '../../providers/provider.js';
import { pathList, readPath } from '../../providers/value.js';
import { hash } from '../random.js';
import { idLike } from './ids.js';
import { type EntryDraft, putAt } from './places.js';

/** Writes a person into the fields, in the form of the example's: by name where the id is the only place, as a number where ids are numbers. */
export function putPerson(draft: EntryDraft, { id, name, email }: PersonField, person: Person, example: unknown): void {
  const [idAt, nameAt, emailAt] = [id, name, email].map((field) => pathList(field)[0]);
  const login = person.email?.replace(/@.*/, '') ?? person.name ?? '';
  const known = idAt === undefined ? undefined : readPath(example, idAt);
  const isAlone = nameAt === undefined && emailAt === undefined;
  if (idAt !== undefined && idAt !== emailAt) {
    const made = isMade(known) ? idLike(known, 31, numberOf(person.id ?? login)) : isAlone ? login : person.id;
    if (made !== undefined) putAt(draft, idAt, made);
  }
  if (nameAt !== undefined && person.name !== undefined) putAt(draft, nameAt, person.name);
  if (emailAt !== undefined && person.email !== undefined) putAt(draft, emailAt, person.email);
}

/** Whether ids are made by a program: numbers and long texts of digits. */
function isMade(example: unknown): boolean {
  return typeof example === 'number' || (typeof example === 'string' && /^(?=.*\d)[\dA-Za-z_-]{8,}$/.test(example));
}

/** The same number for the same text. */
export function numberOf(text: string): number {
  return [...text].reduce((sum, letter) => hash(sum, letter.charCodeAt(0)), 0);
}
