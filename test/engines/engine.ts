import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test } from 'vitest';

const execute = promisify(execFile);

/** Runs a program and gives what it wrote to standard output. */
export async function output(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { maxBuffer: 256 * 1024 * 1024 });
  return stdout;
}

/** The version that a program tells; undefined when it is not there. Says which, so that a log tells what was run. */
export async function engine(program: string, ...versionArgs: string[]): Promise<string | undefined> {
  try {
    const version = (await output(program, versionArgs)).trim().split('\n')[0] ?? '';
    process.stdout.write(`engine ${program}: ${version}\n`);
    return version;
  } catch {
    process.stdout.write(`engine ${program}: NOT RUN, it is not installed\n`);
    return undefined;
  }
}

/** A test that needs an engine: named in the log as not run where there is none. */
export function testWith(version: string | undefined, name: string, body: () => Promise<void>): void {
  if (version === undefined) test.todo(`NOT RUN: ${name}`);
  else test(name, body);
}
