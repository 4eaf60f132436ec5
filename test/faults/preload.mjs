// node --import: kills this process, or fills its disk, at one call to the file system. Settings are in the environment:
// FAULT_FOLDER, of which calls count; FAULT_AT, the number of the call from 0; FAULT_HOW; FAULT_LOG, a file for the names of the calls.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { FAULT_FOLDER: folder = '', FAULT_AT: at = 'Infinity', FAULT_HOW: how, FAULT_LOG: log } = process.env;
const CALLS = ['open', 'link', 'rename', 'unlink', 'mkdir', 'copyFile', 'writeFile', 'truncate'];
const HANDLE_CALLS = ['write', 'sync', 'truncate', 'datasync'];
const NEEDS_NO_SPACE = ['unlink', 'truncate', 'sync', 'datasync'];

const { appendFileSync } = fs;
const paths = new WeakMap();
let calls = 0;

function end() {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

/** Called before each call; `half`: what of it still happens. */
async function step(name, path, half) {
  const number = calls;
  calls += 1;
  if (log !== undefined) appendFileSync(log, `${name} ${path}\n`);
  if (number < Number(at)) return;
  if (how === 'SIGKILL') {
    if (number % 2 === 1) await half?.();
    end();
  }
  if (NEEDS_NO_SPACE.includes(name)) return;
  await half?.();
  throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), {
    code: 'ENOSPC',
    errno: -28,
    syscall: name,
  });
}

const probe = await fs.promises.open(import.meta.filename, 'r');
const handles = Object.getPrototypeOf(probe);
await probe.close();
for (const name of CALLS) {
  const real = fs.promises[name];
  fs.promises[name] = async (...args) => {
    const path = args.find((arg) => typeof arg === 'string' && arg.startsWith(`${folder}/`));
    const isReading = name === 'open' && ['r', undefined, 0].includes(args[1]);
    if (path !== undefined && !isReading) await step(name, path);
    const result = await real.apply(fs.promises, args);
    if (path !== undefined && name === 'open') paths.set(result, path);
    return result;
  };
}
for (const name of HANDLE_CALLS) {
  const real = handles[name];
  handles[name] = async function (...args) {
    const path = paths.get(this);
    const [bytes, from, length, position] = args;
    const half = name === 'write' ? () => real.call(this, bytes, from, length >> 1, position) : undefined;
    if (path !== undefined) await step(name, path, half);
    return real.apply(this, args);
  };
}
syncBuiltinESMExports();
