import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROVIDERS } from '../../src/providers/index.js';
import { invent } from '../../src/providers/invent.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { openMeanings } from '../../src/schemas/meaning.js';
import type { Meaning } from '../../src/schemas/verbs.js';
import { ROOT } from '../helpers/world.js';
import { everyVendor } from './samples.js';
import { meaningTable } from './table.js';

const meaningOf = openMeanings(invent);
const shortly = ({ class: uid, activity, part }: Meaning) =>
  `${uid}/${activity}${part === undefined ? '' : ` ${part}`}`;

describe('an action of nobody’s vocabulary means what its words say', () => {
  test.each([
    ['bot.created', '3004/1'],
    ['bot.settings_updated', '3004/3 settings'],
    ['bot.moved_to', '3004/5'],
    ['bot.enable_voice', '3004/8 voice'],
    ['CreateBot', '3004/1 bot'],
    ['bot-deleted', '3004/4 bot'],
    ['api_key.revoked', '3004/4'],
    ['user.create', '3001/1'],
    ['user.deactivated', '3001/5'],
    ['user.locked', '3001/9'],
    ['account.user_invited', '3001/1'],
    ['user.updated', '3004/3'],
    ['user.password_reset', '3001/4'],
    ['user.mfa_disabled', '3001/11'],
    ['member.role_updated', '3005/1'],
    ['member.role_revoked', '3005/2'],
    ['channel.member_added', '3006/3'],
    ['project.remove_user', '3006/4'],
    ['team.created', '3006/6'],
    ['team.updated', '3004/3'],
    ['session.login', '3002/1'],
    ['user.signed_in', '3002/1'],
    ['user_logged_out', '3002/2'],
    // The words do not say that it was done.
    ['bot.delete_requested', '3004/99'],
    ['bot.delete_failed', '3004/99'],
    ['bot.created.failed', '3004/99'],
    ['bot.update_was_rejected', '3004/99'],
    ['bot.released', '3004/99'],
    ['creation', '3004/99'],
  ])('%s is %s', (action, expected) => {
    expect(shortly(meaningOf(action))).toBe(expected);
  });

  test('a login that failed says so', () => {
    expect(meaningOf('session.login_failed')).toEqual({ class: 3002, activity: 1, failed: true });
    expect(meaningOf('session.login')).not.toHaveProperty('failed');
  });
});

test('two spellings of an event mean the same', () => {
  const find = openMeanings(rpawatch);
  for (const [one, other] of [
    ['api_key.deactivated', 'api_key.delete'],
    ['process.member_added', 'process.assign'],
    ['member.role_updated', 'member.update'],
  ] as const)
    expect(find(other)).toEqual(find(one));
});

/** The vendors that docs/reference/schemas.md has tables of; docs/providers has those of all that come as files. */
const SHOWN = ['github', 'slack'];

test('docs/reference/schemas.md tells what every documented action becomes', async () => {
  const files = (await everyVendor()).filter(({ name }) => SHOWN.includes(name));
  const expected = [...PROVIDERS, ...files].map((provider) => `### ${provider.title}\n\n${meaningTable(provider)}`);
  const text = readFileSync(join(ROOT, 'docs/reference/schemas.md'), 'utf8');
  expect(text).toContain(expected.join('\n\n'));
});
