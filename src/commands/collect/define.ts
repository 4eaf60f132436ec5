import { usageError } from '../../errors.js';
import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { flag } from '../flags/flag.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { addQueryFlags } from '../flags/query.js';
import { addSchemaFlags } from '../flags/schema.js';
import { explain } from '../help.js';
import type { CollectFlags } from './flags.js';
import type { GapsFlags } from './gaps.js';
import type { StatusFlags } from './status.js';

/** `auditlog collect NAME`, and its subcommands. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Copy new events to your own storage on a schedule. Make a collector once with --create; each run then copies new and late events.',
    examples: [
      ['auditlog collect prod --create --dest ./archive', 'make a collector'],
      ['auditlog collect prod', 'one cycle: for cron, a systemd timer, CI'],
      ['auditlog collect prod --interval 5m', 'a cycle every 5 minutes, until Ctrl-C'],
      ['auditlog collect prod --deep', 'compare every part of the history'],
      ['auditlog collect status --fail-if-silent 6h', 'for monitoring'],
      ['auditlog collect try --create --demo', 'try it without an account'],
    ],
    ends: 'Exit codes: 0 all events are at the destination; 2 usage; 3 not confirmed, or events are gone from the server or refused by the destination; 4 key; 5 server or destination; 6 stopped, the next run resumes; 8 silent for too long (collect status).',
    common: [
      '--create',
      '--dest',
      '--interval',
      '--deep',
      '--schema',
      '--action',
      '--from',
      '--org',
      '--profile',
      '--provider',
      '--demo',
    ],
    topics: ['filters', 'times', 'exit-codes'],
  });
  command.argument('[collector]', 'its name');
  command.optionsGroup('Collector:');
  for (const option of [
    flag('--create', 'make the collector; its flags are saved and stay').conflicts(['delete', 'deep']),
    flag(
      '--dest <destination>',
      'a directory, a URL such as clickhouse://host/db.table, or - (default: ./auditlog-NAME)',
    ),
    flag('--interval <duration>', 'repeat at this interval; with --create: how often it is meant to run'),
    flag('--deep', 'compare the count of every part of the history, not only the total'),
    flag('--retry-refused', 'deliver again what the destination refused').conflicts(['create', 'delete']),
    flag('--replay', 'deliver the events from --from to --to again').conflicts([
      'create',
      'delete',
      'deep',
      'interval',
      'retryRefused',
    ]),
    flag('--delete', 'the same as collect remove NAME').conflicts(['create', 'deep', 'interval']).hideHelp(),
  ])
    command.addOption(option);
  addSchemaFlags(command);
  addQueryFlags(command);
  addConnectionFlags(command);
  command.action(
    perform(async (ctx, flags: CollectFlags, name: string | undefined) =>
      (await import('./run.js')).performCollect(ctx, flags, name),
    ),
  );

  // Otherwise `collect status --create` would show a status as if it had created a collector of that name.
  command.hook('preSubcommand', (own, sub) => {
    const given = own.options.find((one) => own.getOptionValueSource(one.attributeName()) === 'cli');
    if (given === undefined) return;
    throw usageError(
      `${given.long} does not apply to collect ${sub.name()}`,
      'Leave the flag out, or name a collector: auditlog collect --help',
    );
  });

  for (const add of [addList, addShow, addStatus, addGaps, addRemove]) add(command, perform);
};

const format = () => formatFlag('output format');

const addList: Define = (command, perform) => {
  const all = command.command('list').summary('list collectors');
  explain(all, { does: 'List the collectors of this machine.', examples: [['auditlog collect list', '']] });
  all
    .addOption(format())
    .action(perform(async (ctx, flags: FormatFlags) => (await import('./list.js')).listCollectors(ctx, flags)));
};

const addShow: Define = (command, perform) => {
  const show = command.command('show').summary('show a collector').argument('<collector>', 'its name');
  explain(show, {
    does: 'Show what a collector reads, and where it delivers.',
    examples: [['auditlog collect show prod', '']],
  });
  show
    .addOption(format())
    .action(
      perform(async (ctx, flags: FormatFlags, name: string) =>
        (await import('./list.js')).showCollector(ctx, flags, name),
      ),
    );
};

const addStatus: Define = (command, perform) => {
  const status = command
    .command('status')
    .summary('show how collectors are doing')
    .argument('[collector]', 'its name; default: all');
  explain(status, {
    does: 'Show when collectors last succeeded, how far they are behind, what they delivered, and when they run next.',
    examples: [
      ['auditlog collect status', 'all of them'],
      ['auditlog collect status prod --format json | jq ".[0].lagSeconds"', 'for scripts'],
      ['auditlog collect status --fail-if-silent 6h', 'exit 8 without a success for 6 hours'],
      ['auditlog collect status --fail-if-gone', 'exit 3 if events are gone from the server'],
      ['auditlog collect status --fail-if-no-event 24h', 'exit 8 if the newest event is older'],
    ],
    ends: 'Exit codes: 0 shown, 2 no such collector, 3 events are gone (--fail-if-gone), 8 no success (--fail-if-silent) or no event (--fail-if-no-event) for too long.',
  });
  status
    .addOption(format())
    .addOption(flag('--fail-if-silent <duration>', 'exit with 8 if the last success is longer ago'))
    .addOption(flag('--fail-if-gone', 'exit with 3 if events are gone from the server, until acknowledged'))
    .addOption(flag('--fail-if-no-event <duration>', 'exit with 8 if the newest event of an organization is older'))
    .action(
      perform(async (ctx, flags: StatusFlags, name: string | undefined) =>
        (await import('./status.js')).showStatus(ctx, flags, name),
      ),
    );
};

const addGaps: Define = (command, perform) => {
  const gaps = command.command('gaps').summary('show days that are not confirmed').argument('<collector>', 'its name');
  explain(gaps, {
    does: 'Show the days that were never read, those that do not match the count of the server, and those with events that are gone from it.',
    examples: [
      ['auditlog collect gaps prod', ''],
      ['auditlog collect gaps prod --acknowledge', 'stop reporting the events that are gone'],
    ],
    ends: 'Exit codes: 0 nothing is missing, 2 no such collector, 3 days are unread or not confirmed, or events are gone and not acknowledged.',
  });
  gaps
    .addOption(format())
    .addOption(flag('--acknowledge', 'stop reporting the events that are gone from the server'))
    .action(
      perform(async (ctx, flags: GapsFlags, name: string) => (await import('./gaps.js')).showGaps(ctx, flags, name)),
    );
};

const addRemove: Define = (command, perform) => {
  const remove = command.command('remove').summary('remove a collector').argument('<collector>', 'its name');
  explain(remove, {
    does: 'Remove a collector and its record of deliveries. What it delivered stays at the destination.',
    examples: [['auditlog collect remove prod', '']],
  });
  remove.action(
    perform(async (ctx, flags: GlobalFlags, name: string) =>
      (await import('./remove.js')).removeCollector(ctx, flags, name),
    ),
  );
};
