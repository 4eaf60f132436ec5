import type { AuditEvent } from '../event.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { safe } from '../terminal/text.js';
import { addressOf, affectedOf, eventObject, instantOf, orgIdOf } from './about.js';
import { countedSchema } from './counted.js';
import { privilegesOf } from './privileges.js';
import type { Schema } from './schema.js';
import type { Meaning } from './verbs.js';

/** Product and version; vendors do not publish a version. */
const DEVICE = 'Audit Log|1';
/** The severity of an audit event, which is not an alarm. */
const SEVERITY = 1;

/**
 * Messages of the Common Event Format (ArcSight's implementation standard), without a syslog header. `rawEvent` is the entry's own text,
 * `externalId` its id. Escapes `\` and `|` in the header; `\`, `=`, CR and LF in the extension; and, except in `rawEvent`, which has
 * none, characters that could harm a terminal.
 */
export function openCef(provider: Provider, version: string): Schema {
  const vendor = header(provider.title);
  const schema = countedSchema({ name: 'cef', version, isJson: false }, provider, (event, meaning, org) => {
    const label = header(actionWord(provider, event.action).label);
    const pairs = [
      ...fieldsOf(event, meaning, provider, org)
        .filter(([, text]) => text !== undefined && text !== '')
        .map(([key, text]) => `${key}=${value(text ?? '')}`),
      `rawEvent=${escaped(event.entry.raw.toString('utf8'))}`,
    ];
    return `CEF:${version}|${vendor}|${DEVICE}|${header(event.action)}|${label}|${SEVERITY}|${pairs.join(' ')}`;
  });
  // Every message has the vendor's own action, so none is unmapped.
  return { ...schema, unmapped: () => new Map() };
}

type CefPairs = readonly (readonly [key: string, text: string | undefined])[];

function fieldsOf(event: AuditEvent, meaning: Meaning, provider: Provider, asked: string | undefined): CefPairs {
  const { actor } = event;
  const affected = meaning.class === 3002 ? undefined : affectedOf(event, meaning);
  const { type, id, name } = eventObject(event, meaning);
  const roles = meaning.class === 3005 ? privilegesOf(event, meaning).map((privilege) => privilege.name) : [];
  return [
    ['rt', instantOf(event)?.toString()],
    ['externalId', event.id],
    ['act', event.action],
    ['outcome', meaning.failed === true ? 'failure' : undefined],
    ['cat', actionWord(provider, event.action).category],
    ['suid', actor?.id],
    ['suser', actor?.email ?? actor?.name],
    ['duid', affected?.id],
    ['duser', affected?.email ?? affected?.name],
    ['dpriv', roles.join(', ')],
    ...addressFields(event),
    ['requestClientApplication', event.userAgent],
    ...labelled([
      ['org', orgIdOf(event, provider, asked)],
      ['resourceType', type],
      ['resourceId', id],
      ['resourceName', name],
      ['source', event.source],
      ['country', event.country],
    ]),
  ];
}

/** `src` takes IPv4 only; IPv6 has a custom field and its label. */
function addressFields(event: AuditEvent): CefPairs {
  const ip = addressOf(event);
  if (ip === undefined) return [['shost', event.ip]];
  if (!ip.includes(':')) return [['src', ip]];
  return [
    ['c6a2', ip],
    ['c6a2Label', 'Source IPv6 Address'],
  ];
}

/** The custom texts cs1 to cs6, each with its label; a missing text leaves its number unused. */
function labelled(texts: CefPairs): CefPairs {
  return texts.flatMap(([name, text], at) =>
    text === undefined || text === '' ? [] : [[`cs${at + 1}`, text] as const, [`cs${at + 1}Label`, name] as const],
  );
}

function header(text: string): string {
  return safe(text).replace(/[\\|]/g, '\\$&');
}

function value(text: string): string {
  return escaped(
    text
      .split(/([\r\n])/)
      .map((piece) => (piece === '\r' || piece === '\n' ? piece : safe(piece)))
      .join(''),
  );
}

function escaped(text: string): string {
  return text.replace(/[\\=]/g, '\\$&').replace(/\r/g, '\\r').replace(/\n/g, '\\n');
}
