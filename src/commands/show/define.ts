import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { count, flag } from '../flags/flag.js';
import { addInputFlag } from '../flags/input.js';
import { addQueryFlags } from '../flags/query.js';
import { explain } from '../help.js';
import type { ShowFlags } from './run.js';

/** `auditlog show ID`: shows one event in full. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Show one event in full: who, what, when, from where, what changed (old → new), and the rest of its entry. Searches from the newest event back.',
    examples: [
      ['auditlog show --nth 3', 'the third row of the last list'],
      ['auditlog show al_4fGq', 'by its id, or the beginning of it'],
      ['auditlog show al_4fGq --from 2026-03-01 --to 2026-03-02', 'search these days only, which is faster'],
      ['auditlog show --latest', 'the newest event'],
      ['auditlog show --latest --action member.role_changed', 'the last change of a role'],
      ['auditlog show --latest --format json | jq .metadata', 'the entry as the vendor sent it'],
    ],
    ends: 'Exit codes: 0 shown, 2 no such event, 3 the log could not be read cleanly, 4 key, 5 server.',
    common: [
      '--latest',
      '--nth',
      '--action',
      '--user',
      '--from',
      '--to',
      '--format',
      '--input',
      '--provider',
      '--demo',
    ],
    topics: ['filters', 'times', 'exit-codes'],
  });
  command
    .argument('[id]', 'the id of the event, or its first characters: 6 or more')
    .addOption(flag('--latest', 'the newest matching event'))
    .addOption(count('--nth <n>', 'row n of the last list'));
  addQueryFlags(command);
  command
    .optionsGroup('Output:')
    .addOption(flag('-f, --format <format>', 'text, or the entry as JSON').choices(['text', 'json']))
    .addOption(flag('--no-pager', 'do not use a pager'));
  addInputFlag(command, { csvRaw: true });
  addConnectionFlags(command);
  command.action(
    perform(async (ctx, flags: ShowFlags, id: string | undefined) =>
      (await import('./run.js')).showEvent(ctx, flags, id),
    ),
  );
};
