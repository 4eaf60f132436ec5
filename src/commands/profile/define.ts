import type { Define } from '../command.js';
import { placeFlags } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { flag, list } from '../flags/flag.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { AddFlags } from './run.js';

/** `auditlog profile list|use|add|remove`: named connections. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Manage profiles. A profile is a name for a vendor, an address, an organization and a key.',
    examples: [
      ['auditlog profile add eu --base-url https://api.eu.example.com', 'make a profile'],
      ['auditlog auth login --profile eu', 'save its key'],
      ['auditlog list --profile eu', 'use it once'],
      ['auditlog profile use eu', 'use it from now on'],
    ],
  });
  const work = () => import('./run.js');

  explain(command.command('list').summary('list profiles'), {
    does: 'List the profiles; * marks the current one.',
    examples: [
      ['auditlog profile list', ''],
      ['auditlog profile list --json | jq -r ".[].name"', 'for scripts'],
    ],
  })
    .addOption(formatFlag('output format'))
    .action(perform(async (ctx, flags: FormatFlags) => (await work()).listProfiles(ctx, flags)));

  explain(command.command('use').summary('make a profile the current one'), {
    does: 'Make a profile the current one. --profile and $AUDITLOG_PROFILE win over it.',
    examples: [['auditlog profile use eu', '']],
  })
    .argument('<name>', 'the profile')
    .action(perform(async (ctx, flags: GlobalFlags, name: string) => (await work()).selectProfile(ctx, flags, name)));

  const add = explain(command.command('add').summary('make a profile'), {
    does: 'Make a profile. Settings that it lacks come from the settings of all profiles, then from the defaults.',
    examples: [
      ['auditlog profile add eu --base-url https://api.eu.example.com', ''],
      ['auditlog profile add clients --org org_1a2b3c --org org_4d5e6f', 'two organizations, one key'],
    ],
  })
    .argument('<name>', 'its name: letters, digits and . _ -')
    .addOption(flag('--provider <name>', 'the vendor (default: invent)'))
    .addOption(flag('--base-url <url>', "the API's address, if not the vendor's usual one"))
    .addOption(list('--org <id>', "the organization's id (default: that of the key)"))
    .addOption(flag('--rate <n>', 'maximum requests per minute, or "off"'))
    .addOption(flag('--max-wait <duration>', 'stop instead of waiting longer than this'))
    .addOption(flag('--timeout <duration>', 'longest time without an answer to a request'))
    .addOption(flag('--tz <zone>', 'time zone: UTC, local, or a name such as Europe/Paris'));
  for (const option of placeFlags()) add.addOption(option);
  add.action(perform(async (ctx, flags: AddFlags, name: string) => (await work()).addProfile(ctx, flags, name)));

  explain(command.command('remove').summary('remove a profile and its saved key'), {
    does: 'Remove a profile and its saved key. The key stays valid: revoke it where it was made.',
    examples: [['auditlog profile remove eu', '']],
  })
    .argument('<name>', 'the profile')
    .action(perform(async (ctx, flags: GlobalFlags, name: string) => (await work()).removeProfile(ctx, flags, name)));
};
