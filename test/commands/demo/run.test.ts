import { expect, test } from 'vitest';
import { Stopped } from '../../../src/context.js';
import { NOW, run, spawnCli } from '../../helpers/world.js';

test('the demo prints lines to paste, answers them, and ends with Ctrl-C', async () => {
  const { child, stdout, ended } = await spawnCli(['demo', '--port', '0']);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const told = Object.fromEntries(
    [...stdout().matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]),
  );
  const listed = await run('list -n 3 --format ndjson', { env: told });
  expect(listed.code).toBe(0);
  expect(listed.stdout.trimEnd().split('\n')).toHaveLength(3);

  const url = /"(\$AUDITLOG_BASE_URL[^"]*)"/
    .exec(stdout())?.[1]
    ?.replace('$AUDITLOG_BASE_URL', told.AUDITLOG_BASE_URL ?? '');
  const answer = await fetch(url ?? '', { headers: { authorization: `Bearer ${told.AUDITLOG_API_KEY}` } });
  expect(answer.status).toBe(200);
  expect((await fetch(url ?? '')).status).toBe(401);

  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test.each(['okta', 'zoom', 'google-workspace', 'github', 'zendesk', 'snyk'])(
  'the demo of %s prints everything that asks it: key, variables, organization',
  async (name) => {
    const stop = new AbortController();
    let serving: ReturnType<typeof run> | undefined;
    const printed = await new Promise<string>((resolve) => {
      serving = run(`demo --port 0 --provider ${name}`, { signal: stop.signal, onStdout: resolve });
    });
    const told = Object.fromEntries(
      [...printed.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, key, value]) => [key, value]),
    );
    const { code, stdout, stderr } = await run('list -n 3 --format ndjson', { env: told, now: NOW });
    stop.abort(new Stopped('SIGINT'));
    expect((await serving)?.code).toBe(0);
    expect(code, stderr).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  },
);

test('a port that is in use is reported', async () => {
  const { child, stdout, ended } = await spawnCli(['demo', '--port', '0']);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const port = /127\.0\.0\.1:(\d+)/.exec(stdout())?.[1];
  const { code, stderr } = await run(['demo', '--port', port ?? '']);
  child.kill('SIGINT');
  await ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`error: port ${port} is taken\n`);
});

test('an invalid port is rejected', async () => {
  expect((await run('demo --port 70000')).code).toBe(2);
  expect((await run('demo --port http')).code).toBe(2);
});
