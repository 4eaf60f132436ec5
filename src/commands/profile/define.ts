import type { Define } from '../command.js';
import { placeFlags } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { flag, list } from '../flags/flag.js';
import { explain } from '../help.js';
import type { AddFlags } from './run.js';

/** `auditlog profile list|use|add|remove`: named connections. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Names the places that you ask: a vendor, an address, an organization. Each has a key of its own.',
    examples: [
      ['auditlog profile add eu --base-url https://api.eu.example.com', 'name a place'],
      ['auditlog auth login --profile eu', 'save its key'],
      ['auditlog list --profile eu', 'ask there once'],
      ['auditlog profile use eu', 'ask there from now on'],
    ],
  });
  const work = () => import('./run.js');

  explain(command.command('list').summary('show the profiles'), {
    does: 'Shows the profiles, * before the one in use.',
    examples: [['auditlog profile list', '']],
  }).action(perform(async (ctx) => (await work()).listProfiles(ctx)));

  explain(command.command('use').summary('use a profile from now on'), {
    does: 'Makes a profile the one that is used when none is named. --profile and $AUDITLOG_PROFILE win over it.',
    examples: [['auditlog profile use eu', '']],
  })
    .argument('<name>', 'the profile')
    .action(perform(async (ctx, flags: GlobalFlags, name: string) => (await work()).selectProfile(ctx, flags, name)));

  const add = explain(command.command('add').summary('name a place'), {
    does: 'Makes a profile. What it does not say is taken from the saved settings for every profile, then from the defaults.',
    examples: [
      ['auditlog profile add eu --base-url https://api.eu.example.com', ''],
      ['auditlog profile add clients --org org_1a2b3c --org org_4d5e6f', 'two organizations, one key'],
    ],
  })
    .argument('<name>', 'letters, digits and . _ -')
    .addOption(flag('--provider <name>', 'whose audit log (default: invent)'))
    .addOption(flag('--base-url <url>', 'where the API is, if not at its public address'))
    .addOption(list('--org <id>', 'the organization (default: the one of the key)'))
    .addOption(flag('--rate <n>', 'at most so many requests a minute, or: off'))
    .addOption(flag('--max-wait <duration>', 'give up, resumably, rather than wait longer'))
    .addOption(flag('--timeout <duration>', 'how long a request may take without an answer'))
    .addOption(flag('--tz <zone>', 'where days begin: UTC, local, or such as Europe/Paris'));
  for (const option of placeFlags()) add.addOption(option);
  add.action(perform(async (ctx, flags: AddFlags, name: string) => (await work()).addProfile(ctx, flags, name)));

  explain(command.command('remove').summary('remove a profile and its saved key'), {
    does: 'Removes a profile, and its key from this machine. The key itself stays valid: revoke it where it was made.',
    examples: [['auditlog profile remove eu', '']],
  })
    .argument('<name>', 'the profile')
    .action(perform(async (ctx, flags: GlobalFlags, name: string) => (await work()).removeProfile(ctx, flags, name)));
};
