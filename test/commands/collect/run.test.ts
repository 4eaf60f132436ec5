import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Stopped } from '../../../src/context.js';
import { subOrganizations } from '../../../src/demo/organization.js';
import { startFakeClickHouse } from '../../destinations/clickhouse/server.js';
import { startElastic } from '../../destinations/elastic/server.js';
import { makeHome, NOW, type Ran, run } from '../../helpers/world.js';
import { makeEntries, makeEntry } from '../../model/makeentries.js';
import type { ModelOptions } from '../../model/options.js';
import { type Model, startModel } from '../../model/server.js';

const DAY = 86_400_000;
const HOUR = DAY / 24;

const FROM = ['--from', '2026-11-10'];
const [labs = ''] = subOrganizations().map(({ id }) => id);

function lines({ stdout }: Ran): string[] {
  return stdout.split('\n').filter((line) => line !== '');
}

describe('a new user', () => {
  test('makes a collector of the demo, runs it twice, and sees how it is doing', async () => {
    const home = await makeHome();
    const made = await run(['collect', 'try', '--create', '--demo', ...FROM], { home });
    expect(made).toMatchObject({ code: 0, stdout: '' });
    expect(made.stderr).toContain('To run it: auditlog collect try\n');
    expect(made.stderr).toContain(`  destination: ${join(home, 'auditlog-try')}\n`);

    const first = await run('collect try', { home });
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(
      /^try: \d{3} new events in .*auditlog-try\. Complete: the server reports the same counts for all days\.\n/,
    );
    const second = await run('collect try', { home });
    expect(second).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^try: 0 new events in .*\ntry: [23] requests\n$/),
    });
    expect((await run(['verify', 'auditlog-try'], { home })).code).toBe(0);

    const status = await run('collect status', { home });
    expect(status.stdout).toMatch(
      /^NAME {2}STATE {2}LAST SUCCESS .*\ntry {3}ok {5}2026-11-20T14:00:\d\dZ .* 2026-11-19 {4}-\n$/,
    );
    expect(await run('collect gaps try', { home })).toMatchObject({ code: 0, stderr: 'try: no gaps\n' });
    expect((await run('collect list', { home })).stdout).toMatch(/^NAME {2}PROVIDER .*\ntry {3}invent {4}the demo/);
    const shown = await run('collect show try --format json', { home });
    expect(JSON.parse(shown.stdout)).toMatchObject({
      name: 'try',
      connection: { provider: 'invent', baseUrl: null, orgs: ['c'] },
      from: { written: '2026-11-10', at: Date.parse('2026-11-10T00:00:00Z') },
      dest: join(home, 'auditlog-try'),
      created: expect.stringMatching(/^2026-11-20T14:00:/),
    });
    const completed = await run(['complete', '=t', '--', 'collect'], { home });
    expect(completed.stdout).toBe('try\ta collector\n:none\n');
    expect(await run('collect remove try', { home })).toMatchObject({ code: 0 });
    expect(await run('collect status try', { home })).toMatchObject({ code: 2 });
    expect(await readdir(join(home, 'auditlog-try'))).toHaveLength(2);
  });

  test('gets lines on standard output, each once, of every vendor', async () => {
    for (const provider of ['invent', 'chipp', 'rpawatch', 'yura']) {
      const home = await makeHome();
      const flags = ['--demo', '--provider', provider, ...FROM];
      const whole = await run(['export', ...flags], { home });
      await run(['collect', 'lines', '--create', '--dest', '-', ...flags], { home });
      const first = await run('collect lines', { home });
      expect(first).toMatchObject({ code: 0 });
      expect(lines(first).sort()).toEqual(lines(whole).sort());
      expect(await run('collect lines', { home })).toMatchObject({ code: 0, stdout: '' });
    }
  });

  test("gets another system's words", async () => {
    const home = await makeHome();
    await run(['collect', 'siem', '--create', '--demo', ...FROM, '--dest', '-', '--schema', 'ocsf'], { home });
    const [line = ''] = lines(await run('collect siem', { home }));
    expect(JSON.parse(line)).toMatchObject({ metadata: { version: '1.8.0' } });
  });
});

describe('a definition', () => {
  test('is what it was made: flags that say otherwise are refused, those that say the same are not', async () => {
    const home = await makeHome();
    const made = ['--demo', '--from', '30d', '--action', 'member.*', '--dest', '-'];
    await run(['collect', 'members', '--create', ...made], { home });
    expect((await run(['collect', 'members', ...made], { home, now: NOW + HOUR })).code).toBe(0);
    expect(await run('collect members --since 60d', { home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('  from: 30d, and 60d now\n'),
    });
    const other = await run('collect members --action member.joined --dest elsewhere', { home });
    expect(other).toMatchObject({
      code: 2,
      stderr: [
        'error: members was made for something else:',
        '  action: member.*, and member.joined now',
        `  destination: -, and ${join(home, 'elsewhere')} now`,
        'Leave these flags out, or make another collector: auditlog collect OTHER --create ...',
        '',
      ].join('\n'),
    });
    expect(await run(['collect', 'members', '--create', ...made], { home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('collector members already exists'),
    });
  });

  test('asks where it was made to ask, whatever the environment and the settings say later', async () => {
    const home = await makeHome();
    const env = { AUDITLOG_BASE_URL: 'http://127.0.0.1:9', AUDITLOG_ORG: 'org_1', AUDITLOG_TZ: 'Europe/Paris' };
    await run('collect here --create --from 2026-11-01 --dest -', { home, env });
    await run('profile add other --base-url http://127.0.0.1:8', { home });
    const later = { AUDITLOG_BASE_URL: 'http://127.0.0.1:7', AUDITLOG_ORG: 'org_2', AUDITLOG_PROFILE: 'other' };
    const asked = await run('collect here', { home, env: later });
    expect(asked).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('missing API key for http://127.0.0.1:9 (profile default)'),
    });
    const shown = JSON.parse((await run('collect show here -f json', { home, env: later })).stdout);
    expect(shown).toMatchObject({
      connection: { baseUrl: 'http://127.0.0.1:9/', orgs: ['org_1'], profile: 'default', tz: 'Europe/Paris' },
      from: { at: Date.parse('2026-10-31T23:00:00Z') },
    });
  });

  test('one whose definition is damaged is told, and does not hide the others', async () => {
    const home = await makeHome();
    const env = { AUDITLOG_STATE_DIR: join(home, 'state') };
    for (const name of ['good', 'torn']) await run(['collect', name, '--create', '--demo', ...FROM], { home, env });
    await writeFile(join(home, 'state', 'collectors', 'torn', 'definition.json'), '{"name":"torn"');
    const listed = await run('collect list', { home, env });
    expect(listed).toMatchObject({ code: 1, stdout: expect.stringMatching(/^NAME .*\ngood .*\n$/) });
    expect(listed.stderr).toContain('the definition of torn in ');
    const status = await run('collect status --format json', { home, env });
    expect(status.code).toBe(1);
    expect(JSON.parse(status.stdout)).toMatchObject([{ name: 'good' }]);
    expect((await run('collect status good', { home, env })).code).toBe(0);
  });

  test('cannot be made under a word that asks about collectors', async () => {
    for (const word of ['status', 'list', 'gaps x'])
      expect(await run(`collect ${word} --create --demo`)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(`--create does not apply to collect ${word.split(' ')[0]}`),
      });
    expect((await run('collect list --quiet')).code).toBe(0);
  });

  test('is refused where nothing can come of it, before anything is remembered', async () => {
    const home = await makeHome();
    for (const [line, why] of [
      ['collect x --create --demo --to 2026-11-01', '--to does not apply to collectors: they have no end'],
      ['collect x --create --demo --around 2026-11-01', '--around does not apply to collectors: they have no end'],
      ['collect x --create --demo --provider yura', 'missing --from: without it Yura starts in the middle of a day'],
      ['collect x --create --demo --interval 10ms', '--interval'],
      ['collect x --create --demo --dest nowhere://host', 'destination nowhere:// does not exist'],
      ['collect x --create --demo --dest ./dir --schema ocsf', 'an archive holds each entry as the vendor sent it'],
      ['collect x --create --demo --action member.joind', 'member.joined'],
      ['collect ../x --create --demo', 'invalid name of a collector: ../x'],
      ['collect', 'missing name of a collector'],
      ['collect x', 'collector x does not exist'],
      ['collect gaps x', 'collector x does not exist'],
    ] as const)
      expect(await run(line, { home })).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
    expect(await run('collect list', { home })).toMatchObject({ code: 0, stdout: '' });
    expect((await run('collect status', { home })).code).toBe(0);
    expect((await run('collect status --fail-if-silent 6h', { home })).code).toBe(8);
  });

  test('and all that is remembered is private, and where the environment says', async () => {
    const home = await makeHome();
    const env = { AUDITLOG_STATE_DIR: join(home, 'state') };
    await run(['collect', 'mine', '--create', '--demo', ...FROM, '--dest', '-'], { home, env });
    await run('collect mine', { home, env });
    const folder = join(home, 'state', 'collectors', 'mine');
    const names = await readdir(folder, { recursive: true });
    expect(names).toEqual(expect.arrayContaining(['definition.json', 'lastrun.json']));
    expect(names.filter((name) => name.endsWith('.ids')).length).toBeGreaterThan(8);
    for (const name of names) {
      const { mode } = await stat(join(folder, name));
      expect({ name, others: mode & 0o077 }).toEqual({ name, others: 0 });
    }
  });
});

describe('several organizations', () => {
  test('one that cannot be read does not keep the others from being collected', async () => {
    const home = await makeHome();
    await run(['collect', 'all', '--create', '--demo', ...FROM, '--org', `c,org_gone,${labs}`, '--dest', '-'], {
      home,
    });
    const ran = await run('collect all', { home });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/all, org_gone: cannot be read: .*404/);
    const alone = await run(['export', '--demo', ...FROM, '--org', `c,${labs}`], { home });
    expect(lines(ran).sort()).toEqual(lines(alone).sort());
    const gaps = await run('collect gaps all --format json', { home });
    expect(gaps.code).toBe(3);
    expect(JSON.parse(gaps.stdout)).toEqual([
      {
        org: 'org_gone',
        kind: 'unread',
        from: '2026-11-10',
        to: null,
        rows: null,
        why: 'no cycle has come to its end yet',
      },
    ]);
  });

  test('two names of one are refused', async () => {
    const home = await makeHome();
    await run(['collect', 'twins', '--create', '--demo', '--org', 'c,org_FsZFVYYORWFXMFGpp6f003', '--dest', '-'], {
      home,
    });
    expect(await run('collect twins', { home })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('are the same organization'),
    });
  });
});

describe('a real log', () => {
  let model: Model;
  afterEach(() => model.close());

  async function site(options: Partial<ModelOptions> = {}) {
    model = await startModel({
      entries: makeEntries({ n: 400, from: NOW - 40 * DAY, to: NOW - HOUR, grain: 1000 }),
      now: NOW,
      ...options,
    });
    const home = await makeHome();
    const env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
    const perform = (line: string | readonly string[], more = {}) =>
      run(line, { env, home, now: model.now(), ...more });
    const made = await perform('collect prod --create --dest - --rate off');
    expect(made.code).toBe(0);
    return { home, perform, folder: join(home, '.local/state/auditlog/collectors/prod') };
  }

  test('gives what came late, and says so; what is gone is an alarm with exit code 3', async () => {
    const { perform } = await site();
    expect(lines(await perform('collect prod'))).toHaveLength(400);
    model.advance(DAY);
    const late = makeEntry(NOW - 30 * DAY, 77, 1);
    model.insert(late);
    const second = await perform('collect prod');
    expect(second).toMatchObject({ code: 0, stdout: `${late.text}\n` });
    expect(second.stderr).toContain(
      'prod: 1 new event, 1 of them late. Complete: the server reports the same counts for all days.',
    );
    model.remove(late.id as string);
    const third = await perform('collect prod');
    expect(third).toMatchObject({ code: 3, stdout: '' });
    expect(third.stderr).toContain('prod: 2026-10-21: the server no longer returns 1 event');
    expect(await perform('collect prod')).toMatchObject({ code: 3, stdout: '' });
    const gaps = await perform('collect gaps prod');
    expect(gaps).toMatchObject({ code: 3, stdout: expect.stringContaining('gone  2026-10-21  1') });
  });

  test('with both checkpoints damaged is read again, and nothing is delivered twice', async () => {
    const { perform, folder } = await site();
    await perform('collect prod');
    await perform('collect prod');
    const [org = ''] = await readdir(join(folder, 'orgs'));
    const both = ['checkpoint.0.json', 'checkpoint.1.json'].map((name) => join(folder, 'orgs', org, name));
    const text = await readFile(both[0] as string, 'utf8');
    await writeFile(both[0] as string, text.replace('"delivered":400', '"delivered":401'));
    const one = await perform('collect prod');
    expect(one).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('a checkpoint is damaged') });
    for (const path of both) await writeFile(path, text.slice(0, 100));
    const rebuilt = await perform('collect prod');
    expect(rebuilt).toMatchObject({ code: 0, stdout: '' });
    expect(rebuilt.stderr).toContain(
      'both checkpoints are damaged; all history is read again, and nothing is delivered twice',
    );
    const late = makeEntry(NOW - 20 * DAY, 78, 1);
    model.insert(late);
    expect(await perform('collect prod')).toMatchObject({ code: 0, stdout: `${late.text}\n` });
    expect(JSON.parse((await perform('collect status -f json')).stdout)).toMatchObject([{ events: 401 }]);
  });

  test('into a directory, with both checkpoints damaged, still tells how many events are there', async () => {
    const { perform, folder } = await site();
    expect((await perform('collect files --create --dest files --rate off')).code).toBe(0);
    await perform('collect files');
    const orgs = join(folder, '../files/orgs');
    const [org = ''] = await readdir(orgs);
    for (const which of [0, 1]) await writeFile(join(orgs, org, `checkpoint.${which}.json`), 'x');
    expect((await perform('collect files')).stderr).toContain('files: 0 new events in ');
    expect(JSON.parse((await perform('collect status files -f json')).stdout)).toMatchObject([{ events: 400 }]);
  });

  test.each(['dropped', 'emptied'])('into a table or an index that was %s is brought there again', async (how) => {
    const { perform } = await site();
    const table = await startFakeClickHouse();
    const elastic = await startElastic();
    await perform(`collect rows --create --dest clickhouse+http://${table.host}/default.t --rate off`);
    await perform(`collect index --create --dest elastic+http://${elastic.host}/audit --rate off`);
    for (const name of ['rows', 'index']) expect((await perform(`collect ${name}`)).stderr).toContain('400 new events');
    model.advance(HOUR);
    if (how === 'dropped') {
      table.table = undefined;
      elastic.drop('audit');
    } else {
      table.truncate();
      (elastic.indices.get('audit') as Map<string, string>).clear();
    }
    for (const name of ['rows', 'index']) {
      const again = await perform(`collect ${name}`);
      expect(again.code).toBe(0);
      expect(again.stderr).toMatch(/is empty: delivering everything again\n.*: 400 new events/);
    }
    expect(table.inserts.reduce((sum, { rows }) => sum + rows, 0)).toBe(800);
    expect(elastic.indices.get('audit')?.size).toBe(400);
  });

  test('into a directory that was emptied is brought there again', async () => {
    const { perform, home } = await site();
    expect((await perform('collect files --create --dest files --rate off')).code).toBe(0);
    await perform('collect files');
    await rm(join(home, 'files'), { recursive: true });
    const again = await perform('collect files');
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('files is empty: delivering everything again\nfiles: 400 new events');
  });

  test('whose destination cannot be opened any more is failing, whatever the run before told', async () => {
    const { perform, home } = await site();
    await perform('collect files --create --dest files --rate off');
    expect((await perform('collect files')).code).toBe(0);
    await rm(join(home, 'files'), { recursive: true });
    await writeFile(join(home, 'files'), 'no directory');
    model.advance(HOUR);
    expect((await perform('collect files')).code).toBe(1);
    expect(JSON.parse((await perform('collect status files -f json')).stdout)).toMatchObject([
      {
        state: 'failing',
        lastExitCode: 1,
        lastRun: '2026-11-20T15:00:00Z',
        message: expect.stringContaining('files'),
        lastSuccess: '2026-11-20T14:00:00Z',
      },
    ]);
  });

  test('whose server is gone is told by its exit code, and by how long it was silent with 8', async () => {
    const { perform } = await site();
    await perform('collect prod');
    await model.close();
    const failed = await perform('collect prod --max-wait 1s');
    expect([5, 6]).toContain(failed.code);
    const at = { now: NOW + 7 * HOUR };
    const silent = await perform('collect status --fail-if-silent 6h', at);
    expect(silent).toMatchObject({ code: 8, stderr: 'prod has not succeeded for 7h 0m\n' });
    expect(silent.stdout).toMatch(/prod {2}(failing \(5\)|stopped) +2026-11-20T14:00:/);
    expect((await perform('collect status --fail-if-silent 8h', at)).code).toBe(0);
    expect(await perform('collect status --fail-if-silent 6h', { now: NOW - 7 * HOUR })).toMatchObject({
      code: 8,
      stderr: 'prod has its last success 7h 0m ahead of the clock: was it wrong then, or is it now?\n',
    });
    const json = JSON.parse((await perform('collect status prod --format json --fail-if-silent 6h', at)).stdout);
    expect(json).toMatchObject([{ name: 'prod', lastExitCode: failed.code, events: 400, silent: true }]);
  }, 30_000);

  test('goes on cycle after cycle until it is told to stop, which is a good end', async () => {
    const { perform } = await site();
    const stop = new AbortController();
    let out = '';
    const running = perform('collect prod --interval 1s', {
      signal: stop.signal,
      onStdout: (chunk: string) => {
        out += chunk;
      },
    });
    const until = async (holds: () => boolean) => {
      while (!holds()) await delay(20);
    };
    await until(() => out.split('\n').length > 400);
    const fresh = makeEntry(NOW - 5 * 60_000, 79, 1);
    model.insert(fresh);
    await until(() => out.includes(fresh.text));
    expect(await perform('collect prod')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('prod is being written by another run'),
    });
    const deep = await perform('collect prod --deep --quiet');
    expect(deep.code).toBe(2);
    expect(deep.stderr).toMatch(
      /^error: prod is being written by another run \(process \d+\): the deep comparison was skipped\n/,
    );
    expect(deep.stderr).toContain('auditlog collect prod --deep\n');
    stop.abort(new Stopped('SIGTERM'));
    expect((await running).code).toBe(0);
    expect(JSON.parse((await perform('collect status -f json')).stdout)).toMatchObject([
      { nextRun: expect.stringMatching(/^2026-11-20T14:00/), events: 401 },
    ]);
  }, 30_000);

  test('that could not save how it went is never shown as never run', async () => {
    const { home, perform } = await site();
    await perform('collect prod');
    await rm(join(home, '.local/state/auditlog/collectors/prod/lastrun.json'));
    const status = await perform('collect status');
    expect(status.stdout).toMatch(/\nprod {2}failing +never .* 400 /);
    expect(status.stderr).toMatch(/^prod: the result of the last run could not be written to .*collectors.prod\n$/);
    expect(JSON.parse((await perform('collect status prod -f json')).stdout)).toMatchObject([
      { state: 'failing', events: 400, message: expect.stringContaining('could not be written') },
    ]);
  });

  test.each(['definition.json', 'checkpoint'])(
    'whose %s is of a newer version says so, and touches nothing',
    async (which) => {
      const { home, perform } = await site();
      await perform('collect prod');
      const folder = join(home, '.local/state/auditlog/collectors/prod');
      const names = await readdir(folder, { recursive: true });
      for (const name of names.filter((each) => each.includes(which))) {
        const text = await readFile(join(folder, name), 'utf8');
        await writeFile(join(folder, name), text.replace('auditlog-collector-1', 'auditlog-collector-2'));
      }
      const ran = await perform('collect prod');
      expect(ran).toMatchObject({ code: 1, stdout: '' });
      expect(ran.stderr).toContain('was written by a newer version of auditlog\nUse that version here, too.');
      expect(ran.stderr).not.toContain('damaged');
      for (const name of names.filter((each) => each.includes(which)))
        expect(await readFile(join(folder, name), 'utf8')).toContain('auditlog-collector-2');
    },
  );

  test('whose reader goes away is given the rest again', async () => {
    const { perform } = await site();
    const gone = await perform('collect prod', {
      onStdout: () => {
        throw Object.assign(new Error('EPIPE'), { code: 'EPIPE' });
      },
    });
    expect(gone.code).toBe(141);
    expect(lines(await perform('collect prod'))).toHaveLength(400);
  });
});
