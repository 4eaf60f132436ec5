import type { Define } from '../command.js';
import { placeFlags } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { flag, list } from '../flags/flag.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { CheckFlags } from './check.js';
import type { NewFlags } from './new.js';

/** `auditlog provider list|show|new|check|schema`: lists vendors, and helps to describe others. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: "List the vendors, and describe another vendor's API in a JSON file. Works offline, except with --live and --url.",
    examples: [
      ['auditlog provider list', 'all vendors'],
      ['auditlog provider new acme --sample answer.json', 'make a file from an answer of its API'],
      ['auditlog provider check acme.json --sample entry.json', 'check it, and show an event'],
      ['auditlog list --provider acme.json', 'use it'],
    ],
    ends: 'A file in the folder providers/ of the settings is found by its name: auditlog list --provider acme',
  });

  const all = command.command('list').summary('list vendors');
  explain(all, {
    does: 'List the vendors that --provider takes: built in, from files of the program, and your own.',
    examples: [['auditlog provider list', '']],
  });
  all
    .addOption(formatFlag('output format'))
    .action(perform(async (ctx, flags: FormatFlags) => (await import('./run.js')).listVendors(ctx, flags)));

  const show = command.command('show').summary("print a vendor's data");
  explain(show, {
    does: 'Print the JSON file that describes a vendor. Your own file with the same name replaces it.',
    examples: [
      ['auditlog provider show chipp', ''],
      ['auditlog provider show chipp | jq -r ".assumed[]"', 'what the vendor does not document'],
    ],
  });
  show
    .argument('<name>', 'the vendor, or a file')
    .addOption(flag('-f, --format <format>', 'output format').choices(['json']))
    .action(perform(async (ctx, _: GlobalFlags, name: string) => (await import('./run.js')).showVendor(ctx, name)));

  const make = command.command('new').summary('make a file from an answer of an API');
  explain(make, {
    does: 'Make a file for a vendor from an answer of its API: where the entries are, their ids, times, actions and people, and how the next page is requested. Guesses are listed on stderr, with how sure they are.',
    examples: [
      ['auditlog provider new acme --sample answer.json -o acme.json', 'from a saved answer'],
      [
        'auditlog provider new acme --url "https://api.acme.example/v1/audit?limit=5" --header "X-Api-Key: {key}" -o acme.json',
        'request it, with your key',
      ],
    ],
    ends: 'The key comes from AUDITLOG_API_KEY or the system keychain, never from the command line.',
  });
  make
    .argument('<name>', 'the name of the vendor')
    .addOption(flag('--sample <file>', 'a complete answer of the API as JSON, with a few entries'))
    .addOption(flag('--url <url>', 'request the answer from here').conflicts('sample'))
    .addOption(
      list('--header <header>', "the header of the key, such as 'X-Api-Key: {key}' (default: Authorization: Bearer)"),
    )
    .addOption(flag('--profile <name>', 'with --url: the key of a saved profile'))
    .addOption(flag('-o, --output <file>', 'write it here instead of to stdout'))
    .addOption(flag('--save', 'write it to the folder of your vendors').conflicts('output'))
    .addOption(flag('--force', 'overwrite the file'))
    .action(
      perform(async (ctx, flags: NewFlags, name: string) => (await import('./new.js')).newVendor(ctx, flags, name)),
    );

  const check = command.command('check').summary('check a file, and show its events');
  explain(check, {
    does: 'Check the file of a vendor: print the request it makes, the events it reads, and what is missing. Entries come from --sample (one, a list, or a complete answer of the API) or from the examples in the file. With --live, test the API itself with at most ten requests.',
    examples: [
      ['auditlog provider check acme.json', ''],
      ['auditlog provider check acme.json --sample answer.json', 'an answer of the API, saved with curl'],
      ['auditlog provider check acme.json --live --org acme', 'test the API itself, with your key'],
    ],
    ends: 'Exit codes: 0 correct, 2 something is wrong.',
  });
  check
    .argument('<file>', 'the file, or the name of a vendor')
    .addOption(flag('--sample <file>', 'an entry, a list of entries, or a complete answer, as JSON'))
    .addOption(flag('--live', 'test the API, with at most ten requests').conflicts('sample'))
    .addOption(
      flag('--demo', 'with --live: use a made-up log in the form of the file').conflicts(['baseUrl', 'profile']),
    )
    .addOption(flag('--profile <name>', 'with --live: a saved profile'))
    .addOption(flag('--base-url <url>', "with --live: the API's address, if not the vendor's usual one"))
    .addOption(list('--org <id>', 'with --live: the organization'));
  for (const option of placeFlags()) check.addOption(option);
  check.action(
    perform(async (ctx, flags: CheckFlags, file: string) => (await import('./check.js')).checkVendor(ctx, flags, file)),
  );

  const schema = command.command('schema').summary('print the JSON Schema of vendor files');
  explain(schema, {
    does: 'Print the JSON Schema of vendor files, for editors that check and complete.',
    examples: [['auditlog provider schema > provider.schema.json', '']],
  });
  schema.action(perform(async (ctx) => (await import('./run.js')).printSchema(ctx)));
};
