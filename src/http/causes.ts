import { Fault, type FaultKind } from './fault.js';

/** The system's and undici's codes, by what they mean for us. Codes that are not here, and are no certificate's, are `unknown`. */
const KIND_BY_CODE: Readonly<Record<string, FaultKind>> = {
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ENOTCONN: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_ABORTED: 'reset',
  UND_ERR_RESPONSE: 'reset',
  UND_ERR_HEADERS_OVERFLOW: 'reset',
  HPE_HEADER_OVERFLOW: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'cutBody',
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  EHOSTDOWN: 'refused',
  ENETUNREACH: 'refused',
  ENETDOWN: 'refused',
  EADDRNOTAVAIL: 'refused',
  ENOTFOUND: 'noName',
  ENODATA: 'noName',
  EAI_NONAME: 'noName',
  EAI_AGAIN: 'nameBusy',
  UND_ERR_PRX_TLS: 'tls',
};

const CERTIFICATE =
  /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_SSL_|EPROTO)/;

const BROKEN_OFF = /terminated|other side closed|socket hang up/i;

/** Turns whatever a transport threw into a `Fault`, looking through `cause` and the members of an `AggregateError` for the first code that says something. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const chain = unpack(error);
  const refusal = chain.find((link) => /^Proxy response \(\d+\)/.test(link.message) || /\(407\)$/.test(link.message));
  if (refusal) return new Fault('proxy', refusal.message, { cause: error, code: proxyStatus(refusal.message) });
  for (const link of chain) {
    const code = codeOf(link);
    const kind = code === undefined ? undefined : kindOf(code);
    if (kind !== undefined) return new Fault(kind, link.message, { cause: error, code: code! });
  }
  const code = chain.map(codeOf).find((one) => one !== undefined);
  // What is no HTTP: a cut or a garbled answer.
  if (
    code?.startsWith('HPE_') ||
    chain.some((link) => link.name === 'HTTPParserError' || BROKEN_OFF.test(link.message))
  )
    return new Fault('reset', chain[0]!.message, { cause: error, ...(code === undefined ? {} : { code }) });
  return new Fault('unknown', chain[0]?.message ?? String(error), {
    cause: error,
    ...(code === undefined ? {} : { code }),
  });
}

function kindOf(code: string): FaultKind | undefined {
  if (Object.hasOwn(KIND_BY_CODE, code)) return KIND_BY_CODE[code];
  return CERTIFICATE.test(code) ? 'tls' : undefined;
}

function proxyStatus(message: string): string {
  return /\d{3}/.exec(message)?.[0] ?? '';
}

function codeOf(error: Error): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

/** The innermost reasons first: what `fetch failed` hides. Bounded, as a chain of causes may be a ring. */
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
