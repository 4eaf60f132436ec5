import { isObject } from '../../json/is.js';
import type { Provider } from '../../providers/provider.js';
import { readPath, readScalar } from '../../providers/value.js';
import type { ScannedPage } from './scan/scan.js';

type Envelope = Readonly<Record<string, unknown>>;

/**
 * Why an answer without entries must not be taken for an empty list; undefined if it may. Servers leave the list out or send null if there is
 * nothing; and they answer 200 with an error in the body, which must never look like an empty log.
 */
export function doubtOf(page: ScannedPage, provider: Provider, count: number | undefined): string | undefined {
  const { envelope, list, entries } = page;
  // If the answer is the list itself, only a count of 0 distinguishes null from an error.
  if (provider.items === '' && list === 'null' && provider.total !== undefined && count !== 0)
    return 'the answer is null in place of a list';
  // GraphQL answers 200 with errors, and with a part of the entries.
  if (provider.method === 'POST' && isObject(envelope) && Array.isArray(envelope.errors) && envelope.errors.length > 0)
    return 'the answer holds errors';
  if (entries.length > 0 || !isObject(envelope)) return undefined;
  if (list === 'given') return saysError(envelope) ? 'the answer holds an error beside an empty list' : undefined;
  const missing = list === 'null' ? `the list at ${provider.items} is null` : `there is no list at ${provider.items}`;
  const hasMessage = isOnlyMessage(envelope) || readScalar(envelope, provider.errorMessage) !== undefined;
  const isError = saysError(envelope) || (hasMessage && count === undefined && !saysSuccess(envelope));
  if (isError) return `the answer holds an error: ${missing}`;
  if (list === 'null') return undefined;
  const { total } = provider;
  if (total !== undefined && 'path' in total && !isNumber(readPath(envelope, total.path)))
    return `${missing}, and no count at ${total.path}`;
  const other = listIn(envelope);
  return other === undefined ? undefined : `${missing}, but there is one at ${other}`;
}

/** Keys that mean an error unless their value is empty. */
const ERRORS: ReadonlySet<string> = new Set([
  'error',
  'errors',
  'errorcode',
  'errormessage',
  'errordescription',
  'errormsg',
  'fault',
  'faultcode',
  'faultstring',
  'exception',
]);
/** Keys that say whether the request succeeded. */
const SUCCESS: ReadonlySet<string> = new Set(['ok', 'success', 'succeeded', 'issuccess']);
const STATUS: ReadonlySet<string> = new Set(['status', 'statuscode', 'httpstatus', 'result']);
const FAILED = /^(?:error|errors|fail|failed|failure|denied|forbidden|unauthorized)$/i;

function saysError(envelope: Envelope): boolean {
  return Object.entries(envelope).some(([key, value]) => {
    const name = folded(key);
    if (ERRORS.has(name)) return !isNothing(value);
    if (SUCCESS.has(name)) return value === false || value === 0 || value === 'false';
    return STATUS.has(name) && isFailure(value);
  });
}

/** Keys of an error that does not call itself one. */
const MESSAGE: ReadonlySet<string> = new Set(['message', 'msg', 'code', 'detail', 'title', 'reason']);
/** Keys that may be beside them. */
const BESIDE: ReadonlySet<string> = new Set([
  ...STATUS,
  'details',
  'type',
  'instance',
  'timestamp',
  'path',
  'requestid',
]);

/** Whether an answer has a message or a code and nothing else. */
function isOnlyMessage(envelope: Envelope): boolean {
  const given = Object.entries(envelope).filter(([, value]) => !isNothing(value));
  const isMessage = ([key]: readonly [string, unknown]) => MESSAGE.has(folded(key));
  return given.some(isMessage) && given.every((one) => isMessage(one) || BESIDE.has(folded(one[0])));
}

const FINE: readonly unknown[] = [0, 200, '0', '200', 'ok', 'success'];

function saysSuccess(envelope: Envelope): boolean {
  return Object.entries(envelope).some(([key, value]) => {
    if (SUCCESS.has(folded(key))) return value === true || value === 1 || value === 'true';
    if (folded(key) !== 'code' && !STATUS.has(folded(key))) return false;
    return FINE.includes(typeof value === 'string' ? value.toLowerCase() : value);
  });
}

function isFailure(value: unknown): boolean {
  if (typeof value === 'number') return value >= 400 && value < 600;
  return typeof value === 'string' && (FAILED.test(value) || /^[45]\d\d$/.test(value));
}

function isNothing(value: unknown): boolean {
  if (value === null || value === false || value === 0 || value === '' || value === '0') return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d{1,15}$/.test(value));
}

/** The path of a list of objects in an answer. */
function listIn(value: unknown, path = '', depth = 0): string | undefined {
  if (Array.isArray(value)) return value.some(isObject) ? path : undefined;
  if (!isObject(value) || depth > 3) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = listIn(inner, path === '' ? key : `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function folded(key: string): string {
  return key.toLowerCase().replace(/[_-]/g, '');
}
