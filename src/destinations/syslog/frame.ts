import type { AuditEvent } from '../../event.js';

/**
 * A message of RFC 5424 in a frame that tells its length in bytes (RFC 6587, octet counting; required over TLS by RFC 5425), so that no byte of a message can end it.
 * The priority is facility 13, log audit, and severity 6, informational.
 */
export interface SyslogMessage {
  readonly org: string;
  /** Where the log comes from, such as the host of the vendor's API. */
  readonly host: string;
  /** The same each time the entry is delivered. */
  readonly key: string;
  readonly event: Pick<AuditEvent, 'id' | 'time' | 'action'>;
  /** The message itself: one line without its end. */
  readonly text: string;
}

const PRIORITY = 13 * 8 + 6;
const APP = 'auditlog';
/** 32473 is the enterprise number that RFC 5612 sets aside for everybody. */
const DATA_ID = 'auditlog@32473';
const NONE = '-';

export function syslogFrame({ org, host, key, event, text }: SyslogMessage): Buffer {
  const head = `<${PRIORITY}>1 ${timestamp(event.time)} ${word(host, 255)} ${APP} ${NONE} ${word(event.action, 32)}`;
  const data = [...(event.id === undefined ? [] : [['id', event.id] as const]), ['org', org], ['key', key]] as const;
  const told = data.map(([name, value]) => ` ${name}="${escapeValue(value)}"`).join('');
  // Without a byte order mark, which receivers that look for `CEF:` at the beginning do not expect.
  const message = `${head} [${DATA_ID}${told}] ${text}`;
  return Buffer.from(`${Buffer.byteLength(message)} ${message}`);
}

/** RFC 5424 knows years of four digits, and milliseconds are enough for it. */
function timestamp(ms: number): string {
  const at = new Date(Math.floor(ms));
  if (Number.isNaN(at.getTime())) return NONE;
  const text = at.toISOString();
  return text.length === 24 ? text : NONE;
}

/** A header field: printable ASCII without blanks. */
function word(text: string, longest: number): string {
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, longest) || NONE;
}

/** The three characters that RFC 5424 escapes; receivers that store lines get no line end here either: the message has the whole id. */
function escapeValue(text: string): string {
  return text.replace(/["\\\]]/g, '\\$&').replace(/[\0-\x1f\x7f]/g, '_');
}
