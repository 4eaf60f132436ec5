import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePlace, type Place, run, shell, start } from '../faults/program.js';
import { MODEL_ORG } from '../model/makeentries.js';
import { type Answerer, entryText, givePage, KEY, startAnswering } from './answering.js';

const NOW = Date.now();
const DAY = 86_400_000;

/** The key, and what would give it away. */
const FORMS: readonly string[] = [
  KEY,
  encodeURIComponent(KEY),
  encodeURI(KEY),
  new URLSearchParams({ k: KEY }).toString().slice(2),
  Buffer.from(KEY).toString('base64').replace(/=*$/, ''),
  Buffer.from(KEY).toString('base64url'),
  Buffer.from(`Bearer ${KEY}`).toString('base64').slice(12, -4),
  Buffer.from(KEY).toString('hex'),
  JSON.stringify(KEY).slice(1, -1).replaceAll('/', '\\/'),
];

function formsIn(bytes: Buffer | string): readonly string[] {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  return FORMS.filter((form) => text.toLowerCase().includes(form.toLowerCase()));
}

/** Everything below a folder, with what it holds. */
async function everything(folder: string): Promise<readonly { readonly name: string; readonly bytes: Buffer }[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    found
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { name: path.slice(folder.length + 1), bytes: await readFile(path) };
      }),
  );
}

/** Nobody but the store of keys holds the key. */
async function expectNoKey(place: Place, except: readonly string[] = []): Promise<void> {
  for (const { name, bytes } of await everything(place.folder)) {
    if (!except.includes(name)) expect({ name, forms: formsIn(bytes) }).toEqual({ name, forms: [] });
  }
}

/** A server that throws back, in one way each, what it was sent. */
const ECHOES: Readonly<Record<string, Parameters<typeof startAnswering>[0]>> = {
  'in an error': (request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        message: `no: ${request.headers.authorization} ${encodeURIComponent(KEY)} ${Buffer.from(KEY).toString('base64')}`,
      }),
    );
  },
  'in a refusal': (request, response) => {
    response.writeHead(403, { 'content-type': 'text/plain' });
    response.end(String(request.headers.authorization));
  },
  'in its headers': (request, response) => {
    const echo = String(request.headers.authorization);
    response.writeHead(200, { server: echo, via: echo, 'x-request-id': KEY, 'content-type': 'text/html', date: echo });
    response.end(`<title>${echo}</title>`);
  },
  'in a place to go to': (_, response) => {
    response
      .writeHead(302, {
        location: `http://${KEY.replace(/[^a-z0-9]/gi, '')}.example/${KEY}?k=${encodeURIComponent(KEY)}`,
      })
      .end();
  },
  'as another organization': (_, response) => {
    givePage(response, [entryText(1, NOW - DAY), entryText(2, NOW - 2 * DAY).replace(MODEL_ORG.id, KEY)]);
  },
  'as a count': (_, response) => givePage(response, [entryText(1, NOW - DAY)], { 'pagination-count': KEY }),
  'in a shape of its own': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ [KEY]: KEY }));
  },
};

describe('the key', () => {
  let server: Answerer;
  let echo: Parameters<typeof startAnswering>[0];
  beforeAll(async () => {
    server = await startAnswering((request, response, n) => echo(request, response, n));
  });
  afterAll(() => server.close());

  /** A place where the key is in a file, and nowhere in the environment. */
  async function placeWithFile(): Promise<Place> {
    const made = await makePlace(server);
    await writeFile(join(made.folder, 'key'), `${KEY}\n`, { mode: 0o600 });
    return { ...made, env: { ...made.env, AUDITLOG_API_KEY: undefined, AUDITLOG_API_KEY_FILE: 'key' } };
  }

  const COMMANDS = [
    'list --debug',
    'export -o out.ndjson --manifest --debug',
    'doctor --debug',
    'show --latest',
    'collect it --create --dest -; auditlog collect it --debug; auditlog collect status; auditlog collect gaps it',
  ];

  test.each(Object.keys(ECHOES))('that a server throws back %s is not repeated', async (name) => {
    echo = ECHOES[name]!;
    const place = await placeWithFile();
    await Promise.all(
      COMMANDS.map(async (command) => {
        const { code, stdout, stderr } = await shell(place, `auditlog ${command}`);
        expect({ command, told: stderr !== '' || stdout.length > 0, forms: formsIn(stderr) }).toEqual({
          command,
          told: true,
          forms: [],
        });
        if (code !== 0 && code !== 3) expect({ command, forms: formsIn(stdout) }).toEqual({ command, forms: [] });
      }),
    );
    await expectNoKey(place, ['key']);
  });

  test('that a server writes into its own entries is data: told as it is in a result, and nowhere else', async () => {
    const text = entryText(1, NOW - DAY, `"agent":${JSON.stringify(KEY)},"metadata":{"header":"Bearer ${KEY}"}`);
    echo = (_, response) => givePage(response, [text]);
    const place = await placeWithFile();
    const { code, stderr } = await shell(place, 'auditlog export -o out.ndjson --manifest --debug');
    expect({ code, forms: formsIn(stderr) }).toEqual({ code: 0, forms: [] });
    expect(await readFile(join(place.folder, 'out.ndjson'), 'utf8')).toBe(`${text}\n`);
    await expectNoKey(place, ['key', 'out.ndjson']);
  });

  test('is in nothing that a killed, a stopped and a resumed export leave behind', async () => {
    const texts = Array.from({ length: 12_000 }, (_, n) => entryText(n, NOW - 5 * DAY - n * 600_000, '"agent":"a"'));
    echo = (request, response) => {
      const url = new URL(request.url ?? '', server.base);
      const days = (name: string, otherwise: number) => {
        const day = url.searchParams.get(name);
        return day === null ? otherwise : Date.parse(day);
      };
      const [from, to] = [days('from', 0), days('to', NOW) + DAY];
      const found = texts.filter((_, n) => NOW - 5 * DAY - n * 600_000 >= from && NOW - 5 * DAY - n * 600_000 < to);
      const [take, page] = [Number(url.searchParams.get('take') ?? 100), Number(url.searchParams.get('page') ?? 1)];
      setTimeout(
        () =>
          givePage(response, found.slice((page - 1) * take, page * take), { 'pagination-count': String(found.length) }),
        100,
      );
    };
    const place = await placeWithFile();
    const args = ['export', '-o', 'out.ndjson', '--rate', 'off', '--debug'];
    let written = '';
    const isDurable = async () =>
      (await readFile(join(place.folder, 'out.ndjson.partial.state'), 'utf8').catch(() => '')).includes('"end":');
    for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM', undefined] as const) {
      const { child, ended, until } = start(place, args);
      await until((so) => so.stderr.split('debug: GET').length > 3);
      while (signal !== undefined && child.exitCode === null && !(await isDurable())) await delay(5);
      if (signal !== undefined) child.kill(signal);
      const { stderr, stdout } = await ended;
      written += stderr + stdout.toString();
      await expectNoKey(place, ['key']);
    }
    expect(written).toContain('resuming after the');
    expect(written).toContain('To resume');
    expect(formsIn(written)).toEqual([]);
    expect(await place.files()).toEqual(['key', 'out.ndjson']);
  });

  test.each([
    ['with a space', `${KEY} x`],
    ['with quotes', `"${KEY}"`],
    ['with a line end inside', `${KEY}\nx`],
    ['with a carriage return', `${KEY}\r`],
    ['with a letter that no header takes', `${KEY}\u00e9\u2028`],
    ['with its scheme', `Bearer ${KEY}`],
  ])('%s is refused without being shown', async (_, key) => {
    const place = await makePlace({ base: server.base, key });
    const { code, stdout, stderr } = await run(place, ['list', '--debug']);
    expect(code).toBe(4);
    expect(formsIn(stderr + stdout.toString())).toEqual([]);
    await expectNoKey(place);
  });

  test('is not told by what node itself says of connections', async () => {
    echo = (_, response) => givePage(response, [entryText(1, NOW - DAY)]);
    const place = await makePlace(server, { NODE_DEBUG: 'http,net,tls,stream,timer,undici,fetch' });
    const { code, stdout, stderr } = await run(place, ['list', '--debug']);
    expect(code).toBe(0);
    expect(formsIn(stderr + stdout.toString())).toEqual([]);
  });
});
