import { Argument } from 'commander';
import { SETTINGS } from '../../config/settings.js';
import type { Define } from '../command.js';
import { flag } from '../flags/flag.js';
import { explain } from '../help.js';
import type { SettingsFlags } from './run.js';

/** `auditlog config get|set|unset|list|path`: the saved settings. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Reads and writes the saved settings: for every profile, or with --profile for one. Flags and environment variables win over them.',
    examples: [
      ['auditlog config set tz Europe/Paris', 'days begin in Paris'],
      ['auditlog config set base-url https://api.eu.example.com --profile eu', 'where the API of one profile is'],
      ['auditlog config list', 'all that is saved'],
    ],
    ends: `Settings:\n${SETTINGS.map(({ word, about }) => `  ${word.padEnd(10)} ${about}`).join('\n')}\nKeys are not settings: see auditlog auth --help`,
  });
  const work = () => import('./run.js');
  const profile = () => flag('--profile <name>', 'of this profile alone');
  const setting = () => new Argument('<setting>', 'which one').choices(SETTINGS.map(({ word }) => word));

  explain(command.command('get').summary('print a setting'), {
    does: 'Prints the saved value of a setting; exits 2 when there is none.',
    examples: [['auditlog config get tz', '']],
  })
    .addOption(profile())
    .addArgument(setting())
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string) => (await work()).getSetting(ctx, flags, setting)),
    );

  explain(command.command('set').summary('save a setting'), {
    does: 'Saves a setting, after a check that it can be used.',
    examples: [
      ['auditlog config set tz local', "days begin where this machine's do"],
      ['auditlog config set rate 120', 'at most 120 requests a minute'],
      ['auditlog config set org org_1a2b3c,org_4d5e6f --profile eu', 'two organizations'],
      ['auditlog config set vars tenant=acme,region=eu --profile eu', "what else the vendor's address needs"],
    ],
  })
    .addOption(profile())
    .addArgument(setting())
    .argument('<value>', 'its value, as the flag of that name takes it')
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string, value: string) =>
        (await work()).setSetting(ctx, flags, setting, value),
      ),
    );

  explain(command.command('unset').summary('forget a setting'), {
    does: 'Removes a saved setting.',
    examples: [['auditlog config unset tz', 'back to UTC']],
  })
    .addOption(profile())
    .addArgument(setting())
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string) => (await work()).unsetSetting(ctx, flags, setting)),
    );

  explain(command.command('list').summary('print all that is saved'), {
    does: 'Prints all saved settings, one a line: those of every profile, then those of each.',
    examples: [['auditlog config list', '']],
  })
    .addOption(profile())
    .action(perform(async (ctx, flags: SettingsFlags) => (await work()).listSettings(ctx, flags)));

  explain(command.command('path').summary("print the file's name"), {
    does: 'Prints the name of the file that holds the settings. $AUDITLOG_CONFIG_DIR names another folder.',
    examples: [['cat "$(auditlog config path)"', 'what is in it']],
  }).action(perform(async (ctx) => (await work()).showPath(ctx)));
};
