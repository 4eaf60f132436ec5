import { expect, test } from 'vitest';
import { run } from '../../helpers/world.js';

test('all actions are shown by category, without asking anybody', async () => {
  const { code, stdout, stderr } = await run('actions');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Action +Event +Kind\n\nOrganization\n {2}org\.updated +Organization Updated +update\n/);
  expect(stdout.match(/^ {2}\S+/gm)).toHaveLength(61);
  expect(stdout).not.toContain('\x1b');
});

test('a pattern shows the actions that match', async () => {
  const { stdout } = await run("actions 'member.*'");
  expect(stdout).toBe(
    [
      'Action                 Event                Kind',
      '',
      'Members',
      '  member.invited       Member Invited       create',
      '  member.joined        Member Joined        create',
      '  member.removed       Member Removed       delete',
      '  member.left          Member Left          delete',
      '  member.role_changed  Member Role Changed  update',
      '',
    ].join('\n'),
  );
});

test('a word finds those that have it in their name', async () => {
  const { stdout } = await run('actions Role');
  expect(stdout.match(/^ {2}\S+/gm)).toEqual(['  org.sub_org_member_role_changed', '  member.role_changed']);
});

test('a terminal shows actions in the colours of the table', async () => {
  const { stdout } = await run("actions 'member.*'", { tty: { columns: 80 } });
  expect(stdout).toContain('\x1b[32mMember Invited\x1b[39m');
  expect(stdout).toContain('\x1b[94mMember Role Changed\x1b[39m');
  expect(stdout).toContain('\x1b[31mMember Left\x1b[39m');
});

test('--format json prints an array of actions', async () => {
  const { stdout } = await run('actions member.left --format json');
  expect(JSON.parse(stdout)).toEqual([
    { action: 'member.left', category: 'Members', label: 'Member Left', kind: 'delete' },
  ]);
});

test('no match is no error', async () => {
  expect(await run('actions nothing.like.it')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'no known action of Invent matches nothing.like.it\n',
  });
  expect((await run('actions nothing.like.it --format json')).stdout).toBe('[]\n');
});

test('each vendor has its own actions', async () => {
  expect((await run('actions --provider yura')).code).toBe(0);
  expect((await run('actions billing --provider chipp')).stdout).toContain('billing.');
});
