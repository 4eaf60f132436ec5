import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { flag, list } from '../flags/flag.js';
import { formatFlag } from '../flags/format.js';
import { inputFlag } from '../flags/input.js';
import { explain } from '../help.js';
import type { VerifyFlags } from './run.js';

/** `auditlog verify PATH...`: checks exports against their manifests. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Compare exported files with their manifests, and check that no day of a chain is missing. Shows what each file is: vendor, organization, range, number of events, complete or not. Works offline, except with --online.',
    examples: [
      ['auditlog verify audit.csv', 'a file that was exported with --manifest'],
      ['auditlog verify audit.csv --expect 483b59e7...', 'compare with the hash in a ticket or mail'],
      ['auditlog verify days/', 'a directory of day files, its chain included'],
      ['auditlog verify --online days/', 'also compare with the count on the server'],
      ['auditlog verify s3://my-lake/audit', 'an archive in a bucket'],
      ['auditlog verify days/ -f json | jq -r ".findings[].path"', 'for scripts'],
    ],
    ends: [
      'changed: the content differs from the record; missing: a recorded file does not exist; gap: a number or day of a chain is missing; extra: not listed in any manifest; server: the server reports another count.',
      'Exit codes: 0 unchanged, 7 a difference, or nothing here has a hash of --expect, 2 nothing to verify.',
    ].join('\n'),
  });
  command
    .argument('[path...]', 'files, manifests and directories; also s3://bucket/prefix')
    .addOption(formatFlag('output format'))
    .addOption(
      list('--expect <hash>', 'SHA-256 that something here must have: of a file, a manifest or the head of a chain'),
    )
    .addOption(flag('--verbose', 'show each fact that differs, and what is unchanged'))
    .addOption(flag('--online', 'count again on the server: one request if nothing changed'));
  command.addOption(inputFlag('--input <file>', 'a file to verify, as with the other commands'));
  addConnectionFlags(command);
  command.action(
    perform(async (ctx, flags: VerifyFlags, paths: readonly string[]) =>
      (await import('./run.js')).verifyFiles(ctx, flags, paths),
    ),
  );
};
