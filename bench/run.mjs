// node bench/run.mjs NAME [arguments]: bundles bench/NAME.ts and runs it. TypeScript needs that on Node 20.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const [name, ...args] = process.argv.slice(2);
const root = join(import.meta.dirname, '..');
// Below node_modules, so that the packages it imports are found.
const folder = mkdtempSync(join(root, 'node_modules', '.bench-'));
try {
  await build({
    entryPoints: [name, 'server', 'deliver'].map((one) => join(root, 'bench', `${one}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.18',
    logLevel: 'warning',
  });
  const { status } = spawnSync(process.execPath, ['--no-warnings', join(folder, `${name}.mjs`), ...args], {
    stdio: 'inherit',
    cwd: root,
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
