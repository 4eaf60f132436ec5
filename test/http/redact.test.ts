import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeScrubber } from '../../src/http/redact.js';
import { KEY } from './asking.js';

const runs = Number(process.env.AUDITLOG_TEST_RUNS ?? 100);

/** Every form a key may take on its way into a text. */
const FORMS: Readonly<Record<string, (key: string) => string>> = {
  plain: (key) => key,
  'with Bearer': (key) => `Bearer ${key}`,
  'URL-encoded': encodeURIComponent,
  'as a form': (key) => new URLSearchParams({ key }).toString(),
  'every byte URL-encoded': (key) => [...Buffer.from(key)].map((byte) => `%${byte.toString(16)}`).join(''),
  'in an address': (key) => `https://x.example/?key=${encodeURI(key)}`,
  base64: (key) => Buffer.from(key).toString('base64'),
  base64url: (key) => Buffer.from(key).toString('base64url'),
  'base64 of Bearer KEY': (key) => Buffer.from(`Bearer ${key}`).toString('base64'),
  'base64 of user:KEY': (key) => Buffer.from(`user:${key}`).toString('base64'),
  'base64 of KEY:': (key) => Buffer.from(`${key}:`).toString('base64'),
  'in JSON': (key) => JSON.stringify({ key }),
  'in JSON in JSON': (key) => JSON.stringify(JSON.stringify({ key })),
  'in JSON with slashes escaped': (key) => JSON.stringify({ key }).replaceAll('/', '\\/'),
  'in \\u escapes': (key) => [...key].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join(''),
  'in upper case': (key) => key.toUpperCase(),
};

const KEYS = fc.string({
  minLength: 16,
  maxLength: 80,
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((n) => String.fromCharCode(n)),
});

test.each(Object.keys(FORMS))('a key is removed from any text in this form: %s', (name) => {
  fc.assert(
    fc.property(KEYS, fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (key, before, after) => {
      const shown = FORMS[name]!(key);
      const text = `${before} ${shown} ${after}`;
      const scrubbed = makeScrubber([key])(text);
      expect(scrubbed).toContain('[redacted]');
      expect(scrubbed).not.toContain(key);
      if (!name.startsWith('base64 of')) expect(scrubbed).not.toContain(shown);
      // Of what is encoded together with other words, no more than two characters at each end are left.
      for (const word of scrubbed.match(/[A-Za-z0-9+/_-]{8,}/g) ?? []) {
        for (const decoded of [Buffer.from(word, 'base64'), Buffer.from(`AA${word}`, 'base64')]) {
          expect(decoded.toString('latin1')).not.toContain(key);
        }
      }
    }),
    { numRuns: runs },
  );
});

test('text without a secret is unchanged', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(makeScrubber([KEY])(text)).toBe(text);
    }),
  );
  expect(makeScrubber([])('anything')).toBe('anything');
  expect(makeScrubber([''])('anything')).toBe('anything');
});

test('two secrets, one part of the other, are both removed', () => {
  const scrub = makeScrubber(['secret-one-secret-one', 'one-secret-one']);
  expect(scrub('a secret-one-secret-one b one-secret-one c')).toBe('a [redacted] b [redacted] c');
});
