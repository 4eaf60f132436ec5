import { isObject } from '../../json/is.js';
import type { TokenWay } from '../../providers/auth.js';
import { readPath } from '../../providers/value.js';
import { Fault, unknownShape, webPage } from '../fault.js';
import { isWebPage } from '../messages/server.js';
import { makeScrubber } from '../redact.js';
import type { ApiResponse } from '../send.js';

/** A token as an answer has it. */
export interface MadeToken {
  readonly text: string;
  /** Its lifetime in seconds; undefined: until it is rejected. */
  readonly life: number | undefined;
  /** The refresh token that replaces the one that was sent. */
  readonly refresh: string | undefined;
}

/** The error code of an answer that refuses a token. */
export const NO_TOKEN = 'NO_TOKEN';

const LONGEST = 16_384;
const YEAR = 31_536_000;

/** The token in an answer. Throws a `Fault` for an answer without one. Calls `learn` with every secret in it. */
export function tokenIn(way: TokenWay, response: ApiResponse, learn: (secret: string) => void): MadeToken {
  const { at = 'access_token', expiresAt = 'expires_in' } = way;
  const body = bodyOf(response);
  const secrets = [at, 'access_token', 'refresh_token', 'id_token'].flatMap((path) => {
    const value = readPath(body, path);
    return typeof value === 'string' && value.length >= 8 ? [value] : [];
  });
  for (const secret of secrets) learn(secret);
  const clean = makeScrubber(secrets);
  const heard = { ...response, scrub: (text: string) => clean(response.scrub?.(text) ?? text) };
  if (response.status < 200 || response.status > 201) throw refusal(heard);
  if (isWebPage(response)) throw webPage(heard);
  if (body === undefined) throw unknownShape('it is not a JSON object', heard);
  const text = readPath(body, at);
  if (typeof text !== 'string' || text === '') {
    if (isError(body)) throw refusal(heard);
    throw unknownShape(`there is no token at ${at}`, heard);
  }
  if (text.length > LONGEST || !/^[\x21-\x7e]+$/.test(text))
    throw unknownShape(`what is at ${at} is not a token`, heard);
  const refresh = readPath(body, 'refresh_token');
  return {
    text,
    life: lifeIn(readPath(body, expiresAt)) ?? way.lasts,
    refresh: typeof refresh === 'string' && /^[\x21-\x7e]+$/.test(refresh) ? refresh : undefined,
  };
}

function refusal(response: ApiResponse): Fault {
  return new Fault('status', `the server answered ${response.status}`, { response, code: NO_TOKEN });
}

function bodyOf({ body }: ApiResponse): unknown {
  try {
    const value: unknown = JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isError(body: unknown): boolean {
  if (!isObject(body)) return false;
  return body.ok === false || body.success === false || body.error !== undefined || body.errors !== undefined;
}

/** Seconds, as a number or its text; undefined for anything else, and if the number is not a positive time. */
function lifeIn(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : value;
  const seconds = typeof text === 'string' && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return undefined;
  return Math.min(seconds, YEAR);
}
