import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { ROOT } from '../helpers/world.js';
import { engine, output, testWith } from './engine.js';

const typist = await engine('expect', '-v');

const SHELLS = [
  {
    name: 'bash',
    version: await engine('bash', '--version'),
    start: ['bash', '--norc', '--noprofile', '-i'],
    setup: `PS1='REA''DY> '; source ${ROOT}/completions/auditlog.bash`,
    hostile: ['$(touch ran1) ', '`touch ran2` ', '--a=$(>ran3)=', '"$(touch ran4)'],
  },
  {
    // With its usual key zsh itself expands what is before the cursor, and so runs it, whatever the command is.
    name: 'zsh',
    version: await engine('zsh', '--version'),
    start: ['zsh', '-f', '-i'],
    setup: `PS1='REA''DY> '; fpath=(${ROOT}/completions $fpath); autoload -U compinit; compinit -u -D; bindkey '^I' complete-word`,
    hostile: ['$(touch ran1) ', '`touch ran2` ', '--a=$(>ran3)=', '"$(touch ran4)', '--b=;>ran5;='],
  },
  {
    name: 'fish',
    version: await engine('fish', '--version'),
    start: ['fish', '--no-config', '-i'],
    setup: `function fish_prompt; echo -n 'REA''DY> '; end; source ${ROOT}/completions/auditlog.fish`,
    hostile: ['(touch ran1) ', '$(touch ran2) ', '--a=(touch ran3)=', '"$(touch ran4)'],
  },
] as const;

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'auditlog-shells-'));
  // Answers completions as the program does, and writes down what else it is run with.
  const shim = [
    '#!/bin/sh',
    `if [ "$1" = complete ]; then exec "${process.execPath}" "${ROOT}/bin/auditlog.js" "$@"; fi`,
    `for word in "$@"; do printf '%s\\n' "$word"; done > "${home}/run"`,
    '',
  ].join('\n');
  await writeFile(join(home, 'auditlog'), shim);
  await chmod(join(home, 'auditlog'), 0o755);
});

afterAll(() => rm(home, { recursive: true, force: true }));

/** Types the line and TAB. */
async function typed(shell: (typeof SHELLS)[number], line: string, end: 'enter' | 'leave'): Promise<void> {
  const typing = ['-f', join(ROOT, 'test/fixtures/typing.exp'), shell.setup, `${line}\t`, end];
  const env = [`HOME=${home}`, `AUDITLOG_CONFIG_DIR=${home}`, `PATH=${home}:${process.env.PATH}`, 'TERM=xterm'];
  await output('env', ['-C', home, ...env, 'expect', ...typing, ...shell.start]);
}

/** The words that the program is run with after the line, TAB and Enter. */
async function entered(shell: (typeof SHELLS)[number], line: string): Promise<string[]> {
  await rm(join(home, 'run'), { force: true });
  await typed(shell, line, 'enter');
  return existsSync(join(home, 'run')) ? (await readFile(join(home, 'run'), 'utf8')).trimEnd().split('\n') : [];
}

describe.each(SHELLS)('$name', (shell) => {
  const both = typist === undefined ? undefined : shell.version;

  testWith(both, `${shell.name} completes commands, actions and values`, async () => {
    expect(await entered(shell, 'auditlog expo')).toEqual(['export']);
    expect(await entered(shell, 'auditlog list --action member.ro')).toEqual([
      'list',
      '--action',
      'member.role_changed',
    ]);
    expect(await entered(shell, 'auditlog list --format=nd')).toEqual(['list', '--format=ndjson']);
    expect(await entered(shell, 'auditlog list --action member.left,chat')).toEqual([
      'list',
      '--action',
      'member.left,chat.deleted',
    ]);
  });

  testWith(both, `${shell.name} never runs what is typed when it completes`, async () => {
    for (const word of shell.hostile) await typed(shell, `auditlog ${word}`, 'leave');
    expect((await readdir(home)).filter((name) => name.startsWith('ran'))).toEqual([]);
  });
});
