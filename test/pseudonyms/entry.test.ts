import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pageReader } from '../../src/engine/page/answer.js';
import type { Entry } from '../../src/event.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { loadShipped, SHIPPED } from '../../src/providers/file/shipped.js';
import { invent } from '../../src/providers/invent.js';
import { forLog } from '../../src/providers/logs.js';
import { openPseudonymize } from '../../src/pseudonyms/entry.js';
import { isRole } from '../../src/pseudonyms/find.js';
import { openKey } from '../../src/pseudonyms/key.js';
import { entryOf, hostileText } from '../formats/arbitrary.js';
import { exampleBase, readFixtures } from '../providers/catalogue/fixture.js';

const KEY = openKey(Buffer.from('0123456789abcdef0123456789abcdef'));
const anew = KEY.nameAnew;
const rename = openPseudonymize(invent, anew);

const written = (value: object, more: Partial<Entry> = {}): Entry =>
  rename({ ...entryOf({ ...EVENT, ...value }), ...more });
const read = (value: object): Record<string, unknown> => JSON.parse(written(value).raw.toString());

const EVENT = {
  id: 'al_1',
  created_at: '2026-11-20T13:03:11Z',
  action: 'member.role_changed',
  actor: { id: 'usr_77', name: 'Ana Müller', email: 'ana@acme.example' },
};
const EMAIL = anew('email', 'ana@acme.example');
const NAME = anew('name', 'Ana Müller');

describe('a pseudonym', () => {
  test('has the shape of its kind, and is of no address', () => {
    expect([EMAIL, NAME, anew('id', 'usr_77'), anew('ip', '192.0.2.1'), anew('agent', 'curl/8')]).toEqual([
      expect.stringMatching(/^p-[0-9a-f]{12}@pseudonym\.invalid$/),
      expect.stringMatching(/^Person [0-9a-f]{12}$/),
      expect.stringMatching(/^id-[0-9a-f]{12}$/),
      expect.stringMatching(/^ip-[0-9a-f]{12}$/),
      expect.stringMatching(/^agent-[0-9a-f]{12}$/),
    ]);
  });

  test('is the same for each spelling of a value', () => {
    expect(anew('email', ' ANA@Acme.example ')).toBe(EMAIL);
    expect(anew('name', 'ANA  MU\u0308LLER')).toBe(NAME);
    expect(anew('id', 'ana@acme.example')).toBe(EMAIL);
    expect(anew('ip', '2001:DB8:0:0::1')).toBe(anew('ip', '2001:db8::1'));
    expect(anew('ip', '::ffff:192.0.2.1')).toBe(anew('ip', '192.0.2.1'));
  });

  test('is the same in the next run, and another with another key', () => {
    expect(EMAIL).toBe('p-634c189e7a21@pseudonym.invalid');
    expect(openKey(Buffer.from('another key, of thirty-two bytes!')).nameAnew('email', 'ana@acme.example')).not.toBe(
      EMAIL,
    );
  });
});

describe('an entry with pseudonyms', () => {
  test('has them in the fields of people, and keeps everything else byte for byte', () => {
    const raw = `{"id":"al_1","created_at":"2026-11-20T13:03:11Z","n":1e400,"actor":{"id":"usr_77","name":"Ana M\\u00fcller","email":"ana@acme.example"},"x":"\\u0041","ip":"192.0.2.1"}`;
    const entry: Entry = { raw: Buffer.from(raw), id: 'al_1', time: 0 };
    expect(rename(entry).raw.toString()).toBe(
      `{"id":"al_1","created_at":"2026-11-20T13:03:11Z","n":1e400,"actor":{"id":"${anew('id', 'usr_77')}","name":"${NAME}","email":"${EMAIL}"},"x":"\\u0041","ip":"${anew('ip', '192.0.2.1')}"}`,
    );
  });

  test.each([
    ['in a text', 'Asked by Ana Müller (ANA@ACME.EXAMPLE).', `Asked by ${NAME} (${EMAIL}).`],
    ['in a link', 'https://x.example/u/usr_77.png', `https://x.example/u/${anew('id', 'usr_77')}.png`],
    [
      'percent-encoded',
      'https://x.example/?q=ana%40acme.example&n=Ana%20M%C3%BCller',
      `https://x.example/?q=${EMAIL}&n=${NAME}`,
    ],
    ['twice encoded', 'ana%2540acme.example', EMAIL],
    ['with a plus for a space', 'q=Ana+M%C3%BCller', `q=${NAME}`],
    ['decomposed', 'by Ana Mu\u0308ller', `by ${NAME}`],
    ['decomposed and encoded', 'by Ana%20Mu%CC%88ller', `by ${NAME}`],
    ['in quotes', `'ana@acme.example' %3Cana@acme.example%3E`, `'${EMAIL}' %3C${EMAIL}%3E`],
    ['beside an encoded one', 'ana@acme.example bob%40acme.example', `${EMAIL} ${anew('email', 'bob@acme.example')}`],
    ['in JSON inside a string, with escapes', '{"by":"\\u0061na@acme.example"}', `{"by":"${EMAIL}"}`],
    [
      'of somebody else',
      "mail bob.o'neil+x@mail.acme.example now",
      `mail ${anew('email', "bob.o'neil+x@mail.acme.example")} now`,
    ],
    [
      'of an address',
      'from 192.0.2.77, or [2001:db8::7]',
      `from ${anew('ip', '192.0.2.77')}, or [${anew('ip', '2001:db8::7')}]`,
    ],
  ])('has them %s', (_, text, wanted) => {
    expect(read({ metadata: { note: text } })).toMatchObject({ metadata: { note: wanted } });
  });

  test('has them in keys', () => {
    expect(read({ metadata: { 'ana@acme.example': 1 } })).toMatchObject({ metadata: { [EMAIL]: 1 } });
  });

  test.each([
    ['12:30:45 on 2026-11-20', 'a time'],
    ['version 1.2.3', 'a version of three parts'],
    ['std::vector', 'a name with colons'],
    ['banana', 'a word that contains a name'],
    ['a@b', 'what is no email'],
  ])('leaves %s: %s', (text) => {
    expect(read({ actor: { name: 'nan' }, metadata: { note: text } })).toMatchObject({ metadata: { note: text } });
  });

  test('has them for numbers as ids, in fields that are called as those of people are, and beside an email', () => {
    const value = read({
      actor: { id: 42 },
      metadata: { count: 42, invited_by: { name: 'Bo' }, owner_id: 'o-1', who: { id: 'w-1', email: 'w@acme.example' } },
    });
    expect(value).toMatchObject({
      actor: { id: anew('id', '42') },
      metadata: {
        count: 42,
        invited_by: { name: anew('name', 'Bo') },
        owner_id: anew('id', 'o-1'),
        who: { id: anew('id', 'w-1'), email: anew('email', 'w@acme.example') },
      },
    });
  });

  test.each([
    ['invited_by', 'Bo Tan', anew('name', 'Bo Tan')],
    ['previous_owner', 'Bo Tan', anew('name', 'Bo Tan')],
    ['created_by', 'usr_77', anew('id', 'usr_77')],
    ['user_ids', ['usr_1x', 'usr_2x'], [anew('id', 'usr_1x'), anew('id', 'usr_2x')]],
    [
      'changes',
      { owner: { from: 'Bo Tan', to: ['Al'] } },
      { owner: { from: anew('name', 'Bo Tan'), to: [anew('name', 'Al')] } },
    ],
    ['members', 12, 12],
    ['users', { from: 3, to: 4 }, { from: 3, to: 4 }],
    ['member', 'admin', 'admin'],
    ['customer', true, true],
  ])('has them where a member is called as a person is: %s %j', (key, value, wanted) => {
    expect(read({ metadata: { [key]: value } })).toMatchObject({ metadata: { [key]: wanted } });
  });

  test.each([
    ['letters', 'a'.repeat(200_000)],
    ['dots', 'a.'.repeat(100_000)],
    ['at signs', 'a@'.repeat(100_000)],
    ['hyphens', `a@${'a-'.repeat(100_000)}`],
    ['backslashes', '\\'.repeat(200_000)],
    ['percent signs', '%41%'.repeat(50_000)],
    ['spaces', `Ana${' '.repeat(200_000)}`],
    ['the beginning of a name', 'Ana '.repeat(50_000)],
    ['colons', 'a:'.repeat(100_000)],
  ])('takes no long time for many %s', (_, text) => {
    const start = performance.now();
    read({ metadata: { text } });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('takes no long time for many people', () => {
    const people = Array.from({ length: 1000 }, (_, at) => ({
      id: `usr_${at}x`,
      name: `Bo ${at} Tan`,
      email: `b${at}@x.example`,
    }));
    const start = performance.now();
    expect(JSON.stringify(read({ metadata: { people, note: 'for Bo 999 Tan' } }))).not.toMatch(
      /Bo \d|usr_\d+x|@x\.example/,
    );
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('keeps its time, its action and names that are roles', () => {
    const value = { actor: { id: '2026', name: 'System' }, source: 'system', action: 'chat.deleted' };
    expect(read(value)).toMatchObject({
      created_at: EVENT.created_at,
      source: 'system',
      action: 'chat.deleted',
      actor: { name: 'System' },
    });
  });

  test('is read as an event with the same time and action', () => {
    const entry = written({});
    expect(toEvent(invent, entry)).toMatchObject({
      id: 'al_1',
      action: 'member.role_changed',
      time: Date.parse(EVENT.created_at),
    });
  });

  test('has them where it is no object, or too deep', () => {
    const deep = `${'['.repeat(80)}"ana@acme.example"${']'.repeat(80)}`;
    const entry: Entry = { raw: Buffer.from(deep), id: undefined, time: Number.NaN, odd: 'not-an-object' };
    expect(rename(entry).raw.toString()).toBe(deep.replace('ana@acme.example', EMAIL));
  });
});

test('no email, name, id or address of a person is left in hostile entries, however it is written', () => {
  const person = fc.record({
    id: fc.stringMatching(/^usr_[A-Za-z0-9]{6,12}$/),
    name: fc.stringMatching(/^[A-Z][a-zéü]{3,8} [A-ZŁ][a-zß]{3,8}$/),
    email: fc.stringMatching(/^[a-z]{2,8}[.+_][a-z0-9]{1,6}@[a-z]{3,8}\.example$/),
  });
  const ip = fc.oneof(fc.ipV4(), fc.ipV6());
  const spelling = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => text.toUpperCase(),
    encodeURIComponent,
    (text) => JSON.stringify({ deep: text }),
    (text) =>
      JSON.stringify({ deep: [text] })
        .replace(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
        .replace(/\\u0064\\u0065\\u0065\\u0070/, 'deep'),
  );
  fc.assert(
    fc.property(person, ip, spelling, hostileText, hostileText, (who, address, spell, before, after) => {
      const part = (text: string) => `${before} ${spell(text)} ${after}`;
      const value = {
        ...EVENT,
        actor: who,
        ip: address,
        metadata: {
          a: part(who.email),
          b: [part(who.name)],
          [part(who.email)]: { c: part(who.id) },
          d: `at ${address} `,
        },
      };
      const text = JSON.stringify(value).replace(/@/g, '\\u0040');
      const out = rename({ raw: Buffer.from(text), id: 'al_1', time: 0 }).raw.toString();
      const plain = JSON.stringify(JSON.parse(out)).toLowerCase();
      for (const one of [who.email, who.name, who.id, address]) {
        expect(plain).not.toContain(one.toLowerCase());
        expect(decodeAll(plain)).not.toContain(one.toLowerCase());
      }
    }),
    { numRuns: 300 },
  );
});

/** Percent and JSON escapes undone. */
function decodeAll(text: string): string {
  const plain = text.replace(/\\+u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return plain.replace(/(?:%[0-9a-f]{2})+/g, (coded) => {
    try {
      return decodeURIComponent(coded).toLowerCase();
    } catch {
      return coded;
    }
  });
}

test.each(SHIPPED)('no person of a documented answer of %s is left in its entries', async (name) => {
  for (const fixture of readFixtures(name)) {
    const provider = forLog((await loadShipped(name))!.provider, fixture.log);
    const toPseudonyms = openPseudonymize(provider, anew);
    const response = {
      status: 200,
      headers: new Map([['content-type', ['application/json']]]),
      body: Buffer.from(JSON.stringify(fixture.answer)),
      sentAt: 0,
      receivedAt: Date.UTC(2036, 0, 1),
    };
    const page = pageReader(provider)(response, new URL(`${exampleBase(provider)}/answer?size=3`));
    for (const entry of page.entries) {
      const { actor, target, ip, userAgent, action, time } = toEvent(provider, entry);
      const renamed = toPseudonyms(entry);
      const text = renamed.raw.toString();
      const values = [actor, target].flatMap((one) => [one?.id, one?.name, one?.email]);
      for (const value of [...values, ip, userAgent]) {
        if (value === undefined || value.length < 3 || isRole(value)) continue;
        expect(text, `${name}: ${value}`).not.toContain(JSON.stringify(value).slice(1, -1));
      }
      // Some vendors have a sentence in place of an action.
      const same = toEvent(provider, renamed);
      expect(same.time).toBe(time);
      if (!action.includes(' ')) expect(same.action).toBe(action);
    }
  }
});
