import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Stopped } from '../../../src/context.js';
import { openBucketCopy } from '../../../src/destinations/s3/copy.js';
import { filesBelow, HOUR, openArchiveSite } from '../../archive/site.js';
import { someEntries } from '../../days/site.js';
import { fastClock } from '../../helpers/fastclock.js';
import { makeHome, NOW, type Ran, run, spawnCli } from '../../helpers/world.js';
import { later } from '../../http/asking.js';
import { inventEntry } from '../../model/entry.js';
import { startModel } from '../../model/server.js';
import { ACCESS_KEY, BUCKET, openStore, SECRET_KEY, type Store, type Whole, worldOf } from './store.js';

const DUCKDB =
  'export const DuckDBInstance = { create: () => { throw new Error("IO Error: reached"); } };export const StatementType = {};';

/** Two organizations: days 16 to 18, the first ones sealed, one late entry. */
let whole: ReadonlyMap<string, Buffer>;
let store: Store;
let home: string;

beforeAll(async () => {
  const site = await openArchiveSite();
  const of = (org: string, days: readonly number[]) =>
    days.map((day) =>
      inventEntry({
        id: `e${day}${org}`,
        action: 'chat.deleted',
        created_at: `2026-11-${day}T10:00:00Z`,
        org: { id: org },
      }),
    );
  const first = of('org_A', [16, 17, 18]);
  await site.take({ entries: first, org: 'org_A' });
  await site.take({ entries: first, now: NOW + 6 * HOUR, org: 'org_A' });
  const late = inventEntry({
    id: 'late',
    action: 'chat.created',
    created_at: '2026-11-16T11:00:00Z',
    org: { id: 'org_A' },
  });
  await site.take({ entries: [...first, late], now: NOW + 7 * HOUR, org: 'org_A' });
  await site.take({ entries: of('org_B', [18]), org: 'org_B' });
  whole = await filesBelow(site.root);
  expect([...whole.keys()]).toContain('org=org_A/date=2026-11-16/late-001.parquet');
});

beforeEach(async () => {
  store = await openStore();
  store.ahead = NOW - Date.now();
  store.pageSize = 10;
  home = await makeHome();
  const duckdb = join(home, 'node_modules/@duckdb/node-api');
  await mkdir(duckdb, { recursive: true });
  await writeFile(join(duckdb, 'package.json'), '{"name":"@duckdb/node-api","type":"module","exports":"./index.js"}');
  await writeFile(join(duckdb, 'index.js'), DUCKDB);
});

/** Puts the same files into the bucket and into a folder. */
async function place(files: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [name, bytes] of files) {
    store.objects.set(`audit/${name}`, { body: bytes, sha256: undefined });
    await mkdir(dirname(join(home, 'audit', name)), { recursive: true });
    await writeFile(join(home, 'audit', name), bytes);
  }
}

const env = (): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: ACCESS_KEY,
  AWS_SECRET_ACCESS_KEY: SECRET_KEY,
  AWS_ENDPOINT_URL: store.endpoint,
  AUDITLOG_DUCKDB: join(home, 'node_modules'),
  AUDITLOG_STATE_DIR: join(home, 'state'),
});
const ask = (line: string, more: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Ran> =>
  run(line, { env: { ...env(), ...more }, home, cwd: home, clock: fastClock(NOW), ...(signal && { signal }) });

/** The folders that copies leave behind. */
const left = async () => (await readdir(home)).filter((name) => name.startsWith('auditlog-'));

/** Asks the folder, then the bucket: what both say is the same but for the name. */
async function sameAsHere(line: string): Promise<Ran> {
  const renamed = (text: string) =>
    text
      .replaceAll(`s3://${BUCKET}/audit`, 'audit')
      .replaceAll(join(home, 'audit'), 'audit')
      .replaceAll(/\d+ ?ms/g, '');
  const here = await ask(line.replaceAll('PLACE', 'audit'));
  const there = await ask(line.replaceAll('PLACE', `s3://${BUCKET}/audit`));
  const shown = ({ code, stdout, stderr }: Ran) => ({ code, stdout: renamed(stdout), stderr: renamed(stderr) });
  expect(shown(there), line).toEqual(shown(here));
  expect(await left()).toEqual([]);
  expect(store.asked.filter((asked) => !/^(?:GET|HEAD) /.test(asked))).toEqual([]);
  return there;
}

const COMMANDS = [
  'verify PLACE',
  'verify PLACE --format json',
  'verify PLACE/org=org_A --verbose',
  'verify --input PLACE/org=org_A/date=2026-11-16/events.ndjson.gz',
  'verify PLACE/org=org_A/date=2026-11-16/late-001.parquet',
  'verify PLACE/org=org_A/date=2026-11-17/events.manifest.json',
  'verify PLACE/org=org_B/chain.json',
  'list --input PLACE',
  'list --input PLACE -n 2 --format ndjson',
  'list --input PLACE/org=org_A --from 2026-11-16 --to 2026-11-16',
  'list --input PLACE/org=org_A/date=2026-11-16/late-001.ndjson.gz --format ndjson',
  'export --input PLACE',
  'export --input PLACE --org org_B --format csv',
  'stats --by action --input PLACE --format json',
  'show e16org_A --input PLACE',
  'export --input PLACE -o out.ndjson --force',
  'archive status PLACE',
  'query "from events" --input PLACE',
  'query "from events" --input PLACE/org=org_B',
  'query "from events" --input PLACE/org=org_A/date=2026-11-16/late-001.parquet',
] as const;

test.each(COMMANDS)('auditlog %s says of a bucket what it says of a folder', async (line) => {
  await place(whole);
  const { code, stdout, stderr } = await sameAsHere(line);
  if (line.startsWith('query')) expect(stderr).toContain('reached');
  else expect(code).toBe(0);
  expect(`${stdout}${stderr}`).not.toContain(SECRET_KEY);
});

const DAY = 'org=org_A/date=2026-11-16';
const without = (...names: readonly string[]) => new Map([...whole].filter(([name]) => !names.includes(name)));
const beginning = (folder: string) => [...whole.keys()].filter((name) => name.startsWith(folder));
const withChanged = (name: string, change: (bytes: Buffer) => Buffer) =>
  new Map([...whole].map(([one, bytes]) => [one, one === name ? change(bytes) : bytes] as const));
const flipped = (bytes: Buffer) =>
  Buffer.concat([bytes.subarray(0, 40), Buffer.of(bytes[40]! ^ 1), bytes.subarray(41)]);

const DAMAGES: readonly (readonly [
  what: string,
  files: () => ReadonlyMap<string, Buffer>,
  codes: readonly number[],
])[] = [
  // The exit codes of: verify, export, query.
  ['a missing day file', () => without(`${DAY}/events.ndjson.gz`), [7, 1, 1]],
  ['a missing Parquet file', () => without(`${DAY}/events.parquet`), [7, 0, 1]],
  ['a missing manifest', () => without(`${DAY}/events.manifest.json`), [7, 1, 1]],
  ['a missing day', () => without(...beginning(`${DAY}/`)), [7, 1, 1]],
  ['a missing late file', () => without(`${DAY}/late-001.ndjson.gz`), [7, 1, 1]],
  ['a changed byte of a day', () => withChanged(`${DAY}/events.ndjson.gz`, flipped), [7, 1, 1]],
  ['a changed byte of Parquet', () => withChanged(`${DAY}/events.parquet`, flipped), [7, 0, 7]],
  [
    'a day that is cut short',
    () => withChanged(`${DAY}/events.ndjson.gz`, (bytes) => bytes.subarray(0, 99)),
    [7, 1, 1],
  ],
  ['a day that is empty', () => withChanged(`${DAY}/events.ndjson.gz`, () => Buffer.of()), [7, 1, 1]],
  ['a changed manifest', () => withChanged(`${DAY}/events.manifest.json`, flipped), [7, 1, 7]],
  ['an extra file', () => new Map([...whole, [`${DAY}/extra.txt`, Buffer.from('x')]]), [7, 0, 1]],
  ['an extra folder', () => new Map([...whole, ['other/deep/x.bin', Buffer.from('x')]]), [7, 0, 1]],
  ['a missing chain', () => without('org=org_A/chain.json'), [7, 1, 1]],
  ['a changed chain', () => withChanged('org=org_A/chain.json', flipped), [7, 1, 1]],
  ['a removed organization', () => without(...beginning('org=org_B/')), [7, 1, 1]],
  ['a removed list of organizations', () => without('organizations.json'), [0, 0, 1]],
];

describe.each(DAMAGES)('of an archive with %s', (_, files, [verify, exported, asked]) => {
  test('a bucket gets the same word as a folder', async () => {
    await place(files());
    expect(await sameAsHere('verify PLACE')).toMatchObject({ code: verify });
    expect(await sameAsHere('export --input PLACE')).toMatchObject({ code: exported });
    const { code, stderr } = await sameAsHere('query "from events" --input PLACE');
    expect({ code, stderr }).toMatchObject({ code: asked });
  });
});

const at = `s3://${BUCKET}/audit`;

/** The commands that read everything. */
const READING = [`verify ${at}`, `export --input ${at}`, `query "from events" --input ${at}`];

async function asks(lines: readonly string[]) {
  const ran: Ran[] = [];
  for (const line of lines) ran.push(await ask(line));
  expect(await left()).toEqual([]);
  const said = ran.map(({ stdout, stderr }) => stderr || stdout).join('');
  expect(said).not.toContain(SECRET_KEY);
  expect(said).not.toContain('internal error in auditlog');
  return { codes: ran.map(({ code }) => code), said };
}

const NDJSON = 'audit/org=org_A/date=2026-11-17/events.ndjson.gz';
const PARQUET = 'audit/org=org_A/date=2026-11-17/events.parquet';
const isData = (key: string) => key === NDJSON || key === PARQUET;
const isList = (method: string, key: string) => method === 'GET' && key === '';
const listAs = (change: (text: string) => string) => () => {
  store.alter = (method, key, answer) =>
    isList(method, key) ? { ...answer, body: Buffer.from(change(answer.body.toString())) } : answer;
};
const refusing =
  (status: number, code: string, headers: Readonly<Record<string, string>> = {}) =>
  () => {
    store.fault = () => ({ status, code, headers });
  };
const dataAs = (change: (answer: Whole) => Whole) => () => {
  store.alter = (method, key, answer) => (method === 'GET' && isData(key) ? change(answer) : answer);
};

const MORE = /<IsTruncated>.*?<\/IsTruncated>(?:<NextC.*?Token>)?/;
const goingOn = (token: string) =>
  `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;

const TROUBLES: readonly (readonly [what: string, begin: () => void, code: number, said: string])[] = [
  ['a list that is cut short', listAs((text) => text.slice(0, text.length / 2)), 5, 'it is cut short'],
  ['a list without its end', listAs((text) => text.replace('</ListBucketResult>', '')), 5, 'it is cut short'],
  [
    'a list that lacks an object',
    listAs((text) => text.replace(/<Contents>.*?<\/Contents>/, '')),
    5,
    'has 9 names and says 10',
  ],
  ['a list with a broken object', listAs((text) => text.replace('</Contents>', '')), 5, 'is not reliable'],
  [
    'a list that does not say whether it goes on',
    listAs((text) => text.replace(/<IsTruncated>.*?<\/IsTruncated>/, '')),
    5,
    'does not say whether there is more',
  ],
  [
    'a list that goes on without a token',
    listAs((text) => text.replace(/<NextC.*?Token>/, '')),
    5,
    'how to ask for it',
  ],
  ['a list that begins again', listAs((text) => text.replace(MORE, goingOn('a'))), 5, 'twice'],
  ['a list that never ends', listAs((text) => text.replace(MORE, goingOn('zzz'))), 5, 'does not end'],
  ['a list without sizes', listAs((text) => text.replaceAll(/<Size>\d+/g, '<Size>')), 5, 'no size'],
  ['a list with a size that is none', listAs((text) => text.replace(/<Size>\d+/, '<Size>-1')), 5, 'no size'],
  [
    'a list with names that cannot be read',
    listAs((text) => text.replace('<Key>audit', '<Key>%ff')),
    5,
    'cannot be read',
  ],
  ['a list of another prefix', listAs((text) => text.replace('<Key>audit', '<Key>other')), 5, 'is not below audit/'],
  ['a list that is a web page', listAs(() => '<html></html>'), 5, 'it is cut short'],
  ['503 for ever', refusing(503, 'SlowDown'), 5, '503'],
  ['403', refusing(403, 'AccessDenied'), 4, 'AccessDenied'],
  ['403 without a word', refusing(403, ''), 4, '403'],
  [
    'a bucket in another region, by redirect',
    refusing(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-3' }),
    2,
    'eu-west-3',
  ],
  [
    'a bucket in another region, by the header alone',
    refusing(400, '', { 'x-amz-bucket-region': 'eu-west-3' }),
    2,
    'eu-west-3',
  ],
  [
    'another region in the signature',
    refusing(400, 'AuthorizationHeaderMalformed', { 'x-amz-bucket-region': 'eu-west-3' }),
    2,
    'eu-west-3',
  ],
  ['a bucket that is not there', refusing(404, 'NoSuchBucket'), 2, 'bucket lake does not exist'],
  [
    'an object that is cut short',
    dataAs((answer) => ({ ...answer, body: answer.body.subarray(0, 9) })),
    5,
    'returned 9 of the',
  ],
  [
    'an object that is longer',
    dataAs((answer) => ({ ...answer, body: Buffer.concat([answer.body, Buffer.of(0)]) })),
    5,
    'returned',
  ],
  [
    'an object of another version',
    dataAs((answer) => ({ ...answer, headers: { etag: '"ab"' } })),
    5,
    'was replaced since the bucket was listed',
  ],
  [
    'an object that goes away',
    dataAs(() => ({ status: 404, body: Buffer.from('<Error><Code>NoSuchKey</Code></Error>') })),
    5,
    'is gone since the bucket was listed',
  ],
  [
    'an object that may not be read',
    dataAs(() => ({ status: 403, body: Buffer.from('<Error><Code>AccessDenied</Code></Error>') })),
    4,
    'may not read objects',
  ],
  [
    'an object that is longer than its list says',
    dataAs((answer) => ({ ...answer, headers: { ...answer.headers, 'content-range': 'bytes 0-9/12345' } })),
    5,
    'has 12345 bytes',
  ],
  [
    'an object of a size that nobody tells',
    dataAs((answer) => ({ ...answer, headers: { etag: answer.headers?.etag ?? '' } })),
    5,
    'sent no size',
  ],
  [
    'a list with sizes that are too small',
    listAs((text) => text.replaceAll(/<Size>\d+/g, '<Size>7')),
    5,
    'where the bucket was listed',
  ],
  [
    'a list with empty objects that are not',
    listAs((text) => text.replaceAll(/<Size>\d+/g, '<Size>0')),
    5,
    'where the bucket was listed',
  ],
  [
    'an object with other bytes than were put',
    dataAs((answer) => ({ ...answer, headers: { ...answer.headers, 'x-amz-meta-sha256': 'ab' } })),
    7,
    'other bytes',
  ],
];

/** What goes wrong before anything is read is the same for all commands: one of them is asked. */
const troubled = TROUBLES.map((row, at) => {
  const lines = row[0].startsWith('an object') ? READING : READING.slice(at % 3, (at % 3) + 1);
  return [...row, lines] as const;
});

test.each(troubled)('of %s the commands say so, and none answers', async (_, begin, code, said, lines) => {
  await place(whole);
  begin();
  const told = await asks(lines);
  expect(told.codes).toEqual(lines.map(() => code));
  expect(told.said.split(said).length - 1, told.said).toBeGreaterThanOrEqual(lines.length);
});

test.each(READING)('auditlog %s tells a difference of the moment from one that stays', async (line) => {
  await place(withChanged(`${DAY}/events.parquet`, flipped));
  store.objects.delete(`audit/org=org_A/date=2026-11-18/events.manifest.json`);
  const stays = await ask(line);
  expect([1, 7]).toContain(stays.code);
  let isListed = false;
  store.alter = (method, key, answer) => {
    // A collector is at work: it has put a day's files, and then their manifest.
    if (isList(method, key) && answer.body.includes('<IsTruncated>false')) isListed = true;
    else if (isListed && isList(method, key)) return answer;
    else if (isListed) {
      const body = whole.get('org=org_A/date=2026-11-18/events.manifest.json') as Buffer;
      store.objects.set('audit/org=org_A/date=2026-11-18/events.manifest.json', { body, sha256: undefined });
    }
    return answer;
  };
  expect(await ask(line)).toMatchObject({
    code: 5,
    stderr: expect.stringContaining(`${at} changed while it was read`),
  });
  expect(await left()).toEqual([]);
});

const HOSTILE = [
  '../x',
  '../../../../tmp/auditlog-escaped',
  'org=org_A/../../x',
  '/etc/auditlog-escaped',
  'a//b',
  './x',
  'org=org_A/./chain.json',
  'nul\0.ndjson',
  'C:\\x',
  '..\\x',
  'org=org_A/date=2026-11-16/e\u001b[31m.parquet',
  '.hidden/x',
  `${'d/'.repeat(9)}x`,
  'x'.repeat(300),
];

test('names that no archive has are reported as extra, and no file is ever made of them', async () => {
  await place(whole);
  for (const name of HOSTILE) store.objects.set(`audit/${name}`, { body: Buffer.from('x'), sha256: undefined });
  const { code, stdout } = await ask(`verify ${at} --format json`);
  const { findings } = JSON.parse(stdout) as { findings: readonly { kind: string; path: string }[] };
  expect(code).toBe(7);
  expect(findings.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual(
    HOSTILE.map((name) => `extra ${at}/${name}`).sort(),
  );
  expect(stdout).not.toContain('\u001b');
  const text = await ask(`verify ${at}`);
  expect(text.stdout).not.toContain('\u001b');
  expect(text.stdout).not.toContain('\0');
  expect(await ask(`export --input ${at}`)).toMatchObject({ code: 0 });
  expect(await left()).toEqual([]);
  for (const path of ['/etc/auditlog-escaped', '/tmp/auditlog-escaped', join(home, '../x')])
    expect(existsSync(path), path).toBe(false);
});

test('what consoles and desktops put into buckets is no difference', async () => {
  await place(whole);
  for (const name of ['', 'org=org_A/', 'new folder/', '.DS_Store', 'org=org_A/Thumbs.db'])
    store.objects.set(`audit/${name}`, {
      body: Buffer.from(name.endsWith('/') || name === '' ? '' : 'x'),
      sha256: undefined,
    });
  expect(await ask(`verify ${at}`)).toMatchObject({ code: 0 });
});

test.each([
  [`verify s3://${BUCKET}/nothing`, 2, `error: nothing is stored at s3://${BUCKET}/nothing/`],
  [`list --input s3://${BUCKET}/nothing/`, 2, `error: nothing is stored at s3://${BUCKET}/nothing/`],
  [`query "from events" --input s3://${BUCKET}/aud`, 2, `error: nothing is stored at s3://${BUCKET}/aud/`],
  [`stats --input s3://${BUCKET}`, 2, `error: s3://${BUCKET} is neither an archive nor a directory of day files`],
  [`verify s3://${BUCKET}`, 2, `error: s3://${BUCKET}: no manifest in it`],
  ['list --input s3://KEY:SECRET@lake/audit', 2, 'an address must not contain a key'],
  ['list --input s3://lake/audit?token=abc', 2, 'unknown parameter of an s3:// address: "token"'],
  ['list --input s3://other/audit', 2, 'bucket other does not exist'],
  ['list --input s3:audit', 2, 'error: no such file: s3:audit'],
])('auditlog %s ends with %d', async (line, code, said) => {
  await place(whole);
  const ran = await ask(line);
  expect(ran.stderr).toContain(said);
  expect(ran).toMatchObject({ code });
  expect(`${ran.stdout}${ran.stderr}`).not.toContain('KEY:SECRET');
  expect(await left()).toEqual([]);
});

test('an address says endpoint and region itself, and the commands that are suggested do, too', async () => {
  await place(withChanged(`${DAY}/events.parquet`, flipped));
  const address = `${at}?endpoint=${store.endpoint}&region=us-east-1`;
  const ran = await run(['query', 'from events', '--input', address], {
    env: { ...env(), AWS_ENDPOINT_URL: '' },
    home,
    now: NOW,
  });
  expect(ran).toMatchObject({ code: 7, stdout: '' });
  expect(ran.stderr).toMatch(
    new RegExp(
      `^error: ${at}/${DAY}/events.parquet: SHA-256: .*\nSee what else differs: auditlog verify '${at}/${DAY}\\?`,
    ),
  );
  const [suggested = ''] = /verify '.*'$/m.exec(ran.stderr) ?? [];
  expect(await ask(suggested.replaceAll("'", '').replace(`/date=2026-11-16`, ''))).toMatchObject({ code: 7 });
});

const FILES = ['audit.ndjson', 'audit.ndjson.gz', 'audit.csv', 'audit.json'];

test.each(FILES)(
  'an export %s in a bucket, with its manifest beside it, is asked and verified as the file is',
  async (name) => {
    const model = await startModel({ entries: someEntries(50), now: NOW });
    later(() => model.close());
    const key = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
    expect(await ask(`export -o ${name} --manifest`, key)).toMatchObject({ code: 0 });
    const files = new Map<string, Buffer>();
    for (const one of [name, `${name}.manifest.json`]) files.set(one, await readFile(join(home, one)));
    await place(files);
    for (const line of [`verify PLACE/${name}`, `verify PLACE/${name}.manifest.json`, `export --input PLACE/${name}`])
      expect(await sameAsHere(line)).toMatchObject({ code: 0 });
    const damaged = new Map([...files, [name, files.get(name)!.subarray(0, -40)]]);
    await place(damaged);
    expect(await sameAsHere(`verify PLACE/${name}`)).toMatchObject({ code: 7 });
    store.objects.delete(`audit/${name}`);
    expect(await ask(`verify ${at}/${name}.manifest.json`)).toMatchObject({ code: 7 });
    expect(await ask(`verify ${at}/${name}`)).toMatchObject({ code: 2 });
    expect(await ask(`list --input ${at}/${name}`)).toMatchObject({ code: 2 });
  },
);

test.each(['audit.ndjson', 'audit.ndjson.gz'])(
  'an object %s that was put with a content-encoding is read as it was stored',
  async (name) => {
    const text = '{"id":"a","action":"chat.deleted","created_at":"2026-11-16T10:00:00Z"}\n';
    store.objects.set(`audit/${name}`, { body: gzipSync(text), sha256: undefined });
    store.alter = (_method, key, answer) =>
      key === '' ? answer : { ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' } };
    expect(await ask(`export --input ${at}/${name}`)).toMatchObject({ code: 0, stdout: text });
  },
);

test('an archive in a bucket is pruned where it is collected', async () => {
  expect(await ask(`archive prune ${at} --older-than 1d --yes`)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a bucket cannot be pruned'),
  });
});

test('an empty object with the name of a folder is that folder, and one of a file is an empty file', async () => {
  await place(whole);
  store.objects.set('audit', { body: Buffer.of(), sha256: undefined });
  store.objects.set('empty.ndjson', { body: Buffer.of(), sha256: undefined });
  expect(await ask(`verify ${at}`)).toMatchObject({ code: 0, stdout: expect.stringContaining('no difference') });
  expect(await ask(`export --input s3://${BUCKET}/empty.ndjson`)).toMatchObject({ code: 0, stdout: '' });
});

test('a directory of day files in a bucket is asked and verified as it is here', async () => {
  const model = await startModel({
    entries: someEntries(50).filter(({ time }) => time > NOW - 5 * 86_400_000),
    now: NOW,
  });
  later(() => model.close());
  const key = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
  expect(await ask('export --split day -o days', key)).toMatchObject({ code: 0 });
  const files = await filesBelow(join(home, 'days'));
  await place(files);
  for (const line of ['verify PLACE', 'export --input PLACE', 'list --input PLACE -n 1'])
    expect(await sameAsHere(line)).toMatchObject({ code: 0 });
  const [day = ''] = [...files.keys()].filter((name) => name.endsWith('.ndjson'));
  store.objects.delete(`audit/${day}`);
  expect(await ask(`verify ${at}`)).toMatchObject({ code: 7 });
  expect(await ask(`export --input ${at}`)).toMatchObject({ code: 1 });
});

test('only the objects of the days that are asked for are read', async () => {
  await place(whole);
  await ask(`list --input ${at} --from 2026-11-17 --to 2026-11-17`);
  const days = store.asked.filter((asked) => /^GET .*date=.*\.(?:json|gz|parquet)$/.test(asked));
  expect(days.length).toBeGreaterThan(0);
  expect(days.filter((asked) => !asked.includes('date=2026-11-17/'))).toEqual([]);
  store.asked.length = 0;
  await ask(`export --input ${at}`);
  expect(store.asked.filter((asked) => /^GET .*\.parquet$/.test(asked))).toEqual([]);
});

test.each([...COMMANDS.slice(0, 1), 'export --input PLACE', 'query "from events" --input PLACE'])(
  'after a stop in the middle of %s nothing is left behind',
  async (line) => {
    await place(whole);
    const stop = new AbortController();
    let data = 0;
    store.fault = (method, key) => {
      if (method === 'GET' && key.includes('date=') && ++data === 4) stop.abort(new Stopped('SIGTERM'));
      return undefined;
    };
    expect(await ask(line.replace('PLACE', at), {}, stop.signal)).toMatchObject({ code: 143 });
    expect(data).toBeGreaterThanOrEqual(4);
    expect(await left()).toEqual([]);
  },
);

test('nothing is left behind by a program that is interrupted twice', async () => {
  await place(whole);
  store.ahead = 0;
  store.pause = 300;
  const { child, ended } = await spawnCli(['verify', at], { env: { ...env(), TMPDIR: home }, home });
  while ((await left()).length === 0) await delay(10);
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130 });
  expect(await left()).toEqual([]);
});

test('a folder for temporary files that cannot take a copy is named, and not the bucket', async () => {
  await place(whole);
  store.ahead = 0;
  const ctx = worldOf(home, { AWS_ENDPOINT_URL: store.endpoint });
  const nowhere = { ...ctx, tmp: join(home, 'nowhere') };
  await expect(openBucketCopy(nowhere, at)).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining(`aside in ${nowhere.tmp}: `),
    hint: expect.stringContaining('TMPDIR='),
  });
  const copy = await openBucketCopy(ctx, at);
  await mkdir(copy.at('organizations.json'));
  const error = copy.explained(await copy.fetch(['organizations.json']).catch((failure: unknown) => failure));
  expect(error).toMatchObject({ exitCode: 1, message: expect.stringContaining(`aside in ${home}: `) });
  await copy.close();
});

test('an object of many blocks is the same bytes, and is private', async () => {
  const body = randomBytes(20 << 20);
  store.objects.set('big/a b', { body: Buffer.of(1), sha256: undefined });
  store.objects.set('big/x.ndjson', { body, sha256: undefined });
  const ctx = worldOf(home, { AWS_ENDPOINT_URL: store.endpoint });
  store.ahead = 0;
  const copy = await openBucketCopy(ctx, `s3://${BUCKET}/big`);
  await copy.fetch(copy.names);
  expect((await readFile(copy.at('x.ndjson'))).equals(body)).toBe(true);
  expect((await stat(copy.at('x.ndjson'))).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(copy.path))).mode & 0o777).toBe(0o700);
  expect(copy.odd).toEqual(['a b']);
  await copy.close();
  expect(await left()).toEqual([]);
});
