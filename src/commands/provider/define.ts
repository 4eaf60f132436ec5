import type { Define } from '../command.js';
import { placeFlags } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { flag, list } from '../flags/flag.js';
import { explain } from '../help.js';
import type { CheckFlags } from './check.js';
import type { NewFlags } from './new.js';

/** `auditlog provider list|show|new|check|schema`: vendors as data, and help to describe one's own. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: "Shows whose audit logs can be asked, and helps to describe another vendor's API in a JSON file. Asks nobody.",
    examples: [
      ['auditlog provider list', 'the vendors that are known here'],
      ['auditlog provider new acme --sample answer.json', 'a first file from an answer of an API'],
      ['auditlog provider check acme.json --sample entry.json', 'what is wrong, and what an entry comes to'],
      ['auditlog list --provider acme.json', 'ask there'],
    ],
    ends: 'A file in the folder providers/ of the configuration is found by its name: auditlog list --provider acme',
  });

  const all = command.command('list').summary('show the vendors');
  explain(all, {
    does: 'Shows the vendors that --provider takes: the built-in ones, those that come as files, and your own.',
    examples: [['auditlog provider list', '']],
  });
  all.action(perform(async (ctx, flags: GlobalFlags) => (await import('./run.js')).listVendors(ctx, flags)));

  const show = command.command('show').summary("print a vendor's data");
  explain(show, {
    does: "Prints a vendor's data as the JSON file that would describe it. A file of yours with the same name takes its place.",
    examples: [
      ['auditlog provider show chipp', ''],
      ['auditlog provider show chipp | jq -r ".assumed[]"', 'what the vendor does not document'],
    ],
  });
  show
    .argument('<name>', 'the vendor, or a file')
    .action(perform(async (ctx, _: GlobalFlags, name: string) => (await import('./run.js')).showVendor(ctx, name)));

  const make = command.command('new').summary('write a first file from an answer of an API');
  explain(make, {
    does: 'Writes a first file for a vendor from an answer of its API: where the entries are, their ids, times, actions and people, and how pages follow one another. What was guessed goes to stderr, with how sure it is.',
    examples: [
      ['auditlog provider new acme --sample answer.json -o acme.json', 'from an answer that was saved'],
      [
        'auditlog provider new acme --url "https://api.acme.example/v1/audit?limit=5" --header "X-Api-Key: {key}" -o acme.json',
        'ask once, with the key from the usual places',
      ],
    ],
    ends: 'The key comes from AUDITLOG_API_KEY or the system keychain, never from the command line.',
  });
  make
    .argument('<name>', 'the name of the vendor')
    .addOption(flag('--sample <file>', 'a whole answer of the API, as JSON, with a few entries'))
    .addOption(flag('--url <url>', 'ask here for an answer').conflicts('sample'))
    .addOption(
      list('--header <header>', "the header of the key, such as 'X-Api-Key: {key}' (default: Authorization: Bearer)"),
    )
    .addOption(flag('--profile <name>', 'with --url: the key of a saved profile'))
    .addOption(flag('-o, --output <file>', 'write it here instead of to stdout'))
    .addOption(flag('--save', 'write it into the folder of your own vendors').conflicts('output'))
    .addOption(flag('--force', 'overwrite the file if it exists'))
    .action(
      perform(async (ctx, flags: NewFlags, name: string) => (await import('./new.js')).newVendor(ctx, flags, name)),
    );

  const check = command.command('check').summary('check a file, and show what entries come to');
  explain(check, {
    does: 'Checks the file of a vendor, prints the request that it leads to, how entries come out, and what is missing. The entries are those of --sample (one, a list of them, or a whole answer of the API) or the examples in the file. With --live the API itself is asked, at most ten times: for two pages, page 0, a range, and a day without entries.',
    examples: [
      ['auditlog provider check acme.json', ''],
      ['auditlog provider check acme.json --sample answer.json', 'an answer of the API, saved with curl'],
      [
        'auditlog provider check acme.json --live --org acme',
        'what a sample cannot show, with the key from the usual place',
      ],
    ],
    ends: 'Exit codes: 0 nothing is wrong, 2 something is.',
  });
  check
    .argument('<file>', 'the file, or the name of a vendor')
    .addOption(flag('--sample <file>', 'an entry, a list of entries, or a whole answer, as JSON'))
    .addOption(flag('--live', 'ask the API, with at most ten requests').conflicts('sample'))
    .addOption(
      flag('--demo', 'with --live: ask a made-up log in the form of the file').conflicts(['baseUrl', 'profile']),
    )
    .addOption(flag('--profile <name>', 'with --live: a saved profile'))
    .addOption(flag('--base-url <url>', 'with --live: where the API is, if not at its public address'))
    .addOption(list('--org <id>', 'with --live: the organization'));
  for (const option of placeFlags()) check.addOption(option);
  check.action(
    perform(async (ctx, flags: CheckFlags, file: string) => (await import('./check.js')).checkVendor(ctx, flags, file)),
  );

  const schema = command.command('schema').summary('print the JSON Schema of such files');
  explain(schema, {
    does: 'Prints the JSON Schema of such files, for editors that check and complete while one writes.',
    examples: [['auditlog provider schema > provider.schema.json', '']],
  });
  schema.action(perform(async (ctx) => (await import('./run.js')).printSchema(ctx)));
};
