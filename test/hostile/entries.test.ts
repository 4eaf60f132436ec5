import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePlace, run as runProgram } from '../faults/program.js';
import { readCsv } from '../formats/readcsv.js';
import { makeHome, run } from '../helpers/world.js';
import { hostileEntries } from '../model/hostile.js';
import { type Model, startModel } from '../model/server.js';
import { harmIn } from './harmless.js';

const DAY = 86_400_000;
const NOW = Date.now();
const entries = hostileEntries(NOW - 5 * DAY, { huge: true });

let server: Model;
/** The same without the one of some megabytes, for what is done again and again. */
let light: Model;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startModel({ entries, now: NOW });
  light = await startModel({ entries: entries.slice(0, -1), now: NOW });
  env = { AUDITLOG_BASE_URL: light.base.href, AUDITLOG_API_KEY: light.key };
});
afterAll(async () => {
  await server.close();
  await light.close();
});

/** A JSON text without the white space between its tokens; its tokens as they are. */
function tokens(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
}

/** Any character as JSON may write it. */
function escapes(text: string): string {
  return text.replace(/./gsu, (character) =>
    harmIn(character) === undefined && character !== '\u200c' && character !== '\u200d'
      ? character
      : [...Array(character.length).keys()]
          .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** An entry in which ids that stand for themselves are objects with that id: a cell that holds an id cannot tell the two apart. */
function withIds(entry: Record<string, unknown>): Record<string, unknown> {
  const bare = ['actor', 'assistant'].filter((name) => typeof entry[name] === 'string');
  return { ...entry, ...Object.fromEntries(bare.map((name) => [name, { id: entry[name] }])) };
}

describe('hostile entries', () => {
  test('in NDJSON are their own tokens on a line each, harmless to print, and the same to any reader', async () => {
    const place = await makePlace(server);
    const { code, stdout, stderr } = await runProgram(place, ['export']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Complete: the server reports the same count'),
    });
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(stdout);
    expect(harmIn(text)).toBeUndefined();
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(entries.length);
    expect(text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)).toHaveLength(entries.length + 1);
    for (const [at, { text: own }] of entries.entries()) {
      expect(lines[at]).toBe(escapes(tokens(own)));
      expect(JSON.parse(lines[at]!)).toEqual(JSON.parse(own));
    }
  });

  test('in JSON are the same as in NDJSON', async () => {
    const place = await makePlace(server);
    expect(await runProgram(place, ['export', '-o', 'out.json'])).toMatchObject({ code: 0 });
    const text = await readFile(join(place.folder, 'out.json'), 'utf8');
    expect(harmIn(text)).toBeUndefined();
    expect(text).toBe(`[\n${entries.map(({ text: own }) => escapes(tokens(own))).join(',\n')}\n]\n`);
  });

  test('in CSV are as many rows with as many cells, none a formula, none with a control character, nothing lost', async () => {
    const place = await makePlace(server);
    expect(await runProgram(place, ['export', '-o', 'out.csv'])).toMatchObject({ code: 0 });
    const text = await readFile(join(place.folder, 'out.csv'), 'utf8');
    const [head = [], ...rows] = readCsv(text);
    expect(rows.map((cells) => cells.length)).toEqual(entries.map(() => head.length));
    expect(rows.map(([id]) => id)).toEqual(entries.map(({ id }) => id));
    for (const cell of rows.flat()) {
      expect(cell).not.toMatch(/^[=+\-@\t\r\n\0＝＋－＠]/);
      expect(cell).not.toMatch(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
    }
    // What was made of it by another command is the entry again.
    const again = await runProgram(place, ['list', '--input', 'out.csv', '--all', '--format', 'ndjson']);
    expect(again.code).toBe(0);
    const values = again.stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(values).toEqual(entries.map(({ text: own }) => withIds(JSON.parse(own) as Record<string, unknown>)));
  });

  test.each([
    '',
    '--columns time,action,agent,metadata,extra,actor.name,id',
    '--format csv',
    '--format json',
    '--format ndjson',
  ])('do no harm to a terminal that shows a list %s', async (flags) => {
    for (const columns of [60, 100, 200]) {
      const ran = await run(`list --all --no-pager --color always ${flags}`, { env, now: NOW, tty: { columns } });
      expect(ran.code).toBe(0);
      expect(ran.stdout.length).toBeGreaterThan(1000);
      expect(harmIn(ran.stdout.replaceAll('\r\n', '\n'), { tty: true })).toBeUndefined();
      expect(harmIn(ran.stderr, { tty: true })).toBeUndefined();
    }
  });

  test('do no harm in a table that goes into a file or a pipe, which somebody will look at', async () => {
    const { stdout } = await run('list --all', { env, now: NOW });
    expect(harmIn(stdout)).toBeUndefined();
    expect(stdout.trimEnd().split('\n')).toHaveLength(entries.length);
  });

  test('do no harm one by one', async () => {
    for (const { id } of entries.slice(0, -1)) {
      for (const tty of [undefined, { columns: 80 }]) {
        const ran = await run(`show ${id} --color always`, {
          env,
          now: NOW,
          ...(tty === undefined ? {} : { tty }),
        });
        expect({ id, code: ran.code, stderr: ran.stderr }).toMatchObject({ id, code: 0 });
        expect(harmIn(`${ran.stdout}${ran.stderr}`, { tty: true })).toBeUndefined();
      }
    }
  });

  test('do no harm when counted', async () => {
    for (const by of ['actor', 'action', 'agent', 'source'])
      for (const format of ['table', 'json', 'csv']) {
        const ran = await run(`stats --by ${by} --format ${format} --color always`, {
          env,
          now: NOW,
          tty: { columns: 90 },
        });
        expect({ by, code: ran.code, stderr: ran.stderr }).toMatchObject({ by });
        expect(harmIn(`${ran.stdout}${ran.stderr}`.replaceAll('\r\n', '\n'), { tty: true })).toBeUndefined();
      }
  });

  test('leave no mark on the program itself', async () => {
    const home = await makeHome();
    await run('export -o out.ndjson --manifest', { env, now: NOW, home });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(harmIn(await readFile(join(home, 'out.ndjson.manifest.json'), 'utf8'))).toBeUndefined();
  });
});
