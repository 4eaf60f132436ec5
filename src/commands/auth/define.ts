import type { Command } from 'commander';
import type { Define } from '../command.js';
import { placeFlags } from '../flags/connection.js';
import { flag, list } from '../flags/flag.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { addSecretFlags, type SecretFlags } from '../flags/secret.js';
import { explain } from '../help.js';
import type { KeyFlags, KeyStatusFlags } from './run.js';

/** `auditlog auth login|status|logout`: the key that is saved on this machine. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Save, check and remove the API key of a profile. A key is sent only to the address it was saved for.',
    examples: [
      ['auditlog auth login', 'ask for the key, try it, save it in the keychain'],
      ['auditlog auth status', 'show which key is used, and try it'],
      ['auditlog auth logout', 'remove it'],
    ],
    ends: 'These variables win over a saved key: $AUDITLOG_API_KEY_FILE (a private file), $AUDITLOG_API_KEY_COMMAND (a command that prints the key), $AUDITLOG_API_KEY (the key).',
    topics: ['environment'],
  });
  const work = () => import('./run.js');

  addSecretFlags(
    addPlaceFlags(
      explain(command.command('login').summary('try a key and save it'), {
        does: 'Ask for an API key (or each of its parts), try it with one request, and save it in the keychain; without a keychain, in a file that only you can read. Saves --provider, --base-url, --token-url, --var and --org with the profile, and asks for missing variables.',
        examples: [
          ['auditlog auth login', 'type or paste the key'],
          ['auditlog auth login --with-token < key.txt', 'for scripts'],
          [
            'auditlog auth login --provider google-workspace --with-token < account.json',
            'the file of a service account',
          ],
          ['auditlog auth login --profile eu --base-url https://api.eu.example.com', 'a profile with its own key'],
        ],
      }),
    ),
    'the key',
  ).action(perform(async (ctx, flags: KeyFlags & SecretFlags) => (await work()).login(ctx, flags)));

  addPlaceFlags(
    explain(command.command('status').summary('show which key is used, and try it'), {
      does: 'Show where the key is from and where it is sent, never the key itself, and try it with one request.',
      examples: [
        ['auditlog auth status', 'exits with 4 if the key is missing or does not work'],
        ['auditlog auth status --offline', 'without a request'],
        ['auditlog auth status --json | jq .works', 'for scripts'],
      ],
    }),
  )
    .addOption(flag('--offline', 'send no request'))
    .addOption(formatFlag('output format'))
    .action(perform(async (ctx, flags: KeyStatusFlags) => (await work()).showKeyStatus(ctx, flags)));

  explain(command.command('list').summary('list saved keys'), {
    does: 'List the profiles and destinations that have a saved key, and where it is saved. Never shows a key.',
    examples: [['auditlog auth list', '']],
  })
    .addOption(formatFlag('output format'))
    .action(perform(async (ctx, flags: FormatFlags) => (await work()).listKeys(ctx, flags)));

  explain(command.command('logout').summary('remove the saved key'), {
    does: 'Remove the saved key of a profile from this machine. The key stays valid: revoke it where it was made.',
    examples: [
      ['auditlog auth logout', 'the key of the current profile'],
      ['auditlog auth logout --profile eu', 'the key of another profile'],
    ],
  })
    .addOption(flag('--profile <name>', 'the profile'))
    .action(perform(async (ctx, flags: KeyFlags) => (await work()).logout(ctx, flags)));
};

function addPlaceFlags(command: Command): Command {
  const place = command
    .addOption(flag('--profile <name>', 'the profile'))
    .addOption(flag('--provider <name>', 'the vendor (default: invent)'))
    .addOption(flag('--base-url <url>', "the API's address, if not the vendor's usual one"))
    .addOption(list('--org <id>', "the organization's id (default: that of the key)"));
  for (const option of placeFlags()) place.addOption(option);
  return place;
}
