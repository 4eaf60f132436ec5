import type { Context } from '../../context.js';
import type { CheckFinding, Destination } from '../../destinations/destination.js';
import { openDestination } from '../../destinations/index.js';
import type { Diagnosis, DiagnosisStatus } from '../../doctor/probe.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { chooseProvider } from '../../profile.js';
import { colorChoice } from '../flags/everywhere.js';
import type { FormatFlags } from '../flags/format.js';
import { showFindings } from '../say/findings.js';
import { type Notes, openNotes } from '../say/notes.js';

/** `auditlog destination check URL`. */
export async function checkDestination(ctx: Context, flags: FormatFlags, url: string): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const output = { format: flags.format, color: colorChoice(flags), notes };
  const destination = await openedDestination(ctx, url, notes);
  return showFindings(ctx, output, findingsOf(destination), [WIDEST]);
}

/** Opens a destination as `collect` does. Sends nothing. */
export async function openedDestination(ctx: Context, url: string, notes: Notes): Promise<Destination> {
  return openDestination(ctx, url, {
    provider: await chooseProvider(ctx, {}),
    schema: undefined,
    hears: { debug: notes.debug },
  });
}

/** The width of the longest name, because findings are printed before all of them are known. */
const WIDEST = 'conditional writes';

async function* findingsOf(destination: Destination): AsyncGenerator<Diagnosis, void> {
  for await (const finding of destination.check()) yield toFinding(finding);
}

const STATUS: Readonly<Record<CheckFinding['status'], DiagnosisStatus>> = {
  ok: 'ok',
  warning: 'warn',
  failed: 'fail',
  skipped: 'skip',
};

function toFinding({ name, status, what, fix, exit }: CheckFinding): Diagnosis {
  return {
    name,
    status: STATUS[status],
    fact: what,
    ...(fix === undefined ? {} : { fix }),
    ...(status === 'failed' ? { exit: exit ?? EXIT.server } : {}),
  };
}
