import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { addInputFlag } from '../flags/input.js';
import { addPseudonymFlags } from '../flags/pseudonyms.js';
import { addQueryFlags } from '../flags/query.js';
import { explain } from '../help.js';
import { addReportFlags, type ReportFlags } from './flags.js';

/** `auditlog report`: writes an HTML report. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Writes one HTML file that anyone can open: a cover that says how complete it is, an overview, what a reviewer asks first, and a table of all events. It needs no network, holds the events as the vendor wrote them, and auditlog verify checks it.',
    examples: [
      ['auditlog report --in last-quarter -o q3.html', 'a quarter, with what is new in it'],
      ['auditlog report --input archive/ --in last-month -o month.html', 'from the archive of a collector'],
      ['auditlog report --tz Europe/Paris --business-hours 08:00-19:00 -o r.html', 'hours of work, in a zone'],
      ['auditlog report --demo -o demo.html', 'try it, without a key'],
      ['auditlog verify q3.html', 'check that nothing in it was changed'],
    ],
    ends: 'Exit codes: 0 written, 2 usage, 3 written but incomplete (the cover says so), 4 key, 5 server.',
  });
  addReportFlags(command);
  addQueryFlags(command);
  addPseudonymFlags(command);
  addInputFlag(command, { csvRaw: true });
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: ReportFlags) => (await import('./run.js')).makeReport(ctx, flags)));
};
