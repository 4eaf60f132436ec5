import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDemo } from '../../../src/demo/server.js';
import { makeHome, NOW, run } from '../../helpers/world.js';

test('profiles are added, listed, used and removed', async () => {
  const home = await makeHome();
  const demo = await startDemo({ now: NOW });
  try {
    const added = await run(`profile add eu --base-url ${demo.base.origin} --org org_1 --org org_2 --rate 60`, {
      home,
    });
    expect(added.stderr).toBe('Added profile eu. To save its key: auditlog auth login --profile eu\n');
    await run('profile add far-away --base-url https://far.example.com', { home });
    expect((await run('profile list', { home })).stdout).toBe(
      [
        '* default   no key saved',
        `  eu        base-url=${demo.base.origin}  org=org_1,org_2  rate=60  no key saved`,
        '  far-away  base-url=https://far.example.com  no key saved',
        '',
      ].join('\n'),
    );
    await run('profile use eu', { home });
    await run('config set org c --profile eu', { home });
    expect((await run('auth login', { home, typed: demo.key })).code).toBe(0);
    expect((await run('profile list', { home })).stdout).toContain(
      `\n* eu        base-url=${demo.base.origin}  org=c  rate=60  key for ${demo.base.origin}\n`,
    );
    const removed = await run('profile remove eu', { home });
    expect(removed.stderr).toContain('Removed profile eu.\n');
    expect(await readFile(join(home, 'config/keys.json'), 'utf8')).toBe('{}\n');
    expect((await run('profile list', { home })).stdout).toContain('* default ');
  } finally {
    await demo.close();
  }
});

test.each([
  ['profile use nowhere', 'profile "nowhere" does not exist'],
  ['profile remove nowhere', 'profile "nowhere" does not exist'],
  ['profile add ../x', '"../x" is not a valid name of a profile'],
  ['profile add __proto__', '"__proto__" is not a valid name of a profile'],
  ['profile add x --base-url ftp://x', 'invalid --base-url: expected the address of an API'],
  ['config set tz UTC --profile nowhere', 'profile "nowhere" does not exist'],
  ['auth status --profile nowhere', 'profile "nowhere" does not exist (--profile)'],
])('profile %s is rejected', async (line, message) => {
  const refused = await run(line);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`error: ${message}`);
});

test('a profile is not added twice', async () => {
  const home = await makeHome();
  await run('profile add eu', { home });
  const again = await run('profile add eu', { home });
  expect(again.stderr).toContain('error: profile "eu" already exists');
});

test('a misspelt profile is suggested', async () => {
  const home = await makeHome();
  await run('profile add production', { home });
  expect((await run('profile use prodution', { home })).stderr).toContain('Did you mean production?');
});

test('$AUDITLOG_PROFILE wins over the profile in use, which is said', async () => {
  const home = await makeHome();
  await run('profile add eu', { home });
  const used = await run('profile use eu', { home, env: { AUDITLOG_PROFILE: 'default' } });
  expect(used.stderr).toContain('warning: $AUDITLOG_PROFILE is set and overrides it\n');
});
