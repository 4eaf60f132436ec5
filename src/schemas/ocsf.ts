import type { AuditEvent } from '../event.js';
import { safeJson } from '../json/escape.js';
import { members, tokenIn } from '../json/tokens.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { pathList } from '../providers/value.js';
import { addressOf, countryOf, filled, instantOf, orgIdOf } from './about.js';
import { countedSchema } from './counted.js';
import { CATEGORY, CLASSES } from './ocsf/classes.js';
import { OBJECTS, userOf } from './ocsf/objects.js';
import type { Schema } from './schema.js';
import type { Meaning } from './verbs.js';

/**
 * Events of the Open Cybersecurity Schema Framework (schema.ocsf.io), category Identity & Access Management. Every event has all required attributes,
 * with `Unknown` if the entry has no value. An event without a valid time has no `time`, because none is invented. `raw_data` is the entry's own
 * text, `metadata.uid` its id.
 */
export function openOcsf(provider: Provider, version: string): Schema {
  return countedSchema({ name: 'ocsf', version, isJson: true }, provider, (event, meaning, org) => {
    const head = {
      time: instantOf(event),
      ...classified(event, meaning),
      severity_id: 1,
      severity: 'Informational',
      message: actionWord(provider, event.action).label,
      ...(meaning.failed === true ? { status_id: 2, status: 'Failure' } : {}),
      metadata: metadataOf(event, provider, version, org),
      actor: actorOf(event, provider),
      ...OBJECTS[meaning.class](event, meaning, provider),
      src_endpoint: endpointOf(event),
      http_request: filled({ user_agent: event.userAgent }),
    };
    const raw = event.entry.raw.toString('utf8');
    const rest = unmappedOf(event, provider, raw);
    const unmapped = rest === '' ? '' : `,"unmapped":{${rest}}`;
    return `${safeJson(head).slice(0, -1)}${unmapped},"raw_data":${JSON.stringify(raw)}}`;
  });
}

function classified({ action }: AuditEvent, { class: uid, activity }: Meaning): object {
  const { caption, activities } = CLASSES[uid];
  const name = activities.get(activity);
  return {
    category_uid: CATEGORY.uid,
    category_name: CATEGORY.caption,
    class_uid: uid,
    class_name: caption,
    activity_id: activity,
    activity_name: name ?? (action.slice(action.lastIndexOf('.') + 1) || 'Other'),
    type_uid: uid * 100 + activity,
    type_name: `${caption}: ${name ?? 'Other'}`,
  };
}

function metadataOf(event: AuditEvent, provider: Provider, version: string, asked?: string): object {
  const { title } = provider;
  return {
    version,
    uid: event.id,
    event_code: event.action === '' ? undefined : event.action,
    log_name: 'audit',
    original_time: event.timeText === '' ? undefined : event.timeText,
    tenant_uid: orgIdOf(event, provider, asked),
    product: { name: title, vendor_name: title },
  };
}

/** The user, or the application of an automated event. */
function actorOf(event: AuditEvent, { title }: Provider): object {
  const user = userOf(event.actor, event.org);
  return { user, app_name: event.source ?? (user === undefined ? title : undefined) };
}

/** Without an address there is no endpoint. */
function endpointOf(event: AuditEvent): object | undefined {
  const ip = addressOf(event);
  return ip === undefined ? undefined : { ip, location: filled({ country: countryOf(event) }) };
}

/** The members of `unmapped` as JSON: the values without an attribute. The metadata keeps its own tokens, so that no number changes. */
function unmappedOf(event: AuditEvent, { fields }: Provider, raw: string): string {
  const { source, ip, country } = event;
  const address = addressOf(event);
  const texts = [
    ['source', source],
    ['ip', address === undefined ? ip : undefined],
    ['country', address === undefined || countryOf(event) === undefined ? country : undefined],
  ] as const;
  const told = texts.filter(([, text]) => text !== undefined).map(([name, text]) => `"${name}":${safeJson(text)}`);
  const inside = members(raw);
  const metadata = pathList(fields.metadata)
    .map((path) => tokenIn(inside, path))
    .find((token) => token !== undefined && token !== 'null');
  return [...told, ...(metadata === undefined ? [] : [`"metadata":${metadata}`])].join(',');
}
