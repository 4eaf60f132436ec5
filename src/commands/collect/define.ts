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

/** `auditlog collect NAME`, and what is asked about collectors. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Brings every event to a destination of your own, again and again, and remembers what is there. A collector is made once with --create; each run then finds what is new, and what came late, however late.',
    examples: [
      ['auditlog collect prod --create --dest ./archive', 'say what is collected, and to where'],
      ['auditlog collect prod', 'one cycle: for cron, a systemd timer, CI'],
      ['auditlog collect prod --interval 5m', 'cycle after cycle, until Ctrl-C'],
      ['auditlog collect prod --deep', 'compare every stretch of history by itself'],
      ['auditlog collect status --fail-if-silent 6h', 'for monitoring'],
      ['auditlog collect try --create --demo', 'try it without an account'],
    ],
    ends: [
      'Exit codes: 0 what the server gave is at the destination; 2 usage; 3 something could not be reconciled, or entries are gone from',
      'the server or refused by the destination; 4 key; 5 the server, or the destination; 6 stopped, the next run goes on; 8 silent for too long (collect status).',
    ].join(' '),
  });
  command.argument('[collector]', 'its name');
  command.optionsGroup('Collector:');
  for (const option of [
    flag('--create', 'make it: what follows is fixed from now on').conflicts(['delete', 'deep']),
    flag(
      '--dest <destination>',
      'a directory, a URL such as clickhouse://host/db.table, or - (default: ./auditlog-NAME)',
    ),
    flag('--interval <duration>', 'run on, a cycle every 5m; with --create: how often it is meant to run'),
    flag('--deep', 'ask for the count of every stretch of history, not only of all of it'),
    flag('--retry-refused', 'deliver once more what the destination refused').conflicts(['create', 'delete']),
    flag('--replay', 'deliver the events from --from to --to once more').conflicts([
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

  // Else `collect status --create` would show a status, as if a collector of that name had been made.
  command.hook('preSubcommand', (own, sub) => {
    const given = own.options.find((one) => own.getOptionValueSource(one.attributeName()) === 'cli');
    if (given === undefined) return;
    throw usageError(
      `${given.long} says nothing to collect ${sub.name()}`,
      'A collector cannot be called so. Leave the flag out, or name a collector: auditlog collect --help',
    );
  });

  for (const add of [addList, addShow, addStatus, addGaps, addRemove]) add(command, perform);
};

const format = () => formatFlag('how to write it');

const addList: Define = (command, perform) => {
  const all = command.command('list').summary('show the collectors');
  explain(all, { does: 'Shows the collectors of this machine.', examples: [['auditlog collect list', '']] });
  all
    .addOption(format())
    .action(perform(async (ctx, flags: FormatFlags) => (await import('./list.js')).listCollectors(ctx, flags)));
};

const addShow: Define = (command, perform) => {
  const show = command.command('show').summary('show what a collector is for').argument('<collector>', 'its name');
  explain(show, {
    does: 'Shows what a collector asks, and where it brings it.',
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
  const status = command.command('status').summary('how collectors are doing').argument('[collector]', 'one of them');
  explain(status, {
    does: 'Shows when collectors last succeeded, how far they are behind, what they have brought, and when they run next.',
    examples: [
      ['auditlog collect status', 'all of them'],
      ['auditlog collect status prod --format json | jq ".[0].lagSeconds"', 'for scripts'],
      ['auditlog collect status --fail-if-silent 6h', 'exit code 8 when one has not succeeded for so long'],
      ['auditlog collect status --fail-if-gone', 'exit code 3 when events are gone from the server'],
      ['auditlog collect status --fail-if-no-event 24h', 'exit code 8 when the newest event is older'],
    ],
    ends: 'Exit codes: 0 shown, 2 there is no such collector, 3 events are gone (--fail-if-gone), 8 no success (--fail-if-silent) or no event (--fail-if-no-event) for too long.',
  });
  status
    .addOption(format())
    .addOption(flag('--fail-if-silent <duration>', 'exit with 8 when the last success is longer ago'))
    .addOption(flag('--fail-if-gone', 'exit with 3 when events are gone from the server, until that is acknowledged'))
    .addOption(flag('--fail-if-no-event <duration>', 'exit with 8 when the newest event of an organization is older'))
    .action(
      perform(async (ctx, flags: StatusFlags, name: string | undefined) =>
        (await import('./status.js')).showStatus(ctx, flags, name),
      ),
    );
};

const addGaps: Define = (command, perform) => {
  const gaps = command.command('gaps').summary('which days are not certain').argument('<collector>', 'its name');
  explain(gaps, {
    does: 'Shows the days that were never read, those that could not be reconciled with the server, and those with entries that are gone from it.',
    examples: [
      ['auditlog collect gaps prod', ''],
      ['auditlog collect gaps prod --acknowledge', 'end the alarm for events that are gone'],
    ],
    ends: 'Exit codes: 0 nothing is missing, 2 there is no such collector, 3 days are unread or not reconciled, or events are gone that nobody has acknowledged.',
  });
  gaps
    .addOption(format())
    .addOption(flag('--acknowledge', 'you know which events are gone from the server: end the alarm for them'))
    .action(
      perform(async (ctx, flags: GapsFlags, name: string) => (await import('./gaps.js')).showGaps(ctx, flags, name)),
    );
};

const addRemove: Define = (command, perform) => {
  const remove = command.command('remove').summary('forget a collector').argument('<collector>', 'its name');
  explain(remove, {
    does: 'Forgets a collector, and what it has delivered. What is at its destination stays there.',
    examples: [['auditlog collect remove prod', '']],
  });
  remove.action(
    perform(async (ctx, flags: GlobalFlags, name: string) =>
      (await import('./remove.js')).removeCollector(ctx, flags, name),
    ),
  );
};
