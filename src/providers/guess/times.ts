import { isObject } from '../../json/is.js';
import { readTimestamp } from '../../time.js';
import type { TimeFormat } from '../provider.js';
import { timeReader, timesUntil } from '../times.js';
import { byName, type EntryLeaf, isScalar } from './leaves.js';

export interface GuessedTime {
  readonly path: string;
  readonly format: TimeFormat;
  readonly zone?: string;
  /** Of the entries, in their order. */
  readonly times: readonly number[];
  readonly isSure: boolean;
}

const NAMES = (
  'timestamp time eventtime occurredat createdat created eventcreatedat activitydatetime datetime date when at published ' +
  'executiontime eventdate datecreate datecreated createtime creationtime creationdate requesttime effectiveat insertedat loggedat ' +
  'actiontimestamp eventtimestamp logtime performedat idtime actiontime happenedat starttime syscreatedon modifiedat updatedat ts'
).split(' ');

/** The field that most likely has the time of the event. */
export function guessTime(leaves: readonly EntryLeaf[], entries: number, now: number): GuessedTime | undefined {
  const named = byName(leaves, NAMES).map(({ leaf }) => leaf);
  // Numbers look like times by chance.
  const others = leaves.filter(
    (leaf) => !named.includes(leaf) && leaf.values.every((value) => typeof value === 'string'),
  );
  const found = [...named, ...others].flatMap((leaf) => {
    const form = formOf(leaf, now);
    return form === undefined
      ? []
      : [{ ...form, path: leaf.path, isSure: named.includes(leaf), all: leaf.values.length >= entries }];
  });
  const best = found.find(({ all }) => all) ?? found[0];
  if (best === undefined) return undefined;
  const { all, ...time } = best;
  return { ...time, isSure: time.isSure && all && time.zone === undefined };
}

const NUMBERS: readonly TimeFormat[] = ['epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns'];

function formOf({ values, steps }: EntryLeaf, now: number): Pick<GuessedTime, 'format' | 'zone' | 'times'> | undefined {
  const last = steps.at(-1) ?? '';
  if (/expir|until|^end|last/.test(last)) return undefined;
  const texts = values.map((value) => (isScalar(value) ? String(value) : isObject(value) ? JSON.stringify(value) : ''));
  const { after, before } = timesUntil(now);
  const timesAs = (format: TimeFormat, zone?: string) => {
    const times = texts.map(timeReader(format, zone));
    return times.every((time) => time >= after && time < before) ? { format, times } : undefined;
  };
  if (values.every(isObject)) return timesAs('epoch-parts');
  if (texts.every((text) => /^\d{9,20}(?:\.\d+)?$/.test(text)))
    return NUMBERS.map((format) => timesAs(format)).find((one) => one !== undefined);
  if (!texts.every((text) => /\d\d:\d\d/.test(text))) return undefined;
  const isDated = texts.every((text) => /^[A-Za-z]{3},/.test(text));
  const read = timesAs(isDated ? 'rfc1123' : 'rfc3339');
  if (read !== undefined || texts.some((text) => !Number.isNaN(readTimestamp(text)))) return read;
  const zoned = timesAs(isDated ? 'rfc1123' : 'rfc3339', 'UTC');
  return zoned === undefined ? undefined : { ...zoned, zone: 'UTC' };
}
