import { isObject } from '../../json/is.js';

/** A body as a JSON object; undefined for anything else. Its keys are chosen by a server. */
export function jsonOf(body: Buffer | string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(body.toString()));
  } catch {
    return undefined;
  }
}

/** A value as an object; undefined for anything else. Its keys are chosen by a server: read only documented names. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(value) ? value : undefined;
}
