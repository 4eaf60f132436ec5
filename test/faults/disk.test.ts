import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeHome } from '../helpers/world.js';
import { type StaticServer, startServer } from '../model/static.js';
import { makePlace, type Place, shell, start } from './program.js';

const DAY = 86_400_000;
const NOW = Date.now();
const CLOSED = `--to ${new Date(NOW - 3 * DAY).toISOString().slice(0, 10)} --rate off`;

let server: StaticServer;
let undisturbed: Buffer;
/** More of a log, for what has to be under way for a while. */
let large: StaticServer;

beforeAll(async () => {
  server = await startServer({ n: 3000, from: NOW - 90 * DAY, to: NOW });
  large = await startServer({ n: 9000, from: NOW - 90 * DAY, to: NOW, latency: 20 });
  const place = await makePlace(server);
  await shell(place, `auditlog export ${CLOSED} -o out.ndjson`);
  undisturbed = await readFile(join(place.folder, 'out.ndjson'));
});
afterAll(async () => {
  await server.close();
  await large.close();
});

async function expectWhole(place: Place): Promise<void> {
  expect((await readFile(join(place.folder, 'out.ndjson'))).equals(undisturbed)).toBe(true);
  expect(await place.files()).toEqual(['out.ndjson']);
}

describe.concurrent('a file that may not grow any more (EFBIG)', () => {
  test('is kept up to what was durable, and the command that is printed goes on to the same bytes', async () => {
    const place = await makePlace(large);
    // In blocks of 1024 bytes.
    const whole = (await shell(place, `auditlog export ${CLOSED}`)).stdout;
    const blocks = Math.floor((0.95 * whole.length) / 1024);
    const failed = await shell(place, `ulimit -f ${blocks}; auditlog export ${CLOSED} -o out.ndjson`);
    expect({ ...failed, stdout: failed.stdout.toString() }).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toContain(
      'error: cannot write out.ndjson: the file would be larger than the file system or the limit of this process allows (EFBIG)\n' +
        `To resume: auditlog export ${CLOSED} -o out.ndjson\n`,
    );
    expect(await place.files()).toEqual(['out.ndjson.partial', 'out.ndjson.partial.state']);
    const command = /To resume: (.*)\n/.exec(failed.stderr)![1]!;
    const resumed = await shell(place, command);
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stderr).toContain('resuming after the');
    expect((await readFile(join(place.folder, 'out.ndjson'))).equals(whole)).toBe(true);
    expect(await place.files()).toEqual(['out.ndjson']);
  });

  test('leaves nothing where nothing was durable', async () => {
    const place = await makePlace(server);
    const failed = await shell(place, `ulimit -f 4; auditlog export ${CLOSED} -o out.csv`);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('(EFBIG)');
    expect(failed.stderr).not.toContain('To resume');
    expect(await place.files()).toEqual([]);
  });

  test('is a local failure on standard output too', async () => {
    const place = await makePlace(server);
    const failed = await shell(place, `ulimit -f 500; auditlog export ${CLOSED} > out.ndjson`);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(
      'error: cannot write: the file would be larger than the file system or the limit of this process allows (EFBIG)\n',
    );
    expect(failed.stderr).not.toContain('equal to');
  });
});

describe.concurrent('a full device (ENOSPC)', () => {
  test.each([
    'export',
    'list',
    'list --format json',
    'export --format csv',
    'actions',
    'config path',
    '--version',
    '--help',
    'completion bash',
  ])('behind the standard output of %s is a local failure that is told', async (command) => {
    const place = await makePlace(server);
    const failed = await shell(place, `auditlog ${command} > /dev/full`);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('error: cannot write: no space is left on the device (ENOSPC)\n');
    expect(failed.stderr).not.toContain('    at ');
  });

  test('behind standard error keeps nobody from the result', async () => {
    const place = await makePlace(server);
    expect((await shell(place, `auditlog export ${CLOSED} -o out.ndjson --debug 2> /dev/full`)).code).toBe(0);
    await expectWhole(place);
    expect((await shell(place, 'auditlog no-such-command 2> /dev/full')).code).toBe(2);
  });
});

test('a full device takes nothing, and keeps nothing', async () => {
  const place = await makePlace(server);
  const failed = await shell(place, 'auditlog export --format ndjson -o /dev/full');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('(ENOSPC)');
  expect(await place.files()).toEqual([]);
});

describe('closed streams', () => {
  test('standard error: the result is what it always is', async () => {
    const place = await makePlace(server);
    const { code, stdout } = await shell(place, `auditlog export ${CLOSED} 2>&-`);
    expect({ code, same: stdout.equals(undisturbed) }).toEqual({ code: 0, same: true });
  });

  test('standard output, where a file is written', async () => {
    const place = await makePlace(server);
    expect(await shell(place, `auditlog export ${CLOSED} -o out.ndjson >&-`)).toMatchObject({ code: 0 });
    await expectWhole(place);
  });

  test.runIf(process.platform === 'linux')(
    'standard output, where nothing else takes the export, is told; so is the null device, which looks the same',
    async () => {
      const place = await makePlace(server);
      for (const nowhere of ['>&-', '1<>/dev/null']) {
        const { code, stderr } = await shell(place, `auditlog export ${CLOSED} ${nowhere}`);
        expect({ nowhere, code }).toEqual({ nowhere, code: 0 });
        expect(stderr).toContain(
          'warning: standard output is closed or the null device: the events are lost\nTo keep them: -o FILE\n',
        );
      }
      for (const line of [
        `export ${CLOSED} >/dev/null`,
        'list >&-',
        'list 1<>/dev/null',
        'list 0<>/dev/null 2<>/dev/null',
      ])
        expect({ line, code: (await shell(place, `auditlog ${line}`)).code }).toEqual({ line, code: 0 });
    },
  );

  test('all of them', async () => {
    const place = await makePlace(server);
    expect(await shell(place, `auditlog export ${CLOSED} -o out.ndjson <&- >&- 2>&-`)).toMatchObject({ code: 0 });
    await expectWhole(place);
  });
});

describe.concurrent('a link', () => {
  test.each([
    ['the file itself', 'out.ndjson', '--force', 2],
    ['the unfinished file', 'out.ndjson.partial', '', 2],
    ['the unfinished file, begun anew', 'out.ndjson.partial', '--restart', 2],
    ['the state', 'out.ndjson.partial.state', '', 0],
    ['the lock', 'out.ndjson.partial.lock', '', 0],
    ['the manifest', 'out.ndjson.manifest.json', '--manifest', 2],
  ])('in the place of %s does not lead anywhere', async (_, name, flags, code) => {
    const place = await makePlace(server);
    await writeFile(join(place.folder, 'theirs'), 'theirs');
    await symlink('theirs', join(place.folder, name));
    const ended = await shell(place, `auditlog export --from 5d --rate off -o out.ndjson ${flags}`);
    expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code });
    expect(await readFile(join(place.folder, 'theirs'), 'utf8')).toBe('theirs');
  });
});

describe('a folder', () => {
  test('that may only be read is told before anything is asked', async () => {
    const place = await makePlace(server);
    const folder = join(place.folder, 'readonly');
    await mkdir(folder);
    await chmod(folder, 0o555);
    const requests = server.requests();
    // Root may write anywhere: then it is root without that right who tries.
    const powerless = process.getuid?.() === 0 ? 'setpriv --bounding-set -dac_override,-dac_read_search' : '';
    const { code, stderr } = await shell(place, `${powerless} "$NODE" "$PROGRAM" export -o readonly/out.csv`);
    expect(code).toBe(1);
    expect(stderr).toBe('error: cannot write readonly/out.csv: permission denied (EACCES)\n');
    expect(server.requests()).toBe(requests);
  });

  test('that is taken away in the middle is told, and nothing is left of the file', async () => {
    const place = await makePlace(large);
    const folder = join(place.folder, 'gone');
    await mkdir(folder);
    const { child, ended } = start(place, ['export', ...CLOSED.split(' '), '-o', 'gone/out.ndjson']);
    while (child.exitCode === null && (await readFile(join(folder, 'out.ndjson.partial')).catch(() => '')).length === 0)
      await delay(5);
    await rm(folder, { recursive: true });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain('error: cannot write gone/out.ndjson: the folder is gone (ENOENT)\n');
    expect(stderr).not.toContain('equal to');
    expect(await place.files()).toEqual([]);
  });

  test('for temporary files that is gone is told by its name, where a day is too large for memory', async () => {
    const day = Math.floor(NOW / DAY) * DAY - 5 * DAY;
    const busy = await startServer({ n: 18_000, from: day, to: day + DAY, now: NOW });
    try {
      const nowhere = join(await makeHome(), 'nowhere');
      const place = await makePlace(busy, { TMPDIR: nowhere });
      const { code, stderr } = await shell(place, 'auditlog export --rate off -o out.ndjson');
      expect(code).toBe(1);
      expect(stderr).toContain(`error: cannot store entries in ${nowhere}: the folder is gone (ENOENT)\n`);
      expect(stderr).toContain('TMPDIR=');
      await mkdir(nowhere);
      expect((await shell(place, 'auditlog export --rate off -o out.ndjson')).code).toBe(0);
      expect(await readdir(nowhere)).toEqual([]);
    } finally {
      await busy.close();
    }
  });
});

describe.concurrent('nothing is made', () => {
  test.each([
    ['a wrong key', 'AUDITLOG_API_KEY=wrong_key_0123456789abcdef auditlog export -o out.csv', 4],
    ['no key', 'AUDITLOG_API_KEY= auditlog export -o out.csv', 4],
    ['an unusable key', "AUDITLOG_API_KEY='two words' auditlog export -o out.csv", 4],
    ['a wrong key, by days', 'AUDITLOG_API_KEY=wrong_key_0123456789abcdef auditlog export --split day -o days/', 4],
    ['an unknown flag', 'auditlog export --no-such-flag -o out.csv', 2],
    ['a wrong time', 'auditlog export --from 2026-02-30 -o out.csv', 2],
    ['an ending that tells no format', 'auditlog export -o out.txt', 2],
    ['an unknown column', 'auditlog export --columns ids -o out.csv', 2],
    ['an unknown action', 'auditlog export --action member.eaten -o out.csv', 2],
    ['a folder that is not there', 'auditlog export -o nowhere/out.csv', 2],
    ['a server that is not there', 'auditlog export --base-url http://127.0.0.1:9 -o out.csv', 5],
    ['plain http to another machine', 'auditlog export --base-url http://192.0.2.1 -o out.csv', 2],
  ])('by %s', async (_, line, code) => {
    const place = await makePlace(server);
    const ended = await shell(place, line);
    expect({ code: ended.code, stdout: ended.stdout.toString() }).toEqual({ code, stdout: '' });
    expect(ended.stderr).toMatch(/^error: /m);
    expect(ended.stderr).not.toContain('    at ');
    expect(await place.files()).toEqual([]);
  });
});
