import { cutBody, type Fault, unknownShape, webPage } from '../../http/fault.js';
import { isWebPage } from '../../http/messages/server.js';
import type { ApiResponse } from '../../http/send.js';
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

/** Why a success is not a usable answer: a web page, truncated JSON (worth a retry), or another shape. */
export function unreadable(detail: string, response: ApiResponse): Fault {
  if (isWebPage(response)) return webPage(response);
  return isCut(response.body.toString()) ? cutBody(response) : unknownShape(detail, response);
}

function isCut(text: string): boolean {
  if (!/^\s*(?:[{[]|$)/.test(text)) return false;
  try {
    JSON.parse(text);
    return false;
  } catch {
    return true;
  }
}
