import type { AuditEvent } from '../../src/event.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { loadShipped, SHIPPED } from '../../src/providers/file/shipped.js';
import { PROVIDERS } from '../../src/providers/index.js';
import type { FieldPath, Provider } from '../../src/providers/provider.js';
import { isJoined, pathList } from '../../src/providers/value.js';

export const TIME = '2026-11-20T13:03:11.250Z';
export const MS = Date.parse(TIME);

/** Every vendor that comes with the program. */
export async function everyVendor(): Promise<readonly Provider[]> {
  const shipped = await Promise.all(SHIPPED.map(async (name) => (await loadShipped(name))!.provider));
  return [...PROVIDERS, ...shipped];
}

/** The event of an entry as the reader gives it; numbers and escapes of a text stay as they are. */
export function eventOf(provider: Provider, entry: object | string, time = MS): AuditEvent {
  const text = typeof entry === 'string' ? entry : escapeJsonText(JSON.stringify(entry));
  const { id } = JSON.parse(text) as { readonly id?: unknown };
  return toEvent(provider, { raw: Buffer.from(text), id: typeof id === 'string' ? id : undefined, time });
}

/** An entry with this action and nothing else but a time, where the vendor has them. */
export function bareEntry(provider: Provider, action: string): object {
  const entry = {};
  put(entry, firstOf(provider.fields.time), TIME);
  const path = provider.fields.action;
  if (isJoined(path)) {
    const dot = action.indexOf('.');
    put(entry, path.join[0]!, action.slice(0, dot));
    put(entry, path.join[1]!, action.slice(dot + 1));
  } else put(entry, pathList(path)[0]!, action);
  return entry;
}

/** As `bareEntry`, with somebody who did it, somebody it was done to, a resource and a place, where the vendor has them. */
export function richEntry(provider: Provider, action: string): object {
  const { fields } = provider;
  const entry = bareEntry(provider, action);
  const add = (path: FieldPath | undefined, value: unknown) => path !== undefined && put(entry, firstOf(path), value);
  const actor = [fields.actor].flat()[0];
  const target = [fields.target ?? []].flat()[0];
  const resource = fields.resource?.at(-1);
  if (fields.id !== undefined) add(pathList(fields.id), `id of ${action}`);
  add(target?.id, 'u2');
  add(target?.name, 'Bo Ek');
  add(target?.email, 'bo@acme.example');
  add(actor?.id, 'u1');
  add(actor?.name, 'Ann Ash');
  add(actor?.email, 'ann@acme.example');
  // Where an action is made of the type of the resource, it is there already.
  if (typeof fields.action === 'string' && typeof resource?.type === 'object')
    add(resource.type.path, action.split(/[._]/)[0]);
  add(resource?.id, 'r1');
  add(resource?.name, 'Some thing');
  add(fields.source, 'api');
  add(fields.ip, '192.0.2.7');
  add(fields.country, 'de');
  add(fields.userAgent, 'curl/8.14.1');
  add(fields.org?.id, 'org_1');
  return entry;
}

function firstOf(path: FieldPath): string {
  return typeof path === 'string' ? path : path[0]!;
}

function put(into: object, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop()!;
  let at = into as Record<string, unknown>;
  for (const step of steps) {
    if (typeof at[step] !== 'object') at[step] = {};
    at = at[step] as Record<string, unknown>;
  }
  at[last] = value;
}
