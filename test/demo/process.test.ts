import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

describe('a process with a demo in it', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-'));
    await build({
      entryPoints: [join(import.meta.dirname, '../../src/demo/server.ts')],
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile: join(folder, 'server.mjs'),
    });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const play = async (script: string): Promise<string> => {
    const file = join(folder, 'play.mjs');
    await writeFile(file, `import { startDemo } from './server.mjs';\n${script}`);
    const { stdout } = await run(process.execPath, [file], { timeout: 20_000 });
    return stdout;
  };

  it('ends by itself when its work is done, without close and with connections kept', async () => {
    const told = await play(`
      const demo = await startDemo({ now: Date.UTC(2026, 10, 20) });
      const answer = await fetch(new URL('/orgs/c/audit-logs?take=2', demo.base), { headers: { authorization: 'Bearer ' + demo.key } });
      console.log((await answer.json()).length);
    `);
    expect(told).toBe('2\n');
  });

  it('stays in the foreground until it is closed', async () => {
    const told = await play(`
      const demo = await startDemo({ now: Date.UTC(2026, 10, 20), foreground: true });
      setTimeout(() => { console.log('still here'); demo.close(); }, 300).unref();
    `);
    expect(told).toBe('still here\n');
  });
});
