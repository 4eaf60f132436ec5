import type { AuditEvent } from '../event.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { safe } from '../terminal/text.js';
import { addressOf, affectedOf, eventObject, instantOf } from './about.js';
import { openCounts } from './counts.js';
import { openMeanings } from './meaning.js';
import { privilegesOf } from './privileges.js';
import type { Schema } from './schema.js';
import type { Meaning } from './verbs.js';

/** Nobody tells the version of a vendor's service. */
const DEVICE = 'Audit Log|1';
/** An entry of an audit log is no alarm. */
const SEVERITY = 1;

/**
 * Messages of the Common Event Format (ArcSight's implementation standard), without a syslog header. `rawEvent` is the entry's own
 * text, `externalId` its id. In the header `\` and `|` are escaped, in the extension `\`, `=`, CR and LF; other
 * characters that could harm a terminal are shown as `\x1b` is, except in `rawEvent`, which holds none.
 */
export function openCef(provider: Provider, version: string): Schema {
  const meaningOf = openMeanings(provider);
  const counts = openCounts();
  const vendor = header(provider.title);
  return {
    name: 'cef',
    version,
    isJson: false,
    line: (event, org) => {
      const meaning = meaningOf(event.action);
      counts.add(event, meaning);
      const label = header(actionWord(provider, event.action).label);
      const pairs = [
        ...fieldsOf(event, meaning, provider, org)
          .filter(([, text]) => text !== undefined && text !== '')
          .map(([key, text]) => `${key}=${value(text ?? '')}`),
        `rawEvent=${escaped(event.entry.raw.toString('utf8'))}`,
      ];
      return `CEF:${version}|${vendor}|${DEVICE}|${header(event.action)}|${label}|${SEVERITY}|${pairs.join(' ')}`;
    },
    // Every message has the vendor's own action: there is nothing to map it to.
    unmapped: () => NONE,
    undated: counts.undated,
  };
}

const NONE: ReadonlyMap<string, number> = new Map();

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
      ['org', event.org?.id ?? (asked === provider.defaultOrg ? undefined : asked)],
      ['resourceType', type],
      ['resourceId', id],
      ['resourceName', name],
      ['source', event.source],
      ['country', event.country],
    ]),
  ];
}

/** `src` takes IPv4 only; an IPv6 source has a field and a label of its own. */
function addressFields(event: AuditEvent): CefPairs {
  const ip = addressOf(event);
  if (ip === undefined) return [['shost', event.ip]];
  if (!ip.includes(':')) return [['src', ip]];
  return [
    ['c6a2', ip],
    ['c6a2Label', 'Source IPv6 Address'],
  ];
}

/** The custom texts cs1 to cs6, each with its label; a text that is not there leaves its number free. */
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
