import { expect, test } from 'vitest';
import type { Sources } from '../../src/profile/pick.js';
import { placeOf } from '../../src/profile/place.js';
import type { Provider } from '../../src/providers/provider.js';
import { acme } from '../http/asking.js';

/** Sources with these flags, this environment, and these settings of a profile. */
function sources(flags: Sources['flags'], env: Sources['env'] = {}, saved: object = {}): Sources {
  const config = { profile: undefined, defaults: {}, profiles: new Map([['eu', saved]]) };
  return { flags, env, config, profile: 'eu' };
}

function vendor(base: string | undefined, url: string, more: Partial<Provider> = {}): Provider {
  const token = { grant: 'client_credentials', client: 'header', url } as const;
  return { ...acme, base, auth: { type: 'token', header: 'authorization', scheme: 'Bearer', token }, ...more };
}

const tokenOf = ({ auth }: Provider) => (auth.type === 'token' ? auth.token.url : undefined);

const OWN = 'https://api.acme.example';
const SAME = 'https://api.acme.example/oauth/token';
const OTHER = 'https://auth.example/v2/token';

test.each<[what: string, base: string | undefined, file: string, override: string | undefined, url: string]>([
  ['the file says where', OWN, OTHER, undefined, OTHER],
  ['another base: a token address of its own stays', OWN, OTHER, 'https://eu.acme.example', OTHER],
  [
    'another base: one of the same origin moves with it',
    OWN,
    SAME,
    'https://eu.acme.example',
    'https://eu.acme.example/oauth/token',
  ],
  ['the same origin, another path: it stays', OWN, SAME, `${OWN}/v2`, SAME],
  [
    'below the base, it moves below the other',
    `${OWN}/v1`,
    `${OWN}/v1/token`,
    'https://gate.example/acme',
    'https://gate.example/acme/token',
  ],
  [
    'beside the base, it moves to the root',
    `${OWN}/v1`,
    `${OWN}/v1token`,
    'https://gate.example/acme',
    'https://gate.example/v1token',
  ],
  ['a stand-in on this machine makes tokens, too', OWN, OTHER, 'http://127.0.0.1:99', 'http://127.0.0.1:99/v2/token'],
  ['whatever its path', OWN, OTHER, 'http://localhost:99/acme', 'http://localhost:99/v2/token'],
  ['without an address of its own', undefined, OTHER, 'https://eu.acme.example', OTHER],
  ['a vendor on this machine is none', 'http://127.0.0.1:99', OTHER, undefined, OTHER],
])('the token address: %s', (_, base, file, override, url) => {
  const place = placeOf(sources(override === undefined ? {} : { baseUrl: override }), vendor(base, file), false);
  expect(tokenOf(place.provider)).toBe(url);
  // A saved key has to be bound to it where it is not that of the base.
  const { origin } = new URL(url);
  expect(place.tokens).toBe(origin === place.base.origin ? undefined : origin);
});

test.each<[Sources, string, string | undefined]>([
  [
    sources({ tokenUrl: 'https://t.example/a/' }, { AUDITLOG_TOKEN_URL: 'https://no.example' }),
    'https://t.example/a/',
    'https://t.example',
  ],
  [
    sources({}, { AUDITLOG_TOKEN_URL: 'https://t.example/b' }, { tokenUrl: 'https://no.example' }),
    'https://t.example/b',
    'https://t.example',
  ],
  [sources({}, {}, { tokenUrl: 'https://t.example/c' }), 'https://t.example/c', 'https://t.example'],
  [sources({ tokenUrl: 'https://auth.example/other' }), 'https://auth.example/other', 'https://auth.example'],
  [sources({ tokenUrl: `${OWN}/other` }), `${OWN}/other`, undefined],
])('a token address that is named wins, %#', (from, url, foreign) => {
  const place = placeOf(from, vendor(OWN, OTHER), false);
  expect([tokenOf(place.provider), place.tokens]).toEqual([url, foreign]);
});

test.each([
  ['http://t.example/token', '--token-url: http would send the key unprotected to t.example'],
  ['https://a:b@t.example/token', '--token-url: an address must not contain a name or password'],
  ['t.example', 'invalid --token-url: expected the address of an API'],
  ['https://t.example/token?x=1', 'invalid --token-url: expected an address without "?"'],
])('%s is refused as a token address', (tokenUrl, told) => {
  expect(() => placeOf(sources({ tokenUrl }), vendor(OWN, OTHER), false)).toThrow(told);
});

test('a vendor without tokens has no use for the flag, and ignores the setting', () => {
  const plain = { ...acme, base: OWN };
  expect(() => placeOf(sources({ tokenUrl: OTHER }), plain, false)).toThrow('uses the key itself');
  expect(placeOf(sources({}, {}, { tokenUrl: OTHER }), plain, false).provider).toEqual(plain);
});

test('a JWT is for the vendor, whoever passes it on', () => {
  const jwt = vendor(OWN, OTHER);
  const provider = {
    ...jwt,
    auth: { type: 'token', header: 'authorization', token: { grant: 'jwt', url: OTHER } } as const,
  };
  const { auth } = placeOf(sources({ baseUrl: 'http://127.0.0.1:9' }), provider, false).provider;
  expect(auth).toMatchObject({ token: { url: 'http://127.0.0.1:9/v2/token', audience: OTHER } });
});

const named: Partial<Provider> = {
  path: '/{region}/orgs/{org}/audit/{site}',
  fixed: { site: '{site}', org: '{org}', text: 'a {site}' },
  body: { variables: { site: '{site}', org: '{org}', list: ['{region}', 'x {site}'] }, query: 'query { site }' },
  logs: { one: { title: 'One', path: '/one/{site}', fixed: { r: '{region}' } } },
  variables: {
    tenant: { about: 'the name of your site', example: 'ann' },
    region: { about: 'the region', default: 'eu' },
    site: { about: 'the site' },
  },
};

test('variables are replaced everywhere but for {org}', () => {
  const file: Provider = {
    ...vendor('https://{tenant}.acme.example/{site}', 'https://{tenant}.login.example/{site}/token', named),
    auth: {
      type: 'token',
      header: 'authorization',
      token: {
        grant: 'client_credentials',
        client: 'body',
        url: 'https://{tenant}.login.example/{site}/token',
        scope: 'read:{site} more',
        audience: 'https://{tenant}.acme.example',
        extra: { resource: '{site}' },
      },
    },
  };
  const { provider, base } = placeOf(sources({ vars: ['tenant=ann', 'site=b c'] }), file, false);
  expect(base.href).toBe('https://ann.acme.example/b%20c');
  expect(provider).toMatchObject({
    base: 'https://ann.acme.example/b%20c',
    path: '/eu/orgs/{org}/audit/b%20c',
    fixed: { site: 'b c', org: '{org}', text: 'a {site}' },
    body: { variables: { site: 'b c', org: '{org}', list: ['eu', 'x {site}'] }, query: 'query { site }' },
    logs: { one: { path: '/one/b%20c', fixed: { r: 'eu' } } },
    auth: {
      token: {
        url: 'https://ann.login.example/b%20c/token',
        scope: 'read:b c more',
        audience: 'https://ann.acme.example',
        extra: { resource: 'b c' },
      },
    },
  });
});

test('flags win over the environment, that over the profile, each name for itself', () => {
  const from = sources(
    { vars: ['tenant=flag'] },
    { AUDITLOG_VARS: 'tenant=env,site=env, x' },
    { vars: ['site=p', 'region=p', 'other=p'] },
  );
  const { provider } = placeOf(from, { ...vendor('https://{tenant}.acme.example', OTHER, named) }, false);
  expect([provider.base, provider.path]).toEqual(['https://flag.acme.example', '/p/orgs/{org}/audit/env%2C%20x']);
});

test('variables without a value are named, with the commands that give them', () => {
  const file = vendor('https://{tenant}.acme.example', OTHER, named);
  const at =
    (from: Sources, offline = false) =>
    () =>
      placeOf(from, file, offline);
  expect(at(sources({}))).toThrow("Acme's API needs tenant (the name of your site) and site (the site)");
  try {
    at(sources({}))();
  } catch (error) {
    expect(error).toMatchObject({
      exitCode: 2,
      hint: 'With --var tenant=ann --var site=VALUE, AUDITLOG_VARS=tenant=ann,site=VALUE, or to save it: auditlog config set vars tenant=ann,site=VALUE',
    });
  }
  // Those of the base are not needed where another base is named.
  expect(at(sources({ baseUrl: OWN }))).toThrow("Acme's API needs site (the site)");
  expect(placeOf(sources({ baseUrl: OWN, vars: ['site=s'] }), file, false).provider.base).toBeUndefined();
  expect(placeOf(sources({ baseUrl: 'http://127.0.0.1' }), file, true).provider.path).toContain('{site}');
});

test('a name that the vendor does not have is an error in a flag, and ignored elsewhere', () => {
  const file = vendor(OWN, OTHER, { ...named, path: '/x' });
  const vars =
    (...given: string[]) =>
    () =>
      placeOf(sources({ vars: given }), file, false);
  expect(vars('sitee=1')).toThrow('Acme has no variable sitee');
  expect(vars('site')).toThrow('--var: invalid variable: expected name=value');
  expect(() => placeOf(sources({ vars: ['site=1'] }), { ...file, variables: {} }, false)).toThrow(
    'Acme has no variables',
  );
  expect(() =>
    placeOf(sources({}, { AUDITLOG_VARS: 'sitee=1,site=2' }), { ...file, fixed: {}, body: {}, logs: {} }, false),
  ).not.toThrow();
});

/** Values that could lead elsewhere. */
const HOSTILE = [
  ...[
    'evil.example',
    'evil.example/',
    'evil.example#',
    'a/b',
    'a@evil.example',
    'a:b',
    'a:b@evil',
    'a?b',
    'a#b',
    'a\\b',
  ],
  ...[
    '..',
    '.',
    '%2e%2e',
    '%2f',
    'a b',
    '-a',
    'a-',
    'ä',
    '{org}',
    '{tenant}',
    'a\nb',
    'a\0b',
    ' a',
    'x'.repeat(64),
    '127.0.0.1',
    '[::1]',
    'a,b',
  ],
];

test.each(HOSTILE)('%j cannot be a part of a host', (value) => {
  const file = vendor('https://{tenant}.acme.example', 'https://{tenant}.login.example/t', {
    variables: named.variables!,
    path: '/x',
  });
  const flags = { vars: [`tenant=${value}`] };
  // A blank around it is not a part of it.
  if (value === ' a') expect(placeOf(sources(flags), file, false).base.host).toBe('a.acme.example');
  else
    expect(() => placeOf(sources(flags), file, false)).toThrow(
      /--var: (?:the value of tenant is not|invalid variable)/,
    );
});

test.each(HOSTILE)('%j cannot change the depth, the query or the origin of a path', (value) => {
  const file = vendor('https://api.acme.example/{site}', OTHER, {
    variables: { site: { about: 'the site' } },
    path: '/a/{site}/orgs/{org}/audit',
  });
  let place: ReturnType<typeof placeOf>;
  try {
    place = placeOf(sources({ vars: [`site=${value}`] }), file, false);
  } catch (error) {
    expect((error as Error).message).toMatch(/--var: (?:the value of site is not|invalid variable)/);
    return;
  }
  const url = new URL(place.base.href + place.provider.path.replace('{org}', 'o'));
  expect(url.origin).toBe('https://api.acme.example');
  expect([url.search, url.hash, url.pathname.split('/').length]).toEqual(['', '', 7]);
  expect(decodeURIComponent(url.pathname.split('/')[1]!)).toBe(value.trim());
});
