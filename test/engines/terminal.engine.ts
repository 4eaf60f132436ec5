import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { makePlace, type Place, run } from '../faults/program.js';
import { hostileEntries } from '../model/hostile.js';
import { type Model, startModel } from '../model/server.js';
import { engine, output, testWith } from './engine.js';

const DAY = 86_400_000;
const NOW = Date.now();
const COLUMNS = 100;
const ROWS = 60;

const tmux = await engine('tmux', '-V');

const entries = hostileEntries(NOW - 5 * DAY);
let server: Model;
let place: Place;
/** A terminal of our own, with no settings of anybody. */
let socket = '';
let terminals = 0;

beforeAll(async () => {
  server = await startModel({ entries, now: NOW });
  place = await makePlace(server);
});
afterAll(async () => {
  await server.close();
});

async function ask(...words: readonly string[]): Promise<string> {
  return output('tmux', ['-L', socket, '-f', '/dev/null', ...words]);
}

interface Seen {
  /** What stands on the screen and has scrolled off it, long lines in one piece. */
  readonly lines: readonly string[];
  /** What only escape sequences can change. */
  readonly title: string;
  readonly clipboard: string;
  readonly alternate: string;
  readonly replies: string;
}

/** Runs a line in a terminal, and says what became of the terminal. */
async function seen(line: string): Promise<Seen> {
  terminals += 1;
  socket = `auditlog-${process.pid}-${terminals}`;
  const env = Object.entries(place.env)
    .filter(([name]) => name !== 'PATH')
    .map(([name, value]) => `${name}='${value}'`);
  const script = [
    `export ${env.join(' ')} TERM=xterm-256color`,
    'auditlog() { "$NODE" "$PROGRAM" "$@"; }',
    `tmux -L ${socket} wait-for go`,
    // What the terminal answers is to be read as it comes.
    'stty -icanon -echo',
    line,
    'IFS= read -r -N 500 -t 0.3 reply; printf %s "$reply" > reply',
    `tmux -L ${socket} wait-for -S done`,
    'sleep 600',
  ].join('\n');
  await writeFile(join(place.folder, 'script'), script);
  await ask('new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), '-c', place.folder, 'bash --norc script');
  try {
    await ask('select-pane', '-T', 'untouched');
    await ask('set-option', '-s', 'set-clipboard', 'on');
    await ask('wait-for', '-S', 'go');
    await ask('wait-for', 'done');
    const text = await ask('capture-pane', '-p', '-J', '-S', '-');
    return {
      lines: text
        .split('\n')
        .map((each) => each.trimEnd())
        .filter((each) => each !== ''),
      title: (await ask('display-message', '-p', '#{pane_title}')).trimEnd(),
      clipboard: await ask('list-buffers'),
      alternate: (
        await ask('display-message', '-p', '#{alternate_on}#{insert_flag}#{keypad_flag}#{mouse_any_flag}')
      ).trimEnd(),
      replies: await output('cat', [join(place.folder, 'reply')]),
    };
  } finally {
    await ask('kill-server');
  }
}

function expectUntouched({ title, clipboard, alternate, replies }: Seen): void {
  expect({ title, clipboard, alternate, replies }).toEqual({
    title: 'untouched',
    clipboard: '',
    alternate: '0000',
    replies: '',
  });
}

describe('a real terminal', () => {
  testWith(tmux, 'is really moved by what the entries hold, when nobody keeps it from them', async () => {
    await writeFile(
      join(place.folder, 'raw'),
      entries.map(({ text }) => (JSON.parse(text) as { agent?: string }).agent ?? '').join('\n'),
    );
    const { title, clipboard, replies } = await seen('cat raw');
    expect(title).not.toBe('untouched');
    expect(clipboard + replies).not.toBe('');
  });

  testWith(tmux, 'shows a table of hostile entries as one line each, and nothing else happens to it', async () => {
    const found = await seen('auditlog list --all --no-pager --quiet --color always');
    expectUntouched(found);
    expect(found.lines).toHaveLength(entries.length + 1);
    expect(
      found.lines.slice(1).every((line) => line.includes('Chat Deleted') || line.includes('Not In The List')),
    ).toBe(true);
  });

  testWith(tmux, 'shows NDJSON as it is in a pipe', async () => {
    const found = await seen('auditlog export --quiet');
    expectUntouched(found);
    const piped = (await run(place, ['export', '--quiet'])).stdout.toString().trimEnd().split('\n');
    // Where wide characters do not fit into the rest of a line, it is filled.
    const bare = (lines: readonly string[]) => lines.map((line) => line.replace(/[^\x21-\x7e]/g, ''));
    expect(bare(found.lines)).toEqual(bare(piped));
  });

  testWith(tmux, 'shows CSV with a line for each entry', async () => {
    const found = await seen('auditlog list --all --format csv --quiet');
    expectUntouched(found);
    expect(found.lines).toHaveLength(entries.length + 1);
  });

  testWith(tmux, 'is not touched by events in full, by counts, or by what is said of requests', async () => {
    for (const { id } of entries.slice(0, 12))
      expectUntouched(await seen(`auditlog show ${id} --quiet --color always`));
    expectUntouched(
      await seen(
        'auditlog stats --by agent --color always; auditlog list --debug --no-pager; auditlog export > /dev/null',
      ),
    );
  });
});
