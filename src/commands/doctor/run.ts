import type { Context } from '../../context.js';
import type { ExitCode } from '../../errors.js';
import { type ConnectionFlags, readConnection } from '../flags/connection.js';
import { colorChoice } from '../flags/everywhere.js';
import type { FormatFlags } from '../flags/format.js';
import { showFindings } from '../say/findings.js';
import { openNotes } from '../say/notes.js';
import { examine, FINDINGS } from './examine.js';

export type DoctorFlags = ConnectionFlags & FormatFlags;

/** Gives the exit code of the worst finding. */
export async function diagnose(ctx: Context, flags: DoctorFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const output = { format: flags.format, color: colorChoice(flags), notes };
  return showFindings(ctx, output, examine(ctx, readConnection(flags), notes), FINDINGS);
}
