import { expect, test } from 'vitest';
import { toFault } from '../../src/http/causes.js';
import { Fault } from '../../src/http/fault.js';

function coded(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

test.each([
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['ENETUNREACH', 'refused'],
  ['ENETDOWN', 'refused'],
  ['ENOTFOUND', 'noName'],
  ['EAI_AGAIN', 'nameBusy'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['CERT_NOT_YET_VALID', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
  ['EPROTO', 'tls'],
  ['HPE_INVALID_CONSTANT', 'reset'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'cutBody'],
  ['ESOMETHING', 'unknown'],
])('the code %s makes a fault of kind %s', (code, kind) => {
  expect(toFault(coded(code))).toMatchObject({ kind, code });
});

test('a code in the causes of an error is found', () => {
  const error = new TypeError('fetch failed', { cause: new Error('other', { cause: coded('ECONNRESET') }) });
  expect(toFault(error)).toMatchObject({ kind: 'reset', code: 'ECONNRESET' });
});

test('an AggregateError has the kind of its first member with a known code', () => {
  const error = new AggregateError([coded('ETIMEDOUT'), coded('ENETUNREACH')]);
  expect(toFault(new Error('fetch failed', { cause: error }))).toMatchObject({ kind: 'timeout' });
});

test('a ring of causes ends', () => {
  const error: Error & { cause?: unknown } = new Error('ring');
  error.cause = error;
  expect(toFault(error).kind).toBe('unknown');
});

test('a thrown text is an unknown fault, and a fault is returned unchanged', () => {
  expect(toFault('text')).toMatchObject({ kind: 'unknown', message: 'text' });
  const fault = new Fault('webPage', 'x');
  expect(toFault(fault)).toBe(fault);
});

test('a refused proxy tunnel is recognised by its message', () => {
  const error = coded('UND_ERR_ABORTED', 'Proxy response (407) !== 200 when HTTP Tunneling');
  expect(toFault(error)).toMatchObject({ kind: 'proxy', code: '407' });
});
