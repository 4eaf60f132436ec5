import { Fault, type FaultKind } from './fault.js';

/** The codes of the system and of undici, by kind. Codes that match none are `unknown`. */
const CODES: readonly (readonly [kind: FaultKind, codes: RegExp])[] = [
  ['reset', /^(ECONNRESET|ECONNABORTED|EPIPE|ENOTCONN|UND_ERR_(SOCKET|ABORTED|RESPONSE))$/],
  ['cutBody', /^UND_ERR_RES_CONTENT_LENGTH_MISMATCH$/],
  ['timeout', /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/],
  ['refused', /^(ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/],
  ['noName', /^(ENOTFOUND|ENODATA|EAI_NONAME)$/],
  ['nameBusy', /^EAI_AGAIN$/],
  ['tls', /^(UND_ERR_PRX_TLS$|CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE)/],
  ['tls', /^(PATH_LENGTH|HOSTNAME_MISMATCH|ERR_SSL_|EPROTO)/],
];

const BROKEN_OFF = /terminated|other side closed|socket hang up/i;

/** Turns whatever a transport threw into a `Fault`, by the first known code in its `cause`s and in the members of an `AggregateError`. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const chain = unpack(error);
  const refusal = chain.find(({ message }) => /^Proxy response \(\d+\)|\(407\)$/.test(message))?.message;
  if (refusal !== undefined)
    return new Fault('proxy', refusal, { cause: error, code: /\d{3}/.exec(refusal)?.[0] ?? '' });
  const protocol = chain.map(protocolOf).find((one) => one !== undefined);
  if (protocol !== undefined) return new Fault('protocol', OTHER[protocol], { cause: error, code: protocol });
  for (const link of chain) {
    const code = codeOf(link) ?? '';
    const kind = CODES.find(([, codes]) => codes.test(code))?.[0];
    if (kind !== undefined) return new Fault(kind, link.message, { cause: error, code });
  }
  const code = chain.map(codeOf).find((one) => one !== undefined);
  // Bytes that are not HTTP: a cut or a garbled answer.
  const isGarbled =
    code?.startsWith('HPE_') ||
    chain.some(({ name, message }) => name === 'HTTPParserError' || BROKEN_OFF.test(message));
  return new Fault(isGarbled ? 'reset' : 'unknown', chain[0]?.message ?? String(error), { cause: error, code });
}

/** What a server speaks that cannot be read, by the code of the fault. */
const OTHER = {
  HTTP2: 'it speaks HTTP/2 only, and not HTTP/1.1',
  TLS: 'this is its port for https',
  HEADERS: 'the headers of its answer are larger than 16 KB',
} as const;

function protocolOf(error: Error): keyof typeof OTHER | undefined {
  const code = codeOf(error) ?? '';
  if (/^(UND_ERR_HEADERS|HPE_HEADER)_OVERFLOW$/.test(code)) return 'HEADERS';
  if (/NO_APPLICATION_PROTOCOL/.test(code)) return 'HTTP2';
  // The bytes at which the parser of HTTP stopped: a frame of settings, which begins every connection of HTTP/2, or an alert of TLS.
  const data = 'data' in error && typeof error.data === 'string' ? error.data : '';
  if (/^(?:\0[\s\S]{2})?\x04\0{5}|^\0{3}\x04/.test(data)) return 'HTTP2';
  return data.startsWith('\x15\x03') ? 'TLS' : undefined;
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The error and its causes, the innermost first, which `fetch failed` hides. Bounded, as a chain of causes may be a ring. */
function unpack(error: unknown): Error[] {
  const found: Error[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (!(value instanceof Error) || depth > 8 || found.length > 32) return;
    if (value instanceof AggregateError) for (const inner of value.errors) visit(inner, depth + 1);
    visit(value.cause, depth + 1);
    found.push(value);
  };
  visit(error, 0);
  return found;
}
