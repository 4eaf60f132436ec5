import { expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';
import { startAnswering } from '../../hostile/answering.js';

test.each([
  [402, 4],
  [410, 2],
  [451, 4],
])('a %i ends collect --interval and tail with %i: no cycle can change it', async (status, code) => {
  const server = await startAnswering((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"no"}');
  });
  const options = {
    home: await makeHome(),
    env: { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key },
  };
  await run('collect it --create --dest out', options);
  for (const line of ['collect it --interval 1s', 'tail --interval 1s', 'list']) {
    const before = server.requests();
    const ran = await run(line, options);
    expect({ line, code: ran.code }).toEqual({ line, code });
    expect(server.requests() - before).toBeLessThanOrEqual(2);
    expect(ran.stderr).toContain(`(${status}): no`);
  }
  await server.close();
});
