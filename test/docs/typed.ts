import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/context.js';
import { Stopped } from '../../src/context.js';
import { makeHome, type Ran, run } from '../helpers/world.js';
import { commandsOf, DOCUMENTS, readDocument, type Typed } from './pages.js';
import { SHOWS } from './shows.js';

/** What asks for a key, serves until Ctrl-C, or needs a server that is not here: its own tests run it. */
const NOT_RUN = /^auditlog (auth login|destination|collect \w+ --interval|demo)\b|s3:\/\/|\/usr\/local\/bin/;

/** Pages that are lists, or whose commands `npm run test:engines` runs. */
export const PAGES = DOCUMENTS.filter(
  (name) => !/^docs\/(providers|destinations|howto\/pipes)|^CONTRIBUTING/.test(name),
);

export const COMMANDS = new Map(
  PAGES.map((name) => [name, commandsOf(name).filter(({ line }) => !NOT_RUN.test(line))] as const).filter(
    ([, commands]) => commands.length > 0,
  ),
);

/** Pages whose commands follow from one another: `show --nth` shows a row of the list before it. */
const LINKED = PAGES.filter((name) => readDocument(name).includes('--nth'));

/** What neither reads nor writes a file gives the same on every page, and runs once. */
const isAlone = ({ argv, into }: Typed) =>
  into === undefined &&
  !/^(verify|collect|config|profile|archive|provider|query|auth)$|^(-o|--output|--input)$/m.test(argv.join('\n'));

/** Runs every documented command at that time, as its reader would. */
export function runsAt(date: string): void {
  describe(`at ${date}`, () => {
    const now = Date.parse(date);
    const seen = new Map<string, Ran>();

    describe.each([...COMMANDS.keys()])('every command of %s ends well, in the order of the page', (page) => {
      let home: string;
      beforeAll(async () => {
        home = await makeHome();
        // What another program makes of random bytes.
        await writeFile(join(home, 'pseudonym.key'), '7f'.repeat(32), { mode: 0o600 });
        for (const [, name = '', text = ''] of readDocument(page).matchAll(
          /<!-- ([\w.]+) -->\n *```\w*\n([\s\S]*?)```/g,
        ))
          await writeFile(join(home, name), text);
      });
      test.each(COMMANDS.get(page)!.map((command) => [command.line, command] as const))('%s', async (line, command) => {
        const ran =
          (isAlone(command) && !LINKED.includes(page) ? seen.get(line) : undefined) ?? (await type(command, home, now));
        seen.set(line, ran);
        const { code, stdout, stderr } = ran;
        expect({ code, stderr }).toMatchObject({ code: 0 });
        expect(stderr).not.toMatch(/^0 |^no events?\b|nothing matche/im);
        if (/^(list|stats|show|actions)$/.test(command.argv[0] ?? '') && !/json/.test(line))
          expect(stdout.trimEnd().split('\n').length, stdout).toBeGreaterThan(1);
        if (SHOWS[line] !== undefined) expect(`${stdout}${stderr}`).toMatch(SHOWS[line]);
      });
    });
  });
}

/** Runs what is typed, as its reader would: what goes on for ever is stopped once it waits. */
async function type({ argv, into }: Typed, home: string, now: number): Promise<Ran> {
  const stop = new AbortController();
  const clock: Clock = {
    now: () => now,
    monotonic: () => performance.now(),
    sleep: async (_, signal) => signal?.throwIfAborted(),
  };
  const ran = await run(argv, {
    home,
    clock,
    signal: stop.signal,
    onStderr: (text) => text.includes('Ctrl-C') && stop.abort(new Stopped('SIGINT')),
  });
  if (into !== undefined) await writeFile(join(home, into), ran.stdout);
  return ran;
}
