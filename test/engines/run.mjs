// Runs the checks that need other programs, small file systems or much patience, and says plainly at the end what was run and what could not be.
// `npm run test:engines [NAME...]`. On Debian: apt-get install -y libreoffice-calc python3 jq sqlite3 strace tmux expect zsh fish clickhouse-server clickhouse-client rsyslog rsyslog-gnutls kcat nats-server postgresql.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'auditlog-engines-'));
const report = join(folder, 'report.json');

const { status, error } = spawnSync(
  process.execPath,
  [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    join(import.meta.dirname, 'vitest.config.ts'),
    '--reporter=verbose',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', cwd: ROOT },
);
if (error !== undefined) throw error;

const lines = ['', 'What was run, and what was not:'];
try {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  for (const { name, assertionResults } of testResults) {
    const of = (wanted) => assertionResults.filter((one) => one.status === wanted);
    const passed = of('passed').length;
    const failed = of('failed').length;
    const left = assertionResults.length - passed - failed;
    lines.push(`  ${basename(name, '.engine.ts').padEnd(10)} ${passed} passed, ${failed} failed, ${left} not run`);
    for (const { title, status: came } of assertionResults)
      if (came !== 'passed') lines.push(`    ${came === 'failed' ? 'FAILED: ' : ''}${title}`);
  }
} catch {
  lines.push('  nothing: the report could not be read');
}
process.stdout.write(`${lines.join('\n')}\n`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = status ?? 1;
