import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { flag } from '../flags/flag.js';
import { formatFlag } from '../flags/format.js';
import { inputFlag } from '../flags/input.js';
import { explain } from '../help.js';
import type { VerifyFlags } from './run.js';

/** `auditlog verify PATH...`: whether exports are still what they were. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Compares exported files with their manifests, and the manifests of day files with one another. It reads everything again, goes on after a fault, and asks nobody unless told to.',
    examples: [
      ['auditlog verify audit.ndjson', 'a file that was exported with --manifest'],
      ['auditlog verify days/', 'a directory of day files, its chain included'],
      ['auditlog verify --online days/', 'and whether the server still counts the same'],
      ['auditlog verify s3://my-lake/audit', 'an archive in a bucket'],
      ['auditlog verify days/ -f json | jq -r ".findings[].path"', 'for scripts'],
    ],
    ends: [
      'changed: other bytes than were recorded; missing: a recorded file is not there; gap: a number or day of a chain is not there; extra: nothing speaks of it; server: the server counts otherwise than then.',
      'Exit codes: 0 all as it was, 7 a difference, 2 nothing to verify.',
    ].join('\n'),
  });
  command
    .argument('[path...]', 'files, manifests and directories; also s3://bucket/prefix')
    .addOption(formatFlag('how to write what was found'))
    .addOption(flag('--verbose', 'list what is in order, too'))
    .addOption(flag('--online', 'count again on the server: one request where nothing has changed'));
  command.addOption(inputFlag('--input <file>', 'a file to verify, named as for the other commands'));
  addConnectionFlags(command);
  command.action(
    perform(async (ctx, flags: VerifyFlags, paths: readonly string[]) =>
      (await import('./run.js')).verifyFiles(ctx, flags, paths),
    ),
  );
};
