import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { count, flag } from '../flags/flag.js';
import { addInputFlag } from '../flags/input.js';
import { addQueryFlags } from '../flags/query.js';
import { explain } from '../help.js';
import type { ShowFlags } from './run.js';

/** `auditlog show ID`: one event in full. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Shows one event in full: who, what, on what, where from and when, what was changed from what to what, and all the rest of its entry. The log is searched from the newest event back.',
    examples: [
      ['auditlog show --nth 3', 'the third row of the last list'],
      ['auditlog show al_4fGq', 'the event with this id, or the only one whose id begins so'],
      ['auditlog show al_4fGq --from 2026-03-01 --to 2026-03-02', 'found sooner: only these days are searched'],
      ['auditlog show --latest', 'the newest event'],
      ['auditlog show --latest --action member.role_changed', 'who changed a role last'],
      ['auditlog show --latest --format json | jq .metadata', 'the entry as the vendor gave it'],
    ],
    ends: 'Exit codes: 0 shown, 2 no such event (it says how far it looked), 3 the log could not be read cleanly, 4 key, 5 server.',
  });
  command
    .argument('[id]', 'the id of the event, or its first characters: 6 or more')
    .addOption(flag('--latest', 'the newest event that matches'))
    .addOption(count('--nth <n>', 'row n of the last list'));
  addQueryFlags(command);
  command
    .optionsGroup('Output:')
    .addOption(flag('-f, --format <format>', 'text, or the entry itself').choices(['text', 'json']))
    .addOption(flag('--no-pager', 'do not use a pager'));
  addInputFlag(command, { csvRaw: true });
  addConnectionFlags(command);
  command.action(
    perform(async (ctx, flags: ShowFlags, id: string | undefined) =>
      (await import('./run.js')).showEvent(ctx, flags, id),
    ),
  );
};
