import type { Command } from 'commander';
import type { Define } from '../command.js';
import { placeFlags } from '../flags/connection.js';
import { flag, list } from '../flags/flag.js';
import { addSecretFlags, type SecretFlags } from '../flags/secret.js';
import { explain } from '../help.js';
import type { KeyFlags, KeyStatusFlags } from './run.js';

/** `auditlog auth login|status|logout`: the key that is saved on this machine. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Saves, checks and removes the API key of a profile. A key is bound to the address it was saved for, and sent nowhere else.',
    examples: [
      ['auditlog auth login', 'asks for the key, checks it, saves it in the keychain'],
      ['auditlog auth status', 'which key is used, and whether it works'],
      ['auditlog auth logout', 'forgets it'],
    ],
    ends: 'Without a saved key: $AUDITLOG_API_KEY_FILE names a private file, $AUDITLOG_API_KEY_COMMAND a command that prints the key, $AUDITLOG_API_KEY holds it. They win over a saved one.',
  });
  const work = () => import('./run.js');

  addSecretFlags(
    addPlaceFlags(
      explain(command.command('login').summary('check a key and save it'), {
        does: [
          'Asks for an API key, or for each of its parts, without showing what is secret, tries it with one request, and saves it in the keychain,',
          'or where there is none in a file that only you can read. Saves --provider, --base-url, --token-url, --var and --org with the profile, and asks for missing variables.',
        ].join('\n'),
        examples: [
          ['auditlog auth login', 'type or paste the key'],
          ['auditlog auth login --with-token < key.txt', 'for scripts'],
          [
            'auditlog auth login --provider google-workspace --with-token < account.json',
            'the file of a service account',
          ],
          ['auditlog auth login --profile eu --base-url https://api.eu.example.com', 'another place, another key'],
        ],
      }),
    ),
    'the key',
  ).action(perform(async (ctx, flags: KeyFlags & SecretFlags) => (await work()).login(ctx, flags)));

  addPlaceFlags(
    explain(command.command('status').summary('show which key is used and whether it works'), {
      does: 'Shows where the key comes from and where it goes, never the key, and tries it with one request.',
      examples: [
        ['auditlog auth status', 'exits 4 when there is no key, or it does not work'],
        ['auditlog auth status --offline', 'without asking the server'],
      ],
    }),
  )
    .addOption(flag('--offline', 'do not ask the server'))
    .action(perform(async (ctx, flags: KeyStatusFlags) => (await work()).showKeyStatus(ctx, flags)));

  explain(command.command('logout').summary('forget the saved key'), {
    does: 'Removes the saved key of a profile from this machine. The key itself stays valid: revoke it where it was made.',
    examples: [
      ['auditlog auth logout', 'the key of the profile in use'],
      ['auditlog auth logout --profile eu', 'the key of another'],
    ],
  })
    .addOption(flag('--profile <name>', 'whose key'))
    .action(perform(async (ctx, flags: KeyFlags) => (await work()).logout(ctx, flags)));
};

function addPlaceFlags(command: Command): Command {
  const place = command
    .addOption(flag('--profile <name>', 'the profile'))
    .addOption(flag('--provider <name>', 'whose audit log (default: invent)'))
    .addOption(flag('--base-url <url>', 'where the API is, if not at its public address'))
    .addOption(list('--org <id>', 'the organization (default: the one of the key)'));
  for (const option of placeFlags()) place.addOption(option);
  return place;
}
