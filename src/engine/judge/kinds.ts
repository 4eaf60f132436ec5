import type { Entry } from '../../event.js';
import { safe } from '../../terminal/text.js';
import type { Oddity } from './oddities.js';

/** Longer names are not shown: a part of one could be a part of a secret. */
const LONGEST_NAME = 100;

export function entryName({ id }: Entry, ordinal: number): string {
  return id === undefined || id === '' || id.length > LONGEST_NAME ? `entry ${ordinal}` : `id ${safe(id)}`;
}

export function actionName(action: string): string {
  if (action === '') return 'no action';
  return action.length > LONGEST_NAME ? `an action of ${action.length} characters` : safe(action);
}

/** Of another action than `asked`. */
export function foreign(asked: string): Oddity {
  return {
    key: `foreign ${asked}`,
    spoils: true,
    tell: (count, named) =>
      `the server returned ${events(count)} of another action (${named}) than ${safe(asked)}, which was asked for; ${one(count, 'it was', 'they were')} dropped`,
  };
}

export const OUTSIDE: Oddity = {
  key: 'outside',
  spoils: true,
  tell: (count, named) => `the server returned ${events(count)} outside the requested days (${named})`,
};

/** For another part of the log than their own. */
export const STRAY: Oddity = {
  key: 'stray',
  spoils: false,
  tell: (count, named) =>
    `the server returned ${events(count)} for days that ${one(count, 'it does', 'they do')} not belong to (${named}); ${kept(count)}`,
};

export const TWICE: Oddity = {
  key: 'twice',
  spoils: true,
  tell: (count, named) =>
    `the server returned ${events(count)} for two different days (${named}); ${one(count, 'it is in the output once', 'they are in the output once each')}`,
};

export const UNCLAIMED: Oddity = {
  key: 'unclaimed',
  spoils: true,
  tell: (count, named) =>
    `${events(count)} ${one(count, 'does', 'do')} not match the filter that the server was given (${named}); ${kept(count)}`,
};

/** A note if a range or a filter would have to judge the entry, else a remark. */
interface NoteOrRemark {
  readonly note: Oddity;
  readonly remark: Oddity;
}

export const UNDATED: NoteOrRemark = {
  note: {
    key: 'undated',
    spoils: true,
    tell: (count, named) =>
      `${events(count)} without a valid time cannot be compared with the range (${named}); ${kept(count)}`,
  },
  remark: {
    key: 'undated',
    spoils: false,
    tell: (count, named) => `${events(count)} ${one(count, 'has', 'have')} no valid time (${named})`,
  },
};

export const ODD: Readonly<Record<NonNullable<Entry['odd']>, NoteOrRemark>> = {
  'not-an-object': odd('not-an-object', (count) => one(count, 'is not a JSON object', 'are not JSON objects')),
  'too-deep': odd('too-deep', (count) => `${one(count, 'is', 'are')} nested too deeply to be read`),
};

function odd(key: string, what: (count: number) => string): NoteOrRemark {
  const tell = (count: number, named: string): string => `${events(count)} ${what(count)} (${named})`;
  const note = (count: number, named: string): string =>
    `${tell(count, named)} and cannot be compared with the filters; ${kept(count)}`;
  return { note: { key, spoils: true, tell: note }, remark: { key, spoils: false, tell } };
}

function one(count: number, single: string, several: string): string {
  return count === 1 ? single : several;
}

function events(count: number): string {
  return one(count, '1 event', `${count} events`);
}

function kept(count: number): string {
  return one(count, 'it is in the output', 'they are in the output');
}
