import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';

const FILE = {
  name: 'acme',
  base: 'https://api.acme.example',
  path: '/graphql/',
  method: 'POST',
  body: { query: 'query($first: Int) { log }', variables: {} },
  auth: { header: 'authorization', scheme: 'Bearer' },
  items: 'data.log.edges',
  each: 'node',
  dates: { from: 'variables.from', to: 'variables.to', format: 'epoch-s' },
  paging: {
    style: 'cursor',
    cursor: 'variables.after',
    next: 'data.log.pageInfo.endCursor',
    size: 'variables.first',
    max: 50,
  },
  fields: { id: 'id', time: 'at', action: 'action', actor: { id: 'by' } },
};
const ANSWER = {
  data: {
    log: { edges: [{ node: { id: '1', at: '2026-11-20T10:00:00Z', action: 'key.made', by: 'u1' } }], pageInfo: {} },
  },
};

test('provider check shows the body of the first request, and unwraps the entries of a sample', async () => {
  const home = await makeHome();
  const [file, sample] = [join(home, 'acme.json'), join(home, 'answer.json')];
  await writeFile(file, JSON.stringify(FILE));
  await writeFile(sample, JSON.stringify(ANSWER));
  const { stdout } = await run(`provider check ${file} --sample ${sample}`, { home });
  expect(stdout).toContain(
    [
      'Asks   POST https://api.acme.example/graphql/',
      'with   {"query":"query($first: Int) { log }","variables":{"from":1795046400,"to":1795132800,"first":50}}',
    ].join('\n'),
  );
  expect(stdout).toContain('Entry 1 of 1 comes out as');
  expect(stdout).toMatch(/action +key\.made/);
});
