import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, ROOT } from '../helpers/world.js';

/** An id that no entry of the system's users has. */
const NOBODY = 987_654;

test.runIf(process.getuid?.() === 0 && existsSync('/usr/bin/setpriv'))(
  'without HOME and without an entry for our id everything works that needs no folder',
  async () => {
    const folder = await makeHome();
    spawnSync('chmod', ['777', folder]);
    const auditlog = (...args: string[]) =>
      spawnSync(
        'setpriv',
        ['--reuid', String(NOBODY), '--clear-groups', process.execPath, join(ROOT, 'bin/auditlog.js'), ...args],
        {
          env: { PATH: process.env.PATH, TMPDIR: folder },
          cwd: folder,
          encoding: 'utf8',
        },
      );
    for (const line of [
      '--version',
      'list --demo -n 1',
      'export --demo -o out.csv --from 2d',
      'config list',
      'doctor --demo',
    ]) {
      const { status, stderr } = auditlog(...line.split(' '));
      expect({ line, status, stderr: /ERR_|\.c?js:\d+|fault of/.exec(stderr)?.[0] }).toEqual({
        line,
        status: 0,
        stderr: undefined,
      });
    }
    const saving = auditlog('config', 'set', 'tz', 'UTC');
    expect(saving.status).toBe(1);
    expect(saving.stderr).toContain('cannot write /.config/auditlog/config.json (EACCES)');
    const elsewhere = spawnSync(
      'setpriv',
      [
        '--reuid',
        String(NOBODY),
        '--clear-groups',
        process.execPath,
        join(ROOT, 'bin/auditlog.js'),
        'config',
        'set',
        'tz',
        'UTC',
      ],
      { env: { PATH: process.env.PATH, AUDITLOG_CONFIG_DIR: join(folder, 'config') }, cwd: folder, encoding: 'utf8' },
    );
    expect({ status: elsewhere.status, stderr: elsewhere.stderr }).toEqual({ status: 0, stderr: 'Set tz to UTC.\n' });
  },
);
