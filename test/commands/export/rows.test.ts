import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { answer } from '../../../src/demo/contract.js';
import { logOf } from '../../../src/demo/vendors/values.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';
import { makeHome, NOW, type Ran, run } from '../../helpers/world.js';
import { close, listen, wireRequest } from '../../model/server.js';

const DAY = 86_400_000;
const HOUR = DAY / 24;
const KEY = 'vendor_Wb5tYq9RmZ2xKc7LpVn4';
const MIDNIGHT = Math.floor(NOW / DAY) * DAY;

interface Value {
  readonly id: string;
  readonly created_at: string;
  readonly action: string;
  readonly seq: number;
}

/** An entry `days` before today, at a minute of that day. */
function entry(seq: number, id: string, days: number, minute: number): Value {
  const created_at = new Date(MIDNIGHT - days * DAY + minute * 60_000).toISOString();
  return { id, created_at, action: 'member.joined', seq };
}

/** `each` entries on each of so many days, with the ids that `idOf` gives. */
function days(count: number, each: number, idOf: (day: number, nth: number) => string): readonly Value[] {
  return Array.from({ length: count * each }, (_, at) => {
    const [day, nth] = [Math.floor(at / each), at % each];
    return entry(at, idOf(day, nth), day + 1, nth * 5);
  });
}

const own = (day: number, nth: number): string => `al_${day}_${nth}`;
const uncounted: Provider = {
  ...invent,
  name: 'uncounted',
  title: 'Uncounted',
  paging: { style: 'cursor', cursor: 'cursor', next: 'next', size: 'take', max: 100 },
  items: 'items',
  total: undefined,
};

interface Case {
  readonly provider: Provider;
  readonly values: readonly object[];
  /** Parts of an entry that are another in each answer. */
  readonly live?: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  'ids that are unique for a day only': { provider: invent, values: days(40, 150, (_, nth) => String(nth + 1)) },
  'ids that are unique for a day only, without counts': {
    provider: uncounted,
    values: days(40, 20, (_, nth) => String(nth + 1)),
  },
  'ids that are unique for an hour only': {
    provider: invent,
    values: days(12, 60, (_, nth) => String(nth % 12)),
  },
  'entries that are rendered anew in each answer': { provider: invent, values: days(30, 20, own), live: true },
  'entries that are rendered anew in each answer, without counts': {
    provider: uncounted,
    values: days(30, 20, own),
    live: true,
  },
  'entries that the server gives twice': {
    provider: uncounted,
    values: days(30, 20, own).flatMap((value, at) => (at % 7 === 0 ? [value, value] : [value])),
  },
  'variants in windows next to one another': {
    provider: invent,
    values: days(40, 150, (day, nth) => (nth === 0 ? `pair_${Math.floor(day / 2)}` : own(day, nth))),
  },
  'variants far apart': {
    provider: invent,
    values: days(40, 150, (day, nth) => (nth === 0 && day % 39 === 0 ? 'far' : own(day, nth))),
  },
  'variants of the same instant': {
    provider: invent,
    values: [...days(10, 20, own), entry(9001, 'al_3_3', 4, 15), entry(9002, 'al_3_3', 4, 15)],
  },
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of open.splice(0)) await end();
});

/** A vendor on a real socket, and a place to ask it from. */
async function site({ provider, values, live = false }: Case) {
  let answers = 0;
  const server = createServer((request, response) => {
    answers += 1;
    const shown = live ? values.map((value) => ({ ...value, seen_at: `answer ${answers}` })) : values;
    const log = logOf(provider, shown);
    const made = answer({ provider, key: KEY, knows: () => true, now: NOW }, () => log, wireRequest(request));
    response.writeHead(made.status, { ...made.headers, date: new Date(NOW).toUTCString() } as Record<string, string>);
    response.end(made.body);
  });
  server.keepAliveTimeout = 0;
  const { origin } = await listen(server);
  open.push(() => close(server));
  const home = await makeHome();
  await writeFile(join(home, 'vendor.json'), JSON.stringify({ ...provider, name: 'vendor', base: undefined }));
  const vendor = `--provider ${join(home, 'vendor.json')} --base-url ${origin}`;
  const options = { home, env: { AUDITLOG_API_KEY: KEY } };
  return { home, vendor, ask: (line: string, more = {}) => run(line, { ...options, ...more }) };
}

type Site = Awaited<ReturnType<typeof site>>;

function seqs(text: string): readonly number[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as Value).seq).sort((a, b) => a - b);
}

/** Everything that a command says of entries with one id. */
function said({ stderr }: Ran): number {
  return Number(
    /([\d,]+) (?:events? )?came twice with the same id and (?:other|different) content/
      .exec(stderr)?.[1]
      ?.replace(',', '') ?? 0,
  );
}

interface Got {
  readonly seqs: readonly number[];
  /** How many variants the command says that there are. */
  readonly said: number;
}

const WAYS: Readonly<Record<string, (site: Site) => Promise<Got>>> = {
  export: async ({ ask, vendor }) => {
    const ran = await ask(`export ${vendor} --rate off`);
    return { seqs: seqs(ran.stdout), said: said(ran) };
  },
  'list --all': async ({ ask, vendor }) => {
    const ran = await ask(`list --all --format ndjson ${vendor} --rate off`);
    return { seqs: seqs(ran.stdout), said: said(ran) };
  },
  'export --split day': async ({ ask, vendor, home }) => {
    const ran = await ask(`export ${vendor} --rate off --split day -o days`);
    await ask(`export ${vendor} --rate off --split day -o days`, { now: NOW + 8 * HOUR });
    const names = (await readdir(join(home, 'days'))).filter((name) => name.endsWith('.ndjson'));
    const texts = await Promise.all(names.map((name) => readFile(join(home, 'days', name), 'utf8')));
    expect((await ask('verify days')).code).toBe(0);
    return { seqs: seqs(texts.join('')), said: said(ran) };
  },
  'collect to a stream': async ({ ask, vendor }) => {
    await ask(`collect stream --create ${vendor} --dest -`);
    const first = await ask('collect stream --rate off');
    const later = await ask('collect stream --rate off', { now: NOW + 2 * HOUR });
    const deep = await ask('collect stream --rate off --deep', { now: NOW + 4 * HOUR });
    return { seqs: seqs(first.stdout + later.stdout + deep.stdout), said: said(first) };
  },
  'collect to an archive': async ({ ask, vendor }) => {
    await ask(`collect archive --create ${vendor} --dest archive`);
    const first = await ask('collect archive --rate off');
    for (const hours of [2, 8]) await ask('collect archive --rate off --deep', { now: NOW + hours * HOUR });
    expect((await ask('verify archive')).code).toBe(0);
    return {
      seqs: seqs((await ask(`export ${vendor} --input archive`.replace(/--base-url \S+/, ''))).stdout),
      said: said(first),
    };
  },
  'two overlapping exports as input': async ({ ask, vendor }) => {
    const offline = vendor.replace(/--base-url \S+/, '');
    const { stdout } = await ask(`export ${vendor} --rate off`);
    const lines = stdout.split('\n').filter((line) => line !== '');
    const half = Math.floor(lines.length / 2);
    const stdin = [...lines, ...lines.slice(half)].map((line) => `${line}\n`).join('');
    const ran = await ask(`export ${offline} --input -`, { stdin });
    const twice = `of the ${(lines.length * 2 - half).toLocaleString('en')} entries in standard input, ${(lines.length - half).toLocaleString('en')} came twice and are counted once\n`;
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining(twice) });
    return { seqs: seqs(ran.stdout), said: said(ran) };
  },
};

describe.each(Object.keys(CASES))('%s', (name) => {
  const one = CASES[name]!;
  const distinct = new Map(one.values.map((value) => [(value as Value).seq, (value as Value).id]));
  const wanted = [...distinct.keys()].sort((a, b) => a - b);
  const variants = distinct.size - new Set(distinct.values()).size;

  test.each(Object.keys(WAYS))('by %s: each entry is written once', async (way) => {
    const got = await WAYS[way]!(await site(one));
    expect(got.seqs).toEqual(wanted);
    expect(got.said).toBe(variants);
  });
});
