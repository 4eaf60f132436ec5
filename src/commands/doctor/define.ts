import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { DoctorFlags } from './run.js';

/** `auditlog doctor`: checks the way from this machine to the log, and whether the log behaves as described. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Check the settings, the network, the key and the behaviour of the API, with at most 10 requests. Changes nothing.',
    examples: [
      ['auditlog doctor', 'find out why it does not work'],
      ['auditlog doctor --demo', 'an example where everything works'],
      ['auditlog doctor --profile eu', 'the settings of a profile'],
      ['auditlog doctor -f json | jq \'.[] | select(.status == "fail")\'', 'for scripts'],
    ],
    ends: [
      'Marks: ✓ fine, ! works but look at it, ✗ wrong, - unknown or not applicable.',
      'Exit codes: that of the worst finding: 4 key, 5 server or network, 2 settings, 3 the log does not match the count of the server; 0 if there are only warnings.',
    ].join('\n'),
  });
  command.addOption(formatFlag('output format'));
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: DoctorFlags) => (await import('./run.js')).diagnose(ctx, flags)));
};
