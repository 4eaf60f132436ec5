import { expect, test } from 'vitest';
import { AuditlogError } from '../../../src/errors.js';
import { faultOf, unknownShape } from '../../../src/http/fault.js';
import { ask, KEY, rejection, reply, serve, text } from '../asking.js';

/** Asks once and gives the error as people and scripts see it. */
async function refusal(...answers: Parameters<typeof serve>) {
  const { base, heard } = await serve(...answers);
  const error = await rejection(ask(base).get(new URL('/orgs/c/audit-logs', base), text));
  expect(error).toBeInstanceOf(AuditlogError);
  const { message, hint, exitCode } = error as AuditlogError;
  const [host, port] = [base.host, base.port];
  const plain = (words: string | undefined) => words?.replaceAll(host, 'HOST').replaceAll(port, 'PORT');
  return { message: plain(message), hint: plain(hint), exitCode, requests: heard.length, error };
}

const said = (message: string) => JSON.stringify({ error: { message } });

test.each<[number, string, { message: string; hint?: string; exitCode: number }]>([
  [
    400,
    said('from must be a day.'),
    {
      message: 'the server refused the request (400): from must be a day',
      hint: 'Check the filters, the dates and the org id; --debug shows what was asked',
      exitCode: 2,
    },
  ],
  [422, '', { message: 'the server refused the request (422), and does not say why', exitCode: 2 }],
  [
    401,
    said('bad key'),
    {
      message: 'the API key was rejected (401): the key ending in …abcd from $AUDITLOG_API_KEY',
      hint: 'Check that it is active and for this environment. To save another: auditlog auth login',
      exitCode: 4,
    },
  ],
  [
    403,
    said('admins only'),
    {
      message: 'the key is valid but may not read audit logs (403): admins only',
      hint: 'Audit logs need a Business plan. The key ending in …abcd is from $AUDITLOG_API_KEY',
      exitCode: 4,
    },
  ],
  [
    404,
    '{}',
    {
      message: 'no such endpoint on HOST (404): /orgs/c/audit-logs',
      hint: 'Check the base URL, the region and the org id',
      exitCode: 2,
    },
  ],
  [402, said('upgrade'), { message: 'the plan does not include this (402): upgrade', exitCode: 4 }],
  [407, '', { message: 'the proxy wants credentials (407)', exitCode: 5 }],
  [410, '', { message: 'the API version is gone (410)', hint: 'Update auditlog', exitCode: 2 }],
  [405, said('no'), { message: 'HOST answered 405: no', exitCode: 5 }],
  [451, said('a court'), { message: 'HOST may not give this for legal reasons (451): a court', exitCode: 4 }],
  [501, '', { message: 'HOST answered 501', hint: 'Try again later, or ask the vendor', exitCode: 5 }],
  [204, '', { message: 'HOST answered 204, which the API never does', exitCode: 5 }],
  [206, '[]', { message: 'HOST answered 206, which the API never does', exitCode: 5 }],
])('status %i is tried once and explained', async (status, body, words) => {
  expect(await refusal(reply(status, body))).toMatchObject({ ...words, requests: 1 });
});

test('a redirect is explained and not followed, and the key is not sent there', async () => {
  const other = await serve(reply(200));
  const answer = await refusal(reply(302, '', { location: `${other.base.origin}/login?token=s3cret` }));
  expect(answer).toMatchObject({
    message: `HOST redirects to ${other.base.origin} (302): redirects are never followed, and the key was not sent there`,
    hint: 'If that is the right place, name it: --base-url URL',
    exitCode: 5,
    requests: 1,
  });
  expect(other.heard).toEqual([]);
});

test.each([
  [{ location: '/elsewhere' }, 'HOST redirects to another path (308)'],
  [{ location: 'http://[bad' }, 'HOST redirects to elsewhere (308)'],
  [{}, 'HOST redirects to elsewhere (308)'],
])('a redirect with the headers %j is not followed', async (headers, message) => {
  expect((await refusal(reply(308, '', headers as Record<string, string>))).message).toContain(message);
});

test('a web page is requested once more and then explained', async () => {
  const page = '<!doctype html><html><head><title>\n Sign in to\tthe Café </title></head></html>';
  const answer = await refusal(reply(200, page, { 'content-type': 'text/html', server: 'captive/1.0' }));
  expect(answer).toMatchObject({
    message: 'got a web page instead of the API from HOST ("Sign in to the Café", server: captive/1.0)',
    hint: 'A proxy, VPN or captive portal may be in the way, or the base URL is wrong\nGave up after 2 attempts',
    exitCode: 5,
    requests: 2,
  });
});

test('HTML with a JSON content type is recognised by its first character', async () => {
  const answer = await refusal(reply(200, '\uFEFF \n<html></html>'));
  expect(answer.message).toBe('got a web page instead of the API from HOST');
});

test('JSON of another shape is not requested again', async () => {
  const { base, heard } = await serve(reply(200, '{}'));
  const parse = () => {
    throw unknownShape('a list was expected, an object came');
  };
  const error = await rejection(ask(base).get(new URL('/x', base), parse));
  expect(error).toMatchObject({
    message: `the API at ${base.host} answered in an unknown shape: a list was expected, an object came`,
    exitCode: 5,
  });
  expect(heard).toHaveLength(1);
});

test('a request fails after eight attempts, with the last fault as the cause', async () => {
  const answer = await refusal(reply(502, '<html>Bad Gateway</html>'));
  expect(answer).toMatchObject({
    message: 'HOST answered 502',
    hint: 'Try again later, or ask the vendor\nGave up after 8 attempts',
    exitCode: 5,
    requests: 8,
  });
  expect(faultOf(answer.error)).toMatchObject({ kind: 'status', status: 502 });
});

test('the third 500 is final for a caller that can ask for a smaller page', async () => {
  const { base, heard } = await serve(reply(500));
  const error = await rejection(ask(base).get(new URL('/x', base), text, { shrinkable: true }));
  expect(faultOf(error)?.status).toBe(500);
  expect(heard).toHaveLength(3);
});

test('a 429 that does not end is explained with a hint', async () => {
  const answer = await refusal(reply(429, '', { 'retry-after': '1' }));
  expect(answer).toMatchObject({
    message: 'HOST keeps rejecting requests as too many (429)',
    exitCode: 5,
    requests: 8,
  });
});

test("a server's message is cut at 300 characters, and a key in it is removed", async () => {
  const long = await refusal(reply(400, said('x'.repeat(1000))));
  expect(long.message?.length).toBeLessThan(350);
  const echo = await refusal(
    reply(400, said(`Invalid header: Authorization: Bearer ${KEY}, ${encodeURIComponent(KEY)}`)),
  );
  expect(echo.message).toBe(
    'the server refused the request (400): Invalid header: Authorization: Bearer [redacted], [redacted]',
  );
  expect(echo.error.stack).not.toContain(KEY);
  expect((echo.error.cause as Error).stack).not.toContain(KEY);
});

test.each([
  ['{"message":"one"}', 'one'],
  ['{"error":"two"}', 'two'],
  ['{"detail":"three"}', 'three'],
  ['"four"', 'four'],
  ['{"error":{"message":5},"title":"five"}', 'five'],
  ['{"__proto__":{"message":"no"}}', undefined],
  ['[]', undefined],
  ['not json', undefined],
])("the server's message is found in %s", async (body, words) => {
  const answer = await refusal(reply(400, body));
  expect(answer.message).toBe(
    `the server refused the request (400)${words === undefined ? ', and does not say why' : `: ${words}`}`,
  );
});

test('a plain text body is quoted', async () => {
  const answer = await refusal(reply(400, 'no such day\n', { 'content-type': 'text/plain' }));
  expect(answer.message).toBe('the server refused the request (400): no such day');
});

test('an error that parse throws is passed on after one try', async () => {
  const { base, heard } = await serve(reply(200));
  const bug = new TypeError('a bug');
  const error = await rejection(
    ask(base).get(new URL('/x', base), () => {
      throw bug;
    }),
  );
  expect(error).toBe(bug);
  expect(heard).toHaveLength(1);
});
