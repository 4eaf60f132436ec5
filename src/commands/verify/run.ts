import type { Context } from '../../context.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import type { Findings } from '../../evidence/finding.js';
import type { Recount } from '../../evidence/online.js';
import type { Define } from '../command.js';
import { spools } from '../export/manifest.js';
import { addConnectionFlags, type ConnectionFlags, flag } from '../flags/options.js';
import { explain } from '../help.js';
import { inputFlag } from '../job/file.js';
import type { GlobalFlags } from '../program.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count, duration } from '../say/pace.js';
import { tellSkew } from '../say/skew.js';
import { isReaderGone } from '../write/deliver.js';

const FORMATS = ['table', 'json'] as const;

interface VerifyFlags extends ConnectionFlags, GlobalFlags {
  readonly format?: (typeof FORMATS)[number];
  readonly verbose?: boolean;
  readonly online?: boolean;
  readonly inputFile?: string;
}

/** `auditlog verify PATH...`: whether exports are still what they were. */
export const verify: Define = (command, perform) => {
  explain(command, {
    does: 'Compares exported files with their manifests, and the manifests of day files with one another. It reads everything again, goes on after a fault, and asks nobody unless told to.',
    examples: [
      ['auditlog verify audit.ndjson', 'a file that was exported with --manifest'],
      ['auditlog verify days/', 'a directory of day files, its chain included'],
      ['auditlog verify --online days/', 'and whether the server still counts the same'],
      ["auditlog verify days/ -f json | jq -r '.findings[].path'", 'for scripts'],
    ],
    ends: [
      'changed: other bytes than were recorded; missing: a recorded file is not there; gap: a number or day of a chain is not there; extra: nothing speaks of it; server: the server counts otherwise than then.',
      'Exit codes: 0 all as it was, 7 a difference, 2 nothing to verify.',
    ].join('\n'),
  });
  command
    .argument('[path...]', 'files, manifests and directories')
    .addOption(flag('-f, --format <format>', 'how to write what was found').choices(FORMATS))
    .addOption(flag('--verbose', 'list what is in order, too'))
    .addOption(flag('--online', 'count again on the server: one request where nothing has changed'));
  command.addOption(inputFlag('--input <file>', 'a file to verify, named as for the other commands'));
  addConnectionFlags(command);
  command.action(perform(run));
};

async function run(ctx: Context, flags: VerifyFlags, named: readonly string[]): Promise<ExitCode> {
  const paths = pathsOf(named, flags.inputFile);
  const notes = openNotes(ctx, flags);
  const keeps = { items: flags.verbose === true || flags.format === 'json', known: flags.online === true };
  const { verifyPaths } = await import('../../evidence/verify.js');
  const found = await verifyPaths({ cwd: ctx.cwd, openSpool: await spools(ctx), keeps }, paths);
  const online = flags.online === true ? await askAgain(ctx, flags, notes, found) : undefined;
  const findings = [...found.findings, ...(online?.findings ?? [])];
  const { asJson, asText } = await import('./report.js');
  const text =
    flags.format === 'json'
      ? asJson(found, findings, online)
      : asText(found, findings, online, { cwd: ctx.cwd, verbose: flags.verbose === true });
  await ctx.stdout.write(text).catch((error: unknown) => {
    // Whether anything differs is in the exit code, too, for those who read no more than that.
    if (!isReaderGone(error)) throw error;
  });
  return findings.length === 0 ? EXIT.ok : EXIT.different;
}

function pathsOf(named: readonly string[], input: string | undefined): readonly string[] {
  if (input === '-') throw usageError('what comes in on standard input has no manifest beside it', 'Name the file.');
  const paths = input === undefined ? named : [...named, input];
  if (paths.length === 0) throw usageError('nothing was named to verify', 'Example: auditlog verify audit.ndjson');
  return paths;
}

async function askAgain(ctx: Context, flags: VerifyFlags, notes: Notes, { known }: Findings): Promise<Recount> {
  const [{ connect }, { openClient }, { originOf }, { recount }, { serverCounter }] = await Promise.all([
    import('../../profile.js'),
    import('../../http/client.js'),
    import('../../evidence/record.js'),
    import('../../evidence/online.js'),
    import('../../engine/count/again.js'),
  ]);
  const connection = await connect(ctx, flags);
  try {
    const here = `${connection.provider.name} at ${originOf(connection)}`;
    for (const { path, manifest } of known) {
      const there = `${manifest.source.provider} at ${manifest.source.origin}`;
      if (there !== here)
        throw usageError(
          `${path} was made from ${there}, and --online asks ${here}`,
          'Say where with --base-url, --provider or --profile.',
        );
    }
    const hint = (await connection.key()).hint;
    if (known.some(({ manifest }) => manifest.source.key !== hint))
      notes.say(`not all of it was made with this key (${hint}): another key may see another organization`);
    const client = openClient(ctx, connection, {
      ...(notes.debug === undefined ? {} : { debug: notes.debug }),
      onSkew: (skew) => tellSkew(notes, skew),
      onWait: (wait) => {
        if (wait !== undefined) notes.say(`${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
      },
    });
    try {
      return await recount(
        known,
        serverCounter(client, connection, () => ctx.clock.now() + client.stats().skew),
      );
    } finally {
      notes.say(`asked the server with ${count(client.stats().requests)} requests`);
      await client.close();
    }
  } finally {
    await connection.close();
  }
}
