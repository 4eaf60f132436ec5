import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { AuditlogError } from '../../src/errors.js';
import { makeSecret } from '../../src/keys.js';

const KEY = 'sk_live_0123456789abcdef';

test('only reveal shows a key', () => {
  const secret = makeSecret(KEY, '$AUDITLOG_API_KEY');
  expect(secret.reveal()).toBe(KEY);
  expect(secret.from).toBe('$AUDITLOG_API_KEY');
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ secret }, { depth: 9 }),
    `${secret.toJSON()}`,
  ];
  expect(shown.join()).not.toContain(KEY);
  expect(shown[0]).toBe('[redacted]');
  expect(JSON.stringify({ ...secret })).not.toContain(KEY);
});

test('the hint has the last four characters of a long key', () => {
  expect(makeSecret(KEY, 'x').hint).toBe('…cdef');
  expect(makeSecret('sixteen_letters_', 'x').hint).toBe('…');
});

test.each(['\n', '\r\n', ''])('one newline at the end is dropped: %j', (end) => {
  expect(makeSecret(`${KEY}${end}`, 'x').reveal()).toBe(KEY);
});

test.each([
  ['', 'expected a text, not an empty one'],
  ['   \n', 'expected a text, not an empty one'],
  [`Bearer ${KEY}`, 'it starts with a word such as "Bearer "'],
  [`bearer\t${KEY}`, 'it starts with a word such as "Bearer "'],
  [`"${KEY}"`, 'it has quotes around it'],
  [`'${KEY}'`, 'it has quotes around it'],
  [`${KEY}"`, 'it has quotes around it'],
  [`\uFEFF${KEY}`, 'it starts with a byte order mark'],
  [`${KEY}\n${KEY}`, 'it has more than one line'],
  [`${KEY}\n\n`, 'it has white space around it'],
  [` ${KEY}`, 'it has white space around it'],
  ['sk_live 0123456789abcdef', 'it has white space inside'],
  ['sk_live–0123456789abcdef', 'it has characters that no key has'],
  ['sk_live_0123456789abcd\x00', 'it has characters that no key has'],
  ['k'.repeat(513), 'it is longer than 512 characters'],
])('%j is rejected as a key, and not repeated', (value, why) => {
  try {
    makeSecret(value, '/run/secrets/key');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(AuditlogError);
    const { message, hint, exitCode } = error as AuditlogError;
    expect(exitCode).toBe(4);
    expect(message).toBe(`the API key from /run/secrets/key cannot be used: ${why}`);
    expect(hint).not.toBe('');
    expect(`${message}${hint}`).not.toContain('0123456789');
  }
});
