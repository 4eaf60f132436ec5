import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakable, html } from '../../src/report/html/markup.js';
import { ATTACKS } from './entries.js';

const TEXT = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...ATTACKS),
  fc.string({ unit: fc.constantFrom(...'<>&"\'`/=! a') }),
);
const page = (text: string) => html`<p title="${text}">${text}${[text, html`<b>${text}</b>`]}</p>`.text;
const tags = (text: string) => text.match(/<[^>]*>/g)?.map((tag) => tag.replace(/"[^"]*"/, '""'));

test('no text makes, ends or changes an element or an attribute', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      expect(tags(page(text))).toEqual(['<p title="">', '<b>', '</b>', '</p>']);
      expect(page(text)).not.toMatch(/['`]/);
    }),
  );
});

test('an escaped text reads as it was, but for what cannot be seen', () => {
  expect(html`${'a < b && "c" > \'d\''}`.text).toBe('a &lt; b &amp;&amp; &quot;c&quot; &gt; &#39;d&#39;');
  expect(html`${`x${String.fromCodePoint(0x202e)}y${String.fromCodePoint(0x1b)}\n`}`.text).toBe(
    'x\\u{202e}y\\x1b\\x0a',
  );
  expect(html`${undefined}${false}${0}${''}`.text).toBe('0');
});

test('a long text is cut', () => {
  expect(html`${'x'.repeat(1_000_000)}`.text.length).toBe(601);
});

test('an email or address may break after its @, dots and colons, and a hostile one adds nothing else', () => {
  expect(breakable('ann.lee@acme.example').text).toBe('ann.<wbr>lee@<wbr>acme.<wbr>example');
  expect(breakable('NO 2001:db8::1').text).toBe('NO 2001:<wbr>db8:<wbr>:<wbr>1');
  fc.assert(
    fc.property(TEXT, (text) => {
      expect(breakable(text).text.replaceAll('<wbr>', '')).toBe(html`${text}`.text);
    }),
  );
});
