import type { Define } from '../command.js';
import { flag } from '../flags/flag.js';
import { formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { ActionsFlags } from './run.js';

/** `auditlog actions [PATTERN]`: the words that `--action` takes, offline. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Shows the actions that the log can hold: what --action takes, and how a table shows it. Asks nobody.',
    examples: [
      ['auditlog actions', 'all of them, by category'],
      ['auditlog actions "*.deleted"', 'those that match'],
      ['auditlog actions role', 'those with this in their name'],
      ['auditlog actions --format json | jq -r ".[].action"', 'for scripts'],
    ],
  });
  command
    .argument('[pattern]', 'such as member.joined, "member.*" or role')
    .addOption(formatFlag('how to write them'))
    .addOption(flag('--provider <name>', 'whose audit log (default: invent)'))
    .addOption(flag('--profile <name>', 'a saved profile'))
    .action(
      perform(async (ctx, flags: ActionsFlags, pattern: string | undefined) =>
        (await import('./run.js')).showActions(ctx, flags, pattern),
      ),
    );
};
