import type { AuditEvent } from '../../event.js';

export interface SyslogMessage {
  readonly org: string;
  /** The source of the log, such as the host of the vendor's API. */
  readonly host: string;
  /** The same for each delivery of the entry. */
  readonly key: string;
  readonly event: Pick<AuditEvent, 'id' | 'time' | 'action'>;
  /** The message text: one line without its line end. */
  readonly text: string;
}

/** Facility 13, log audit, and severity 6, informational. */
const PRIORITY = 13 * 8 + 6;
const APP = 'auditlog';
/** 32473 is the enterprise number that RFC 5612 reserves for examples. */
const DATA_ID = 'auditlog@32473';
const NONE = '-';

/** A message of RFC 5424 after its length in bytes (RFC 6587, octet counting; RFC 5425 requires it over TLS): no byte of a message can end it. */
export function syslogFrame({ org, host, key, event, text }: SyslogMessage): Buffer {
  const head = `<${PRIORITY}>1 ${timestamp(event.time)} ${word(host, 255)} ${APP} ${NONE} ${word(event.action, 32)}`;
  const data = [...(event.id === undefined ? [] : [['id', event.id] as const]), ['org', org], ['key', key]] as const;
  const parameters = data.map(([name, value]) => ` ${name}="${escapeValue(value)}"`).join('');
  // Without a byte order mark: receivers expect `CEF:` at the beginning.
  const message = `${head} [${DATA_ID}${parameters}] ${text}`;
  return Buffer.from(`${Buffer.byteLength(message)} ${message}`);
}

/** In milliseconds. `-` for an invalid time, and for years that do not have four digits, which RFC 5424 lacks. */
function timestamp(ms: number): string {
  const at = new Date(Math.floor(ms));
  if (Number.isNaN(at.getTime())) return NONE;
  const text = at.toISOString();
  return text.length === 24 ? text : NONE;
}

/** A header field: printable ASCII without spaces. */
function word(text: string, longest: number): string {
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, longest) || NONE;
}

/** Escapes the three characters that RFC 5424 names. Control characters become `_`, for receivers that store lines; the message has the exact id. */
function escapeValue(text: string): string {
  return text.replace(/["\\\]]/g, '\\$&').replace(/[\0-\x1f\x7f]/g, '_');
}
