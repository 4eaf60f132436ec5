import { expect, test } from 'vitest';
import type { AuditlogError } from '../../../src/errors.js';
import { keyWarnings } from '../../../src/providers/file/access.js';
import { toProviderFile } from '../../../src/providers/file/parse.js';

/** As little as a file can say. */
const small = {
  name: 'acme',
  base: 'https://api.acme.example',
  path: '/v1/audit',
  auth: { header: 'x-key' } as object,
  paging: { style: 'page', page: 'page', size: 'per_page', max: 50 },
  fields: { time: 'at', action: 'what', actor: { email: 'who' } },
};

/** Every problem of a file, a line each; '' when there is none. */
function problems(more: object): string {
  try {
    toProviderFile({ ...small, ...more }, 'acme.json');
    return '';
  } catch (error) {
    const { message, hint = '' } = error as AuditlogError;
    return [message.slice('acme.json: '.length), ...hint.split('\n').slice(0, -1)].join('\n');
  }
}

const about = { about: 'a thing' };
const url = 'https://auth.acme.example/token';
const client = { grant: 'client_credentials', client: 'body', url };
const token = (more: object, auth: object = {}) => ({
  auth: { type: 'token', token: { ...client, ...more }, ...auth },
});
const pair = { parts: { id: about, secret: about } };
const variables = { tenant: about };

test.each<[what: string, file: object]>([
  ['a key with a prefix to the letter', { auth: { header: 'authorization', value: 'Token token={key}' } }],
  [
    'one part that only says what the key is',
    { auth: { header: 'authorization', scheme: 'Bearer', parts: { token: about } } },
  ],
  ['two headers', { auth: { header: 'x-key', value: '{id}', headers: { 'X-App': '{secret}' }, ...pair } }],
  ['Basic of two parts', { auth: { type: 'basic', user: '{id}/token', password: '{secret}', ...pair } }],
  ['Basic of the key alone', { auth: { type: 'basic', user: '{key}', password: '' } }],
  ['Basic of a variable and the key', { auth: { type: 'basic', user: '{tenant}', password: '{key}' }, variables }],
  ['client credentials', token({ scope: 'read', extra: { resource: 'x' } })],
  [
    'parts of a name of their own beside those that the grant needs',
    token({}, { parts: { 'client-id': about, 'client-secret': about, app: about }, headers: { 'x-app': '{app}' } }),
  ],
  ['a login', token({ grant: 'login', client: undefined, body: { a: '{id}', b: '{secret}' } }, pair)],
  [
    'a service account',
    token({ grant: 'jwt', client: undefined, subject: '{tenant}', scope: 'x' }).auth && {
      ...token({ grant: 'jwt', client: undefined, subject: '{tenant}' }),
      variables,
    },
  ],
  ['a variable in the host', { base: 'https://{tenant}.acme.example', variables }],
  ['a variable inside of a label', { base: 'https://log-{tenant}.eu.acme.example:8443/api', variables }],
  ['a variable in the address of tokens', { ...token({ url: 'https://auth.acme.example/{tenant}/token' }), variables }],
  [
    'variables in the path, a parameter and the body',
    {
      method: 'POST',
      path: '/{a}/{org}',
      fixed: { b: '{b}' },
      body: { c: ['{c}'], q: 'query { c }' },
      variables: { a: about, b: about, c: about },
    },
  ],
  ['a stand-in on this machine', token({ url: 'http://localhost:1234/token' })],
])('%s is right', (_, file) => {
  expect(problems(JSON.parse(JSON.stringify(file)))).toBe('');
});

test.each<[file: object, told: string]>([
  [
    { base: 'https://{org}.acme.example' },
    '$.base: {org} cannot be in an address: declare a variable of another name in $.variables, or put {org} into $.path',
  ],
  [{ base: 'https://{tenant}.acme.example' }, '$.base: {tenant} is not declared in $.variables'],
  [
    { base: 'https://{tenat}.acme.example', path: '/{tenant}', variables },
    '$.base: {tenat} is not declared in $.variables: did you mean {tenant}?',
  ],
  [
    { base: 'https://{tenant}', variables },
    "$.base: a variable in the host must be followed by the vendor's domain, such as {tenant}.example.com",
  ],
  [
    { base: 'https://acme.{tenant}', variables },
    "$.base: a variable in the host must be followed by the vendor's domain, such as {tenant}.example.com",
  ],
  [
    { base: 'https://{tenant}.example', variables },
    "$.base: a variable in the host must be followed by the vendor's domain, such as {tenant}.example.com",
  ],
  [{ base: 'https://acme.example:{tenant}', variables }, '$.base: it is not an address'],
  [{ base: 'https://{tenant}@acme.example', variables }, '$.base: an address must not contain a name or password'],
  [
    { base: 'http://{tenant}.acme.example', variables },
    '$.base: http would send the key unprotected to x.acme.example: use https',
  ],
  [{ base: 'https://{Tenant}.acme.example' }, '$.base: it has a brace that begins or ends no name'],
  [{ base: 'https://acme.example/../x' }, '$.base: it has . or .. in it'],
  [{ path: '/{region}/{org}' }, '$.path: {region} is not declared in $.variables'],
  [{ path: '/{orgs}/audit' }, '$.path: {orgs} is not declared in $.variables: did you mean {org}?'],
  [{ fixed: { a: '{region}' } }, '$.fixed.a: {region} is not declared in $.variables'],
  [{ logs: { one: { title: 'One', path: '/{region}' } } }, '$.logs.one.path: {region} is not declared in $.variables'],
  [{ variables }, '$.variables.tenant: nothing names {tenant}'],
  [
    { path: '/{org}', variables: { org: about } },
    '$.variables.org: {org} is the organization, which --org names: take another name',
  ],
  [
    { path: '/{tenant}', variables: { tenant: { about: 'x', default: '..' } } },
    '$.variables.tenant.default: it is not a name: it consists of dots',
  ],
  [
    { base: 'https://{tenant}.acme.example', variables: { tenant: { about: 'x', example: 'a.b' } } },
    '$.variables.tenant.example: it is not a part of a host name: only letters, digits and - are',
  ],
  [
    {
      auth: { header: 'x-key', value: '{id}', ...pair, headers: { 'x-a': '{secret}' } },
      path: '/{id}',
      variables: { id: about },
    },
    '$.variables.id: {id} is a part of the key already',
  ],
  [
    { auth: { header: 'x-key', value: '{id}{secret}', ...pair }, path: '/{secret}' },
    '$.path: {secret} is a part of the key, which goes into headers and bodies of $.auth only',
  ],
  [{ path: '/{key}' }, '$.path: {key} is a part of the key, which goes into headers and bodies of $.auth only'],
  [
    { auth: { header: 'x-key', ...pair } },
    '$.auth.parts.id: nothing sends {id}\n$.auth.parts.secret: nothing sends {secret}\n$.auth.value: missing: which part of the key x-key carries, such as {id}',
  ],
  [{ auth: { header: 'x-key', value: '{id}', ...pair } }, '$.auth.parts.secret: nothing sends {secret}'],
  [
    { auth: { header: 'x-key', value: 'Token {tokn}', parts: { token: about } } },
    '$.auth.parts.token: nothing sends {token}\n$.auth.value: {tokn} is not declared in $.auth.parts: did you mean {token}?',
  ],
  [
    { auth: { header: 'x-key', value: 'Token {key}', scheme: 'Bearer' } },
    '$.auth.value: either the value to the letter or the scheme, not both',
  ],
  [{ auth: { header: 'x-key', value: 'a literal' } }, '$.auth.value: it has no part of the key in it, such as {key}'],
  [
    { auth: { header: 'x-key', value: '{id}{secret}{key}', ...pair } },
    '$.auth.value: {key} is the whole key, which has several parts: name one of them',
  ],
  [
    { auth: { header: 'x-key', value: '{key}{b}', parts: { key: about, b: about } } },
    '$.auth.parts.key: key has a meaning of its own: take another name',
  ],
  [
    { auth: { header: 'x-key', headers: { 'X-Key': '{key}' } } },
    '$.auth.headers["x-key"]: this header carries the key already',
  ],
  [{ auth: { header: 'x-key', headers: { host: '{key}' } } }, '$.auth.headers.host: host cannot carry a key'],
  [
    { auth: { header: 'x-key', headers: { 'x-b': 'literal' } } },
    '$.auth.headers["x-b"]: it has no part of the key in it: put it into $.headers',
  ],
  [
    { auth: { header: 'x-key', headers: { 'x-b': '{key}' } }, headers: { 'X-B': '1' } },
    '$.auth.headers["x-b"]: this header is in $.headers already',
  ],
  [
    { auth: { type: 'basic', user: '{user}', password: '{key}' } },
    '$.auth.user: {user} is not declared in $.auth.parts',
  ],
  [
    token({ url: 'http://auth.acme.example/token' }),
    '$.auth.token.url: http would send the key unprotected to auth.acme.example: use https',
  ],
  [
    token({ url: 'https://a:b@auth.acme.example/token' }),
    '$.auth.token.url: an address must not contain a name or password',
  ],
  [
    token({ url: 'https://auth.acme.example/{org}/token' }),
    '$.auth.token.url: {org} cannot be in an address: declare a variable of another name in $.variables, or put {org} into $.path',
  ],
  [
    token({ scope: 'read:{org}' }),
    '$.auth.token.scope: {org} is not replaced here: declare a variable of another name',
  ],
  [token({ scope: 'read:{tenant}' }), '$.auth.token.scope: {tenant} is not declared in $.variables'],
  [token({ extra: { resource: '{tenant}' } }), '$.auth.token.extra.resource: {tenant} is not declared in $.variables'],
  [token({}, { parts: { 'client-id': about } }), '$.auth.parts: the grant needs a part client-secret'],
  [
    token({ grant: 'login', client: undefined, body: { a: '{key}' } }),
    '$.auth.parts: missing: a login has no parts of its own, such as user and password',
  ],
  [
    token({ grant: 'login', client: undefined, body: { a: '{id}', b: '{secrets}' } }, pair),
    '$.auth.parts.secret: nothing sends {secret}\n$.auth.token.body.b: {secrets} is not declared in $.auth.parts: did you mean {secret}?',
  ],
  [token({ grant: 'jwt', client: undefined }, pair), '$.auth.parts: a service account is one JSON file: leave it out'],
])('%j is told with its path', (file, told) => {
  expect(problems(JSON.parse(JSON.stringify(file)))).toBe(told);
});

test('a header or parameter that seems to carry a key is warned of', () => {
  const file = (more: object) => keyWarnings(toProviderFile({ ...small, ...more }, 'x').provider);
  const told = (path: string) =>
    `${path}: it looks like a key: keys do not belong into a file. See $.auth.parts and $.auth.headers`;
  expect(
    file({ headers: { 'DD-Application-Key': 'x', 'x-auth-token': 'x', accept: 'x', 'x-api-version': '1' } }),
  ).toEqual([told('$.headers["dd-application-key"]'), told('$.headers["x-auth-token"]')]);
  expect(file({ fixed: { api_key: 'x', client_secret: 'x', page_token: 'x', order: 'asc' } })).toEqual([
    told('$.fixed.api_key'),
    told('$.fixed.client_secret'),
  ]);
});
