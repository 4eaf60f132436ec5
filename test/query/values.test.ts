import { expect, test } from 'vitest';
import { countryCode, countryMatcher, meantCountry } from '../../src/query/country.js';
import { run } from '../helpers/world.js';

test.each([
  ['NO', 'NO'],
  ['no', 'NO'],
  ['UK', 'GB'],
  ['XK', 'XK'],
  ['T1', 'T1'],
  ['Norway', 'NO'],
  ['United States', 'US'],
  ['Turkey', 'TR'],
  ['QX', undefined],
  ['NOR', undefined],
  ['Atlantis', undefined],
  ['constructor', undefined],
  ['__proto__', undefined],
])('the country %s has the code %s', (text, code) => {
  expect(countryCode(text)).toBe(code);
});

test.each([
  ['Norwegen', 'NO'],
  ['Norwya', 'NO'],
  ['Deutschland', 'DE'],
  ['España', 'ES'],
  ['日本', 'JP'],
])('%s is taken for %s', (text, code) => {
  expect(meantCountry(text)?.code).toBe(code);
});

test('codes find the names that other vendors write, and the other way round', () => {
  const isNorway = countryMatcher(['no']);
  expect(['NO', 'Norway', 'norway', 'SE', 'Nowhere', '', undefined].map((country) => isNorway(country))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test.each([
  ['--country Norway', 'invalid --country "Norway": expected a country code of two letters\nFor Norway: --country NO'],
  ['--country QX', 'invalid --country "QX": expected a country code of two letters\nFor Norway: --country NO'],
  [
    '--not-country Sverige',
    'invalid --not-country "Sverige": expected a country code of two letters\nFor Sweden: --not-country SE',
  ],
  ['--ip nowhere', 'invalid --ip "nowhere": expected an address or a network\nExamples: --ip 203.0.113.7, '],
  ['--not-ip 10.0.0.0/33', 'invalid --not-ip "10.0.0.0/33": expected an address or a network\n'],
  ['--source web', 'invalid --source "web": Invent has no such source\nSources: app, admin, api, system'],
  ['--source sytem', 'invalid --source "sytem": Invent has no such source\nDid you mean system? Sources: '],
  ['--resource asistant', 'invalid --resource "asistant": Invent has no such type\nDid you mean assistant?'],
  ['--not-resource robot', 'invalid --not-resource "robot": Invent has no such type\nTypes: action, api_key, '],
  ['--kind craete', 'invalid --kind "craete"'],
  ['--not-kind craete', 'invalid --not-kind "craete"'],
  ['--category membres', 'membres'],
  ['--not-category membres', 'membres'],
  ['--not-kind create,update,delete,other', '--not-kind of every kind leaves nothing'],
  ['--kind create --not-kind create', 'create is both wanted (--kind) and not wanted (--not-kind)'],
  ['--user a --not-user a', 'a is both wanted (--user) and not wanted (--not-user)'],
])('%s is an error before anything is requested', async (flags, message) => {
  const { code, stdout, stderr } = await run(`list --demo ${flags} --debug`);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('debug: GET');
});

const RANGE = '--from 2026-11-19 --to 2026-11-20';
const WORDS = 'no events match from 2026-11-19T00:00:00Z until 2026-11-21T00:00:00Z';

test.each([
  [
    `list ${RANGE} --user dana`,
    [`${WORDS}: by dana`, `no actor has the id or email "dana"; to match part of a name: --user '*dana*'`],
  ],
  [
    `list ${RANGE} --user dana --not-kind delete`,
    [
      `${WORDS}: not kind delete; by dana`,
      "--user dana is compared with whole ids and emails; to match part of a name: --user '*dana*'",
    ],
  ],
  [
    `list ${RANGE} --target x@acme.example`,
    [`${WORDS}: affecting x@acme.example`, 'no target has the id or email "x@acme.example"\n'],
  ],
  [`list ${RANGE} --about "o'x"`, [`to match part of a name: --about '*o'\\''x*'`]],
  [
    `export ${RANGE} --search "role admin"`,
    [
      `${WORDS}: containing "role admin"`,
      '--search "role admin" finds that text only; to find all of the words: --search role --search admin',
    ],
  ],
  [
    `list ${RANGE} --assistant Desk --count`,
    [`${WORDS}: assistant Desk`, '--assistant takes an id, not a name; to find a name: --search Desk'],
  ],
  [`stats ${RANGE} --user dana`, [`${WORDS}: by dana`]],
  ['list --user nobody', ['no events match in the whole log: by nobody']],
])('%s says what was searched, and what may have been meant', async (line, told) => {
  const { code, stderr } = await run(`${line} --demo`);
  expect(code).toBe(0);
  for (const text of told) expect(stderr).toContain(text);
});

test('words after --search without quotes lead to the ways to write them', async () => {
  const { code, stderr } = await run('list --demo --search role admin');
  expect([code, stderr]).toEqual([2, expect.stringContaining('For several words: --search WORD --search WORD')]);
});
