import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { makeHome, ROOT } from '../helpers/world.js';
import { engine, testWith } from './engine.js';

const jq = await engine('jq', '--version');

/** The lines of the docs that hand on what they get, and end by themselves. */
const PIPES = [...readFileSync(`${ROOT}/docs/howto/platform.md`, 'utf8').matchAll(/^(auditlog .* \| .*)$/gm)]
  .map(([, line = '']) => line)
  .filter((line) => !line.startsWith('auditlog tail'));

for (const line of PIPES)
  testWith(jq, line, async () => {
    const home = await makeHome();
    const script = `auditlog() { "${process.execPath}" "${ROOT}/bin/auditlog.js" "$@"; }\n${line}`;
    const env = { PATH: process.env.PATH, HOME: home, LC_ALL: 'C.UTF-8' };
    // Rejects with what was said where the last program of the line does not end well.
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: home, env, maxBuffer: 2 ** 28 });
    // Only what asks for failures has nothing to show.
    expect(stdout !== '').toBe(!line.includes('"fail"'));
  });

testWith(jq, 'there are such lines', async () => {
  expect(PIPES.length).toBeGreaterThan(5);
});
