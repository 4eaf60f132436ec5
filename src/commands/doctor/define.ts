import type { Context } from '../../context.js';
import type { ExitCode } from '../../errors.js';
import type { Define } from '../command.js';
import { addConnectionFlags, type ConnectionFlags, flag } from '../flags/options.js';
import { explain } from '../help.js';
import { FINDING_FORMATS, type FindingFlags } from '../say/findings.js';
import { openNotes } from '../say/notes.js';

type DoctorFlags = ConnectionFlags & FindingFlags;

/** `auditlog doctor`: what is between this machine and the log, and whether the log keeps its promises. */
export const doctor: Define = (command, perform) => {
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
  command.addOption(flag('-f, --format <format>', 'how to write what was found').choices(FINDING_FORMATS));
  addConnectionFlags(command);
  command.action(perform(diagnose));
};

async function diagnose(ctx: Context, flags: DoctorFlags): Promise<ExitCode> {
  const [{ examine, FINDINGS }, { tellFindings }] = await Promise.all([
    import('./run.js'),
    import('../say/findings.js'),
  ]);
  return tellFindings(ctx, flags, examine(ctx, flags, openNotes(ctx, flags)), FINDINGS);
}
