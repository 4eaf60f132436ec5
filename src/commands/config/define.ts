import type { Command } from 'commander';
import { Argument } from 'commander';
import { SETTINGS } from '../../config/settings.js';
import type { Define } from '../command.js';
import { flag } from '../flags/flag.js';
import { explain } from '../help.js';
import type { SettingsFlags } from './run.js';

const WORDS = SETTINGS.map(({ word }) => word);

/** `auditlog config get|set|unset|list|path`: the saved settings. */
export const config: Define = (command, perform) => {
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

  const get = command.command('get').summary('print a setting');
  explain(get, {
    does: 'Prints the saved value of a setting; exits 2 when there is none.',
    examples: [['auditlog config get tz', '']],
  });
  addProfile(get)
    .addArgument(new Argument('<setting>', 'which one').choices(WORDS))
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string) => (await work()).getSetting(ctx, flags, setting)),
    );

  const set = command.command('set').summary('save a setting');
  explain(set, {
    does: 'Saves a setting, after a check that it can be used.',
    examples: [
      ['auditlog config set tz local', "days begin where this machine's do"],
      ['auditlog config set rate 120', 'at most 120 requests a minute'],
      ['auditlog config set org org_1a2b3c,org_4d5e6f --profile eu', 'two organizations'],
    ],
  });
  addProfile(set)
    .addArgument(new Argument('<setting>', 'which one').choices(WORDS))
    .argument('<value>', 'its value, as the flag of that name takes it')
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string, value: string) =>
        (await work()).setSetting(ctx, flags, setting, value),
      ),
    );

  const unset = command.command('unset').summary('forget a setting');
  explain(unset, { does: 'Removes a saved setting.', examples: [['auditlog config unset tz', 'back to UTC']] });
  addProfile(unset)
    .addArgument(new Argument('<setting>', 'which one').choices(WORDS))
    .action(
      perform(async (ctx, flags: SettingsFlags, setting: string) => (await work()).unsetSetting(ctx, flags, setting)),
    );

  const list = command.command('list').summary('print all that is saved');
  explain(list, {
    does: 'Prints all saved settings, one a line: those of every profile, then those of each.',
    examples: [['auditlog config list', '']],
  });
  addProfile(list).action(perform(async (ctx, flags: SettingsFlags) => (await work()).listSettings(ctx, flags)));

  const path = command.command('path').summary("print the file's name");
  explain(path, {
    does: 'Prints the name of the file that holds the settings. $AUDITLOG_CONFIG_DIR names another folder.',
    examples: [['cat "$(auditlog config path)"', 'what is in it']],
  });
  path.action(perform(async (ctx) => (await work()).showPath(ctx)));
};

function addProfile(command: Command): Command {
  return command.addOption(flag('--profile <name>', 'of this profile alone'));
}
