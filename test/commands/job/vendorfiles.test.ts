import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hash } from '../../../src/demo/random.js';
import type { ProviderFile } from '../../../src/providers/file/parse.js';
import { toProviderFile } from '../../../src/providers/file/parse.js';
import { loadShipped } from '../../../src/providers/file/shipped.js';
import { serveVendor, type VendorServer } from '../../helpers/vendorserver.js';
import { makeHome, NOW, run } from '../../helpers/world.js';

const DAY = 86_400_000;

/** Entries in the documented shape of one of the examples, one every few hours up to now, newest first. */
function github(examples: readonly unknown[], n: number): readonly Record<string, unknown>[] {
  return Array.from({ length: n }, (_, at) => {
    const time = NOW - 60_000 - at * 4 * 3_600_000;
    const example = examples[at % examples.length] as Record<string, unknown>;
    return {
      ...example,
      '@timestamp': time,
      created_at: time,
      org: 'octo-corp',
      _document_id: `doc${hash(5, at)}-${at}`,
    };
  });
}

function slack(examples: readonly unknown[], n: number): readonly Record<string, unknown>[] {
  return Array.from({ length: n }, (_, at) => ({
    ...(examples[at % examples.length] as Record<string, unknown>),
    id: `${String(at).padStart(6, '0')}-slack`,
    date_create: Math.floor(NOW / 1000) - 60 - at * 1800,
  }));
}

let file: ProviderFile;
let server: VendorServer;
let values: readonly Record<string, unknown>[] = [];

const ask = (line: string) =>
  run(`${line} --base-url ${server.base} --rate off`, { env: { AUDITLOG_API_KEY: server.key } });
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '');

describe('GitHub, by its Link header', () => {
  beforeAll(async () => {
    file = (await loadShipped('github'))!;
    values = github(file.examples, 730);
    server = await serveVendor(file.provider, values, NOW);
  });
  afterAll(() => server.close());

  test('exports a range whole, in its own words', async () => {
    const { code, stdout, stderr } = await ask('export --provider github --org octo-corp --from 2026-07-01');
    expect(code, stderr).toBe(0);
    const wanted = values.filter((one) => Number(one['@timestamp']) >= Date.parse('2026-07-01T00:00:00Z'));
    expect(lines(stdout)).toEqual(wanted.map((one) => JSON.stringify(one)));
    expect(stderr).toContain(`${wanted.length} events`);
    expect(stderr).toContain('Uncounted: every page was read, but the server reports no count');
    const [first = '', second = ''] = server.targets;
    expect(first).toBe(
      '/orgs/octo-corp/audit-log?include=all&order=desc&phrase=created%3A%3E%3D2026-06-30&per_page=100',
    );
    expect(second).toBe(`${first}&after=100`);
    expect(server.headers[0]).toMatchObject({
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      authorization: `Bearer ${server.key}`,
    });
  });

  test('tells the window that it gives when none is asked', async () => {
    const { stdout, stderr } = await ask('export --provider github --org octo-corp');
    expect(stderr).toContain('without --from GitHub gives the last 90 days only');
    expect(lines(stdout)).toHaveLength(values.filter((one) => Number(one['@timestamp']) >= NOW - 90 * DAY).length);
  });

  test('lists the newest in its own columns', async () => {
    const { code, stdout } = await ask('list --provider github --org octo-corp -n 3 --quiet');
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        'Date                  Actor     Event                 Resource                       User      Location',
        '2026-11-20T13:59:00Z  octocat   Team Member Added     octo-corp/example-team (team)  monalisa',
        '2026-11-20T09:59:00Z  octocat   Organization Created  org',
        '2026-11-20T05:59:00Z  monalisa  Repository Deleted    octo-corp/old-site (repo)                NO 192.0.2.17',
        '',
      ].join('\n'),
    );
  });

  test('answers questions about people, kinds, categories and networks', async () => {
    const answers = async (question: string) =>
      lines((await ask(`export --provider github --org octo-corp --from 2026-10-01 --quiet ${question}`)).stdout).map(
        (line) => (JSON.parse(line) as { action: string }).action,
      );
    expect(new Set(await answers('--user monalisa'))).toEqual(new Set(['repo.destroy']));
    expect(new Set(await answers('--target monalisa'))).toEqual(new Set(['team.add_member']));
    expect(new Set(await answers('--kind delete'))).toEqual(new Set(['repo.destroy']));
    expect(new Set(await answers('--category teams,organization'))).toEqual(new Set(['team.add_member', 'org.create']));
    expect(new Set(await answers('--ip 192.0.2.0/24'))).toEqual(new Set(['repo.destroy']));
  });
});

describe('Slack, by its cursor', () => {
  beforeAll(async () => {
    file = (await loadShipped('slack'))!;
    values = slack(file.examples, 2600);
    server = await serveVendor(file.provider, values, NOW);
  });
  afterAll(() => server.close());

  test('exports a range whole, which is asked for in seconds', async () => {
    const { code, stdout, stderr } = await ask('export --provider slack --from 2026-10-01 --to 2026-11-18');
    expect(code, stderr).toBe(0);
    const from = Date.parse('2026-10-01T00:00:00Z') / 1000;
    const before = Date.parse('2026-11-19T00:00:00Z') / 1000;
    const wanted = values.filter((one) => Number(one.date_create) >= from && Number(one.date_create) < before);
    expect(lines(stdout)).toEqual(wanted.map((one) => JSON.stringify(one)));
    expect(new URL(server.targets[0]!, server.base).searchParams.get('oldest')).toBe(String(from - 86_400));
    expect(server.targets[1]).toMatch(/&limit=1000&cursor=c_1000$/);
  });

  test('filters by action and person there, and by what was done here', async () => {
    const { stdout } = await ask('export --provider slack --action user_login --user W123AB456 --from 2026-11-01');
    expect(lines(stdout).length).toBeGreaterThan(400);
    expect(server.targets.at(-1)).toMatch(/action=user_login/);
    expect(server.targets.at(-1)).toMatch(/actor=W123AB456/);
    const csv = await ask(
      'export --provider slack --kind create --from 2026-11-20 --format csv --columns time,action,resource.name',
    );
    expect(csv.stdout.split('\r\n').slice(0, 2)).toEqual([
      'time,action,resource.name',
      '2026-11-20T13:29:00Z,public_channel_created,rehearsals',
    ]);
  });

  test('lists the newest in its own columns', async () => {
    const { stdout } = await ask('list --provider slack -n 2 --quiet');
    expect(stdout).toBe(
      [
        'Date                  Actor                                             Action                  Entity                 Workspace      Location',
        '2026-11-20T13:59:00Z  Charlie Parker <charlie.parker@birdland.example>  User Login              Charlie Parker (user)  Birdland       192.0.2.23',
        '2026-11-20T13:29:00Z  Mary Lou Williams <mary.lou@birdland.example>     Public Channel Created  rehearsals (channel)   Birdland Band  2001:db8::17',
        '',
      ].join('\n'),
    );
  });
});

describe('a vendor that we have never heard of', () => {
  const acme = {
    name: 'acme',
    title: 'Acme Robots',
    path: '/v2/{org}/log',
    defaultOrg: 'main',
    auth: { header: 'X-Token' },
    fixed: { verbose: 'true' },
    filters: { user: 'by', resourceType: 'kind' },
    dates: { from: 'start', to: 'end', format: 'instant' },
    paging: { style: 'link', size: 'n', max: 40, next: 'page.next' },
    items: 'page.rows',
    total: { path: 'page.count' },
    fields: {
      id: 'no',
      time: 'when.at',
      action: { join: ['on.kind', 'did'] },
      actor: { id: 'by.id', name: 'by.name' },
      resource: [{ type: { path: 'on.kind' }, id: 'on.id', name: 'on.label' }],
    },
    actions: { 'robot.painted': { category: 'Robots', label: 'Robot Painted', kind: 'update' } },
    columns: [
      { heading: 'When', shows: 'time' },
      { heading: 'Who', shows: 'actor' },
      { heading: 'What', shows: 'event' },
      { heading: 'Serial', shows: '.on.id' },
    ],
  };
  const rows = Array.from({ length: 210 }, (_, at) => ({
    no: 1000 - at,
    when: { at: new Date(NOW - 90_000 - at * 3_600_000).toISOString() },
    by: { id: `u${at % 3}`, name: ['Ann', 'Bo', 'Cy'][at % 3] },
    on: { kind: at % 2 === 0 ? 'robot' : 'arm', id: `s-${at}`, label: `Unit ${at}` },
    did: ['painted', 'Deleted', 'created', 'Updated'][at % 4],
  }));

  test('works from a file in the folder of vendors: paging, counts, filters, words, columns', async () => {
    const home = await makeHome();
    await mkdir(join(home, 'config', 'providers'), { recursive: true });
    await writeFile(join(home, 'config', 'providers', 'acme.json'), JSON.stringify(acme));
    const { provider } = toProviderFile(acme, 'acme.json');
    const own = await serveVendor(provider, rows, NOW);
    const asked = (line: string) =>
      run(`${line} --provider acme --base-url ${own.base} --rate off`, { home, env: { AUDITLOG_API_KEY: own.key } });
    try {
      const whole = await asked('export');
      expect(whole.code, whole.stderr).toBe(0);
      expect(lines(whole.stdout)).toEqual(rows.map((row) => JSON.stringify(row)));
      expect(whole.stderr).toContain('Exported 210 events. Complete: the server reports the same count');
      expect(own.targets[0]).toBe('/v2/main/log?verbose=true&n=40');
      expect(own.headers[0]).toMatchObject({ 'x-token': own.key });

      const robots = await asked('export --resource robot --user u1 --from 2026-11-15 --quiet');
      expect(lines(robots.stdout).every((line) => line.includes('"kind":"robot"') && line.includes('"u1"'))).toBe(true);
      expect(own.targets.at(-1)).toMatch(/by=u1&kind=robot&start=2026-11-14T00%3A00%3A00.000Z&n=40$/);
      expect((await asked('list -n 1 --category robots --format json')).stdout).toContain('"painted"');

      const list = await asked('list -n 2 --kind delete --quiet');
      expect(list.stdout).toBe(
        [
          'When                  Who  What         Serial',
          '2026-11-20T12:58:30Z  Bo   Arm Deleted  s-1',
          '2026-11-20T08:58:30Z  Cy   Arm Deleted  s-5',
          '',
        ].join('\n'),
      );
    } finally {
      await own.close();
    }
  });

  test('and whose file names the wrong place of the next page gives no whole answer without a word', async () => {
    const home = await makeHome();
    const { total: _, ...untold } = acme;
    const { provider } = toProviderFile(untold, 'acme.json');
    const own = await serveVendor(provider, rows, NOW);
    const wrong = { ...untold, paging: { ...acme.paging, next: 'page.nxt' } };
    await writeFile(join(home, 'acme.json'), JSON.stringify(wrong));
    try {
      const { code, stdout, stderr } = await run(`export --provider ./acme.json --base-url ${own.base}`, {
        home,
        env: { AUDITLOG_API_KEY: own.key },
      });
      expect(code).toBe(3);
      expect(lines(stdout)).toHaveLength(40);
      expect(stderr).toContain('no answer has a next page, whatever the page size: there may be more events');
    } finally {
      await own.close();
    }
  });

  test.each([
    ['time', 'when.on', 'tells a time that can be read at when.on'],
    ['action', 'dit', 'tells an action that can be read at dit'],
  ])('and whose file names the wrong place of the %s gives a clear error', async (field, path, told) => {
    const home = await makeHome();
    const { provider } = toProviderFile(acme, 'acme.json');
    const own = await serveVendor(provider, rows, NOW);
    const wrong = { ...acme, fields: { ...acme.fields, [field]: path } };
    await writeFile(join(home, 'acme.json'), JSON.stringify(wrong));
    try {
      for (const command of ['list', 'export', 'stats --every week', 'tail --since 1d']) {
        const { code, stdout, stderr } = await run(`${command} --provider ./acme.json --base-url ${own.base}`, {
          home,
          env: { AUDITLOG_API_KEY: own.key },
        });
        expect(code, command).toBe(5);
        expect(stdout).toBe('');
        expect(stderr).toMatch(/answered in an unknown shape: not one of \d+ entries /);
        expect(stderr).toContain(told);
        expect(stderr).toContain('Check the provider and the base URL');
      }
    } finally {
      await own.close();
    }
  });

  test('and whose file has paging that does not end gives a clear error', async () => {
    const home = await makeHome();
    const { total: _, fixed: __, ...open } = acme;
    const { provider } = toProviderFile(open, 'acme.json');
    // The server takes no such parameter for a page number.
    const own = await serveVendor(provider, rows, NOW, { ignores: 'verbose' });
    const wrong = { ...open, paging: { style: 'page', page: 'verbose', size: 'n', max: 40 } };
    await writeFile(join(home, 'acme.json'), JSON.stringify(wrong));
    try {
      const { code, stderr } = await run(`export --provider ./acme.json --base-url ${own.base}`, {
        home,
        env: { AUDITLOG_API_KEY: own.key },
      });
      expect(code).toBe(5);
      expect(stderr).toContain('the server returns the same page again and again: it ignores the page number');
    } finally {
      await own.close();
    }
  });
});
