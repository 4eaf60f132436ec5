import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { DoctorFlags } from './run.js';

/** `auditlog doctor`: what is between this machine and the log, and whether the log keeps its promises. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Checks the settings, the way to the API, the key, and what the API promises, with at most 10 requests. Changes nothing.',
    examples: [
      ['auditlog doctor', 'why does it not work?'],
      ['auditlog doctor --demo', 'how it looks when all is well'],
      ['auditlog doctor --profile eu', 'another place, another key'],
      ['auditlog doctor -f json | jq \'.[] | select(.status == "fail")\'', 'for scripts'],
    ],
    ends: [
      'Marks: ✓ fine, ! works but is worth a look, ✗ wrong, - could not be found out or does not apply.',
      'The exit code is that of the worst finding: 4 key, 5 server or network, 2 settings, 3 the log cannot be',
      'reconciled with what the server says; 0 when there are only warnings.',
    ].join('\n'),
  });
  command.addOption(formatFlag('how to write what was found'));
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: DoctorFlags) => (await import('./run.js')).diagnose(ctx, flags)));
};
