import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { destinationSecret, renewable } from '../../src/destinations/secret.js';
import { openOutbound } from '../../src/http/outbound.js';
import { saveKey } from '../../src/keys/save.js';
import { destinationName, type KeyWorld, keysFile } from '../../src/keys/store.js';
import { makeDestinationSecret } from '../../src/keys.js';
import { later, serve, worldOf } from '../http/asking.js';
import { worldWith } from '../keys/world.js';

const ORIGIN = 'https://store.example:8443';
const PASSWORD = 'pass "word" with blänks';

const save = (world: KeyWorld, origin: string, secret: string) =>
  saveKey(world, { profile: destinationName(origin), origin }, makeDestinationSecret(secret, 'a test'), {
    insecure: false,
  });

test('the file wins over the variable, and the variable over the secret saved for the origin', async () => {
  const world = await worldWith({ AUDITLOG_DEST_SECRET: 'from the variable', AUDITLOG_DEST_SECRET_FILE: 'secret' });
  await save(world, ORIGIN, PASSWORD);
  await writeFile(join(world.cwd, 'secret'), 'from the file\n', { mode: 0o600 });
  const one = await destinationSecret(world, ORIGIN);
  expect([one?.reveal(), one?.from]).toEqual(['from the file', join(world.cwd, 'secret')]);
  const two = await destinationSecret({ ...world, env: { ...world.env, AUDITLOG_DEST_SECRET_FILE: '' } }, ORIGIN);
  expect([two?.reveal(), two?.from]).toEqual(['from the variable', '$AUDITLOG_DEST_SECRET']);
  const bare = { ...world, env: { AUDITLOG_CONFIG_DIR: world.env.AUDITLOG_CONFIG_DIR } };
  const three = await destinationSecret(bare, ORIGIN);
  expect([three?.reveal(), three?.from]).toEqual([PASSWORD, keysFile(world)]);
  expect(await destinationSecret(bare, 'https://store.example:9000')).toBeUndefined();
  expect(await destinationSecret(bare, 'http://store.example:8443')).toBeUndefined();
});

test('a secret that was found is never printed', async () => {
  const kept: string[] = [];
  const world = {
    ...(await worldWith({ AUDITLOG_DEST_SECRET: PASSWORD })),
    keepSecret: (text: string) => void kept.push(text),
  };
  const secret = await destinationSecret(world, ORIGIN);
  expect(kept).toEqual([PASSWORD]);
  expect(`${secret} ${JSON.stringify(secret)}`).toBe('[redacted] "[redacted]"');
});

test('a secret file that others can read is rejected', async () => {
  const world = await worldWith({ AUDITLOG_DEST_SECRET_FILE: 'secret' });
  await writeFile(join(world.cwd, 'secret'), PASSWORD);
  await chmod(join(world.cwd, 'secret'), 0o644);
  await expect(destinationSecret(world, ORIGIN)).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('is readable by others'),
  });
});

test.each([
  ['', 'expected a text, not an empty one'],
  ['  ', 'expected a text, not an empty one'],
  ['one\ntwo', 'it has more than one line, or characters that no password has'],
  ['x'.repeat(9000), 'it is longer than 8192 characters'],
])('%j is no secret', (text, what) => {
  expect(() => makeDestinationSecret(text, 'here')).toThrow(
    `the destination's secret from here cannot be used: ${what}`,
  );
});

test('a secret that is replaced in its file is read again once it is refused: with 401 and with 403', async () => {
  for (const refusal of [401, 403]) {
    const world = await worldWith({ AUDITLOG_DEST_SECRET_FILE: 'secret' });
    const save = (text: string) => writeFile(join(world.cwd, 'secret'), text, { mode: 0o600 });
    await save('first-secret');
    let accepted = 'first-secret';
    const { base, heard } = await serve((request, response) => {
      response.writeHead(request.headers['x-secret'] === accepted ? 200 : refusal).end();
    });
    const secret = await destinationSecret(world, base.origin);
    const kept: string[] = [];
    const outbound = await openOutbound({ ...worldOf({}), keepSecret: (one) => void kept.push(one) }, base, {
      what: 'the store',
      ...renewable(world, base.origin, secret, (now) => ({
        secretFrom: now?.from,
        secrets: [now!.reveal()],
        authorize: () => ({ 'x-secret': now!.reveal() }),
      })),
    });
    later(() => outbound.close());
    const ask = async () => (await outbound.send({ method: 'GET', path: '/' })).status;
    expect(await ask()).toBe(200);
    await save('second-secret');
    accepted = 'second-secret';
    // All that are under way share one reading.
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200]);
    expect(await ask()).toBe(200);
    accepted = 'nobody has it';
    const before = heard.length;
    expect(await ask()).toBe(refusal);
    expect(heard.length - before).toBe(1);
    expect(kept).toEqual(['first-secret', 'second-secret']);
  }
});
