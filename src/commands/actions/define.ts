import type { Define } from '../command.js';
import { flag } from '../flags/flag.js';
import { formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { ActionsFlags } from './run.js';

/** `auditlog actions [PATTERN]`: the words that `--action` takes, offline. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'List the actions that a log can hold: what --action takes, and how a table shows it. Works offline.',
    examples: [
      ['auditlog actions', 'all of them, by category'],
      ['auditlog actions "*.deleted"', 'those that match a pattern'],
      ['auditlog actions role', 'those with this word'],
      ['auditlog actions --format json | jq -r ".[].action"', 'for scripts'],
    ],
  });
  command
    .argument('[pattern]', 'such as member.joined, "member.*" or role')
    .addOption(formatFlag('output format'))
    .addOption(flag('--provider <name>', 'the vendor (default: invent)'))
    .addOption(flag('--profile <name>', 'a saved profile'))
    .action(
      perform(async (ctx, flags: ActionsFlags, pattern: string | undefined) =>
        (await import('./run.js')).showActions(ctx, flags, pattern),
      ),
    );
};
