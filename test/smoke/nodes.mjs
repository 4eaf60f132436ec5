// Installs the packed program into an empty folder, as a user would, and runs it on each version of Node that it promises to run on.
// `npm run test:nodes [VERSION...]`. Needs the npm registry; the versions are real binaries from the npm package `node`.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '../..');
const VERSIONS = ['20.18.1', '20', '22', '24'];
/** For one program, ms. */
const PATIENCE = 180_000;

/** What must hold on every version: the words of a command line, and what its outcome must be like. */
const CHECKS = [
  ['--version', ({ out }) => /^\d+\.\d+\.\d+\n$/.test(out)],
  ['--help', ({ out }) => out.includes('auditlog list --demo')],
  ['actions member.*', ({ out }) => out.includes('member.role_changed')],
  ['list --demo -n 3', ({ out }) => out.trim().split('\n').length >= 4],
  ['list --demo -n 3 --format json', ({ out }) => JSON.parse(out).length === 3],
  ['export --demo --from 30d', ({ out, err }) => err.includes(`${lines(out)} events`) || err.includes('equal')],
  ['export --demo --from 30d -o out.csv', async ({ read }) => lines(String(await read('out.csv'))) > 10],
  ['export --demo --from 30d -o out.ndjson', async ({ read }) => eachIsJson(String(await read('out.ndjson')))],
  [
    'export --demo --from 30d -o out.ndjson.gz',
    async ({ read }) => same(gunzipSync(await read('out.ndjson.gz')), await read('out.ndjson')),
  ],
];

/** Runs a program to its end, with nothing to read; rejects unless it exits with 0. */
function exec(program, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE });
    const out = [];
    const err = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const stderr = String(Buffer.concat(err));
      if (code === 0) resolve({ stdout: String(Buffer.concat(out)), stderr });
      else reject(Object.assign(new Error(`${program} ${args[0]} ended with ${code ?? signal}`), { stderr }));
    });
  });
}

function lines(text) {
  return text.split('\n').length - 1;
}

function eachIsJson(text) {
  return text
    .trimEnd()
    .split('\n')
    .every((line) => typeof JSON.parse(line).id === 'string');
}

/** The demo's newest events are as old as the run, so only the bulk is compared. */
function same(a, b) {
  return Math.abs(lines(String(a)) - lines(String(b))) < 10;
}

async function main(versions) {
  const folder = await mkdtemp(join(tmpdir(), 'auditlog-nodes-'));
  let failed = 0;
  try {
    const { stdout } = await exec('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT });
    const tarball = join(folder, stdout.trim().split('\n').at(-1));
    const installed = join(folder, 'installed');
    await exec('npm', ['install', '--no-audit', '--no-fund', '--prefix', installed, tarball], { cwd: folder });
    const program = join(installed, 'node_modules/auditlog/bin/auditlog.js');
    for (const version of versions) {
      const prefix = join(folder, `node-${version}`);
      await exec('npm', ['install', '--no-audit', '--no-fund', '--prefix', prefix, `node@${version}`], { cwd: folder });
      const node = join(prefix, 'node_modules/node/bin/node');
      const { stdout: told } = await exec(node, ['--version']);
      const faults = await check(node, program, await mkdtemp(join(folder, 'home-')));
      failed += faults.length;
      process.stdout.write(`${told.trim().padEnd(10)} ${CHECKS.length - faults.length} of ${CHECKS.length} passed\n`);
      for (const fault of faults) process.stdout.write(`  failed: ${fault}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return failed;
}

async function check(node, program, home) {
  const env = { PATH: process.env.PATH, HOME: home, AUDITLOG_CONFIG_DIR: join(home, 'config') };
  const faults = [];
  for (const [line, holds] of CHECKS) {
    try {
      const { stdout, stderr } = await exec(node, [program, ...line.split(' ')], { cwd: home, env });
      const outcome = { out: stdout, err: stderr, read: (name) => readFile(join(home, name)) };
      if (!(await holds(outcome)))
        faults.push(`auditlog ${line}: unexpected outcome: ${stdout.slice(0, 200)} ${stderr.slice(0, 200)}`);
    } catch (error) {
      faults.push(`auditlog ${line}: ${String(error.stderr ?? '') || error.message}`);
    }
  }
  return faults;
}

const asked = process.argv.slice(2);
process.exitCode = (await main(asked.length > 0 ? asked : VERSIONS)) === 0 ? 0 : 1;
