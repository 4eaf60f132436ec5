import { expect, test } from 'vitest';
import { proxyFor } from '../../src/http/proxy.js';

const API = new URL('https://api.example.com/orgs');
const P = 'http://proxy.test:3128';

const hostOf = (url: URL, env: Record<string, string>) => proxyFor(url, env)?.url.host;

test.each<[string, Record<string, string>, string | undefined]>([
  ['nothing set', {}, undefined],
  ['HTTPS_PROXY', { HTTPS_PROXY: P }, 'proxy.test:3128'],
  ['the lower-case one wins', { HTTPS_PROXY: 'http://other.test:1', https_proxy: P }, 'proxy.test:3128'],
  ['an empty one counts for nothing', { https_proxy: '', HTTPS_PROXY: P }, 'proxy.test:3128'],
  ['ALL_PROXY is for all', { ALL_PROXY: P }, 'proxy.test:3128'],
  ['HTTPS_PROXY before ALL_PROXY', { ALL_PROXY: 'http://other.test:1', HTTPS_PROXY: P }, 'proxy.test:3128'],
  ['HTTP_PROXY is not for https', { HTTP_PROXY: P, http_proxy: P }, undefined],
  ['without a scheme it is http', { HTTPS_PROXY: 'proxy.test:3128' }, 'proxy.test:3128'],
])('the proxy for an https API: %s', (_, env, wanted) => {
  expect(hostOf(API, env)).toBe(wanted);
});

test.each<[string, string, boolean]>([
  ['api.example.com', 'https://api.example.com', true],
  ['API.example.com', 'https://api.example.com', true],
  ['example.com', 'https://api.example.com', true],
  ['.example.com', 'https://api.example.com', true],
  ['*.example.com', 'https://api.example.com', true],
  ['.example.com', 'https://example.com', true],
  ['example.com', 'https://notexample.com', false],
  ['api.example.com:443', 'https://api.example.com', true],
  ['api.example.com:8443', 'https://api.example.com', false],
  ['api.example.com:8443', 'https://api.example.com:8443', true],
  ['*', 'https://api.example.com', true],
  ['a.test, api.example.com ,b.test', 'https://api.example.com', true],
  ['a.test api.example.com', 'https://api.example.com', true],
  ['127.0.0.1', 'https://127.0.0.1:8443', true],
  ['127.0.0.1', 'https://127.0.0.11', false],
  ['::1', 'https://[::1]:8443', true],
  ['[::1]', 'https://[::1]:8443', true],
  ['[::1]:8443', 'https://[::1]:8443', true],
  ['[::1]:1', 'https://[::1]:8443', false],
  ['10.0.0.0/8', 'https://10.20.30.40', true],
  ['10.0.0.0/8', 'https://11.0.0.1', false],
  ['10.20.30.40/32', 'https://10.20.30.40:8443', true],
  ['0.0.0.0/0', 'https://10.20.30.40', true],
  ['10.0.0.0/33', 'https://10.20.30.40', false],
  ['10.0.0.0/8', 'https://api.example.com', false],
  ['a.test, 192.168.0.0/16 , 10.0.0.0/8', 'https://10.1.1.1', true],
  ['fd00::/8', 'https://[fd12:3456::1]', true],
  ['fd00::/8', 'https://[fe80::1]', false],
  ['[fd00::]/8', 'https://[fd12::1]:8443', true],
  ['10.0.0.0/8', 'https://[::ffff:10.1.2.3]', true],
  ['0:0:0:0:0:0:0:1', 'https://[::1]:8443', true],
  ['FD12:0::0001', 'https://[fd12::1]', true],
  ['10.1.2.3:8443', 'https://10.1.2.3:8443', true],
  ['10.1.2.3:8443', 'https://10.1.2.3', false],
  ['2.3', 'https://10.1.2.3', false],
  ['api.example.com.', 'https://api.example.com', true],
  ['api.example.com', 'https://api.example.com.', true],
  ['\tapi.example.com\n', 'https://api.example.com', true],
  ['', 'https://api.example.com', false],
  [',', 'https://api.example.com', false],
])('NO_PROXY=%s, and the target %s: excluded is %s', (list, target, excluded) => {
  expect(proxyFor(new URL(target), { HTTPS_PROXY: P, NO_PROXY: list }) === undefined).toBe(excluded);
  expect(
    proxyFor(new URL(target), { HTTPS_PROXY: P, NO_PROXY: 'else.test', no_proxy: list || 'else.test' }) === undefined,
  ).toBe(excluded);
});

test.each(['http://127.0.0.1:4180/orgs', 'http://localhost:4180', 'http://[::1]:4180'])(
  'plain http to %s, which is this machine, never goes through a proxy',
  (base) => {
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'])
      for (const value of [P, 'http://127.0.0.1:3128', 'socks5://proxy.test'])
        expect(proxyFor(new URL(base), { [name]: value })).toBeUndefined();
  },
);

test('credentials are removed from the address and known as secrets', () => {
  const proxy = proxyFor(API, { HTTPS_PROXY: 'http://me:p%40ss%3Aword@proxy.test:3128' });
  expect(proxy?.url.href).toBe('http://proxy.test:3128/');
  expect(proxy?.token).toBe(`Basic ${Buffer.from('me:p@ss:word').toString('base64')}`);
  expect(proxy?.secrets).toEqual(['p%40ss%3Aword', 'p@ss:word', Buffer.from('me:p@ss:word').toString('base64')]);
  expect(proxyFor(API, { HTTPS_PROXY: 'http://me@proxy.test' })?.token).toBe(
    `Basic ${Buffer.from('me:').toString('base64')}`,
  );
});

test.each(['socks5://proxy.test:1080', 'http://', 'http://me:hunter2@:80', 'ftp://me:hunter2@proxy.test'])(
  'an unusable proxy address is rejected and not repeated: %s',
  (value) => {
    expect(() => proxyFor(API, { HTTPS_PROXY: value })).toThrow(
      '$HTTPS_PROXY is not the address of an http or https proxy',
    );
    try {
      proxyFor(API, { HTTPS_PROXY: value });
    } catch (error) {
      expect(String(error)).not.toContain('hunter2');
    }
  },
);
