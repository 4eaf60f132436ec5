import { Argument } from 'commander';
import { SETTINGS } from '../../config/settings.js';
import type { Define } from '../command.js';
import { flag } from '../flags/flag.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { SettingsFlags } from './run.js';

/** `auditlog config get|set|unset|list|path`: the saved settings. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Read and change saved settings: of all profiles, or of one with --profile. Flags and environment variables win over them.',
    examples: [
      ['auditlog config set tz Europe/Paris', 'use the time of Paris'],
      ['auditlog config set base-url https://api.eu.example.com --profile eu', 'the address of one profile'],
      ['auditlog config list', 'all saved settings'],
    ],
    ends: `Settings:\n${SETTINGS.map(({ word, about }) => `  ${word.padEnd(10)} ${about}`).join('\n')}\nKeys are not settings: auditlog auth --help`,
  });
  const work = () => import('./run.js');
  const profile = () => flag('--profile <name>', 'the profile; default: all profiles');
  const setting = () => new Argument('<setting>', 'the setting').choices(SETTINGS.map(({ word }) => word));

  explain(command.command('get').summary('print a setting'), {
    does: 'Print the saved value of a setting. Exits with 2 if it is not set.',
    examples: [['auditlog config get tz', '']],
  })
    .addOption(profile())
    .addArgument(setting())
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string) => (await work()).getSetting(ctx, flags, setting)),
    );

  explain(command.command('set').summary('save a setting'), {
    does: 'Check a value and save it.',
    examples: [
      ['auditlog config set tz local', "use this machine's time zone"],
      ['auditlog config set rate 120', 'at most 120 requests per minute'],
      ['auditlog config set org org_1a2b3c,org_4d5e6f --profile eu', 'two organizations'],
      ['auditlog config set vars tenant=acme,region=eu --profile eu', "parts of the vendor's address"],
    ],
  })
    .addOption(profile())
    .addArgument(setting())
    .argument('<value>', 'the value, as for the flag of that name')
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string, value: string) =>
        (await work()).setSetting(ctx, flags, setting, value),
      ),
    );

  explain(command.command('unset').summary('remove a setting'), {
    does: 'Remove a saved setting.',
    examples: [['auditlog config unset tz', 'back to UTC']],
  })
    .addOption(profile())
    .addArgument(setting())
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string) => (await work()).unsetSetting(ctx, flags, setting)),
    );

  explain(command.command('list').summary('print all saved settings'), {
    does: 'Print all saved settings, one a line: those of all profiles, then those of each.',
    examples: [['auditlog config list', '']],
  })
    .addOption(profile())
    .addOption(formatFlag('output format'))
    .action(perform(async (ctx, flags: SettingsFlags & FormatFlags) => (await work()).listSettings(ctx, flags)));

  explain(command.command('path').summary('print the path of the settings file'), {
    does: 'Print the path of the settings file. $AUDITLOG_CONFIG_DIR names another folder.',
    examples: [['cat "$(auditlog config path)"', 'print its contents']],
  }).action(perform(async (ctx) => (await work()).showPath(ctx)));
};
