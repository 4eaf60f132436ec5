import { expect, test } from 'vitest';
import { Fault, type FaultKind } from '../../../src/http/fault.js';
import type { Answerer } from '../../../src/http/messages/about.js';
import { explain } from '../../../src/http/messages/explain.js';
import { proxyFor } from '../../../src/http/proxy.js';
import { makeSecret } from '../../../src/keys.js';
import { acme } from '../asking.js';

const url = new URL('https://api.example.com/logs');
const api: Answerer = { provider: acme, key: makeSecret('key_0123456789_abcdefgh', 'a test') };
const destination: Answerer = { what: 'ClickHouse', secretFrom: undefined };
const proxy = proxyFor(url, { HTTPS_PROXY: 'http://proxy.example.com:3128' });

function message(by: Answerer, kind: FaultKind, code?: string, through?: typeof proxy): string {
  const fault = new Fault(kind, 'DETAIL', { code });
  return explain(fault, { by, url, proxy: through, attempts: 1, why: 'final', now: 0 }).message;
}

test.each<[FaultKind, string | undefined, string]>([
  ['reset', 'ECONNRESET', 'the connection to NAME broke off'],
  ['timeout', undefined, 'NAME did not answer in time'],
  ['refused', 'ECONNREFUSED', 'cannot connect to NAME (ECONNREFUSED)'],
  ['noName', 'ENOTFOUND', 'cannot resolve api.example.com'],
  ['nameBusy', 'EAI_AGAIN', 'the name server did not answer for api.example.com'],
  ['tls', 'CERT_HAS_EXPIRED', 'the certificate of NAME was not accepted (CERT_HAS_EXPIRED)'],
  ['tls', 'EPROTO', 'no secure connection to NAME (EPROTO)'],
  ['cutBody', undefined, 'the answers of NAME keep being cut off'],
  ['badGzip', undefined, 'the answers of NAME arrive damaged'],
  ['badText', undefined, 'the answer of NAME is not valid UTF-8'],
  ['tooLarge', undefined, 'NAME: DETAIL'],
  ['unknown', 'EWEIRD', 'the request to NAME failed: DETAIL (EWEIRD)'],
])('a fault of kind %s (%s) has one message for the API and for destinations', (kind, code, wanted) => {
  expect(message(api, kind, code)).toBe(wanted.replace('NAME', 'api.example.com'));
  expect(message(destination, kind, code)).toBe(wanted.replace('NAME', 'ClickHouse at api.example.com'));
});

test.each<[FaultKind, string, string, string]>([
  ['webPage', '', 'got a web page instead of the API from HOST', 'ClickHouse at HOST answered with a web page'],
  [
    'unknownShape',
    '',
    'the API at HOST answered in an unknown shape: DETAIL',
    'ClickHouse at HOST answered in an unknown shape: DETAIL',
  ],
])('a fault of kind %s names the API or the destination', (kind, code, atApi, atDestination) => {
  expect(message(api, kind, code)).toBe(atApi.replace('HOST', 'api.example.com'));
  expect(message(destination, kind, code)).toBe(atDestination.replace('HOST', 'api.example.com'));
});

test('through a proxy a refused connection and a refused tunnel name the proxy', () => {
  expect(message(api, 'refused', 'ECONNREFUSED', proxy)).toBe(
    'cannot connect to the proxy proxy.example.com:3128 (ECONNREFUSED)',
  );
  expect(message(destination, 'proxy', '502', proxy)).toBe(
    'the proxy proxy.example.com:3128 does not connect to ClickHouse at api.example.com (502)',
  );
  expect(message(destination, 'proxy', '407', proxy)).toBe('the proxy proxy.example.com:3128 wants credentials (407)');
});
