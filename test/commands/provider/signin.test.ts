import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';

const small = {
  name: 'acme',
  base: 'https://api.acme.example',
  path: '/v1/audit',
  paging: { style: 'page', page: 'page', size: 'per_page', max: 50 },
  fields: { time: 'at', action: 'what', actor: { email: 'who' } },
};
const about = (text: string) => ({ about: text });

test.each<[file: object, lines: readonly string[]]>([
  [{ auth: { header: 'authorization', scheme: 'Bearer' } }, ['with   authorization: Bearer KEY']],
  [{ auth: { header: 'authorization', value: 'Token token={key}' } }, ['with   authorization: Token token=KEY']],
  [
    {
      auth: {
        header: 'dd-api-key',
        value: '{api}',
        headers: { 'dd-application-key': '{app}' },
        parts: { api: about('the API key'), app: about('the application key') },
      },
    },
    ['with   dd-api-key: {api}', 'with   dd-application-key: {app}', 'Key    api:app, or these as JSON'],
  ],
  [
    {
      auth: {
        type: 'basic',
        user: '{email}/token',
        password: '{token}',
        parts: { email: about('x'), token: about('y') },
      },
    },
    ['with   authorization: Basic of {email}/token:{token} in base64', 'Key    email:token, or these as JSON'],
  ],
  [
    {
      base: 'https://{tenant}.acme.example',
      path: '/{region}/audit',
      variables: { tenant: { about: 'your site', example: 'ann' }, region: { about: 'the region', default: 'eu' } },
      auth: {
        type: 'token',
        token: { grant: 'client_credentials', client: 'header', url: 'https://{tenant}.acme.example/oauth/token' },
      },
    },
    [
      'Asks   https://ann.acme.example/eu/audit?per_page=50&page=1',
      'with   authorization: Bearer TOKEN',
      'Token  POST https://{tenant}.acme.example/oauth/token (OAuth 2 client credentials, the client in a header)',
      'Key    client-id:client-secret, or these as JSON',
      'Base   https://{tenant}.acme.example',
      'Var    tenant: your site',
      'Var    region: the region (default: eu)',
    ],
  ],
  [
    { auth: { type: 'token', header: 'x-token', token: { grant: 'jwt', url: 'https://auth.acme.example/token' } } },
    [
      'with   x-token: TOKEN',
      'Token  POST https://auth.acme.example/token (a JWT that a service account signs)',
      'Key    the JSON file of a service account',
    ],
  ],
])('provider check shows how the key is sent and where tokens are made: %j', async (file, lines) => {
  const home = await makeHome();
  await writeFile(join(home, 'acme.json'), JSON.stringify({ ...small, ...file }));
  // A key that is set is of no interest to a check.
  const ran = await run('provider check acme.json', { home, env: { AUDITLOG_API_KEY: 'canary-0123456789' } });
  expect(ran.code).toBe(0);
  const shown = ran.stdout.split('\n').filter((line) => /^(?:Asks|with|Token|Key|Base|Var) /.test(line));
  expect(lines[0]!.startsWith('Asks') ? shown : shown.slice(1)).toEqual(lines);
});

test('a key in the file is warned of', async () => {
  const home = await makeHome();
  const file = { ...small, auth: { header: 'x-key' }, headers: { 'x-app-secret': 'canary-0123456789' } };
  await writeFile(join(home, 'acme.json'), JSON.stringify(file));
  const ran = await run('provider check acme.json', { home });
  expect(ran.stdout).toContain('Warning: $.headers["x-app-secret"]: it looks like a key');
  expect(ran.stdout).not.toContain('canary');
});
