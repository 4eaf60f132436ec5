import type { Context } from '../../context.js';
import { serverCounter } from '../../engine/count/again.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import { openClient } from '../../http/client.js';
import { originOf } from '../../manifest/record.js';
import { type ConnectionChoice, connect } from '../../profile.js';
import { UNLISTED } from '../../verify/directory.js';
import { ExpectedHashes } from '../../verify/expect.js';
import type { Findings } from '../../verify/finding.js';
import { type Recount, recount } from '../../verify/recount.js';
import { verifyPaths } from '../../verify/verify.js';
import { type ConnectionFlags, readConnection } from '../flags/connection.js';
import type { FormatFlags } from '../flags/format.js';
import { type InputPlace, withPlaces } from '../job/place.js';
import { spools } from '../job/spools.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count, duration } from '../say/numbers.js';
import { noteRotation } from '../say/rotation.js';
import { noteSkew } from '../say/skew.js';
import { isReaderGone } from '../write/deliver.js';
import { asJson, asText } from './report.js';

export interface VerifyFlags extends ConnectionFlags, FormatFlags {
  readonly verbose?: boolean;
  readonly online?: boolean;
  readonly inputFile?: string;
  readonly expect?: readonly string[];
}

/** Compares files with their manifests, and with --online the server's counts. */
export async function verifyFiles(ctx: Context, flags: VerifyFlags, named: readonly string[]): Promise<ExitCode> {
  const paths = pathsOf(named, flags.inputFile);
  const expected = new ExpectedHashes(flags.expect ?? []);
  const notes = openNotes(ctx, flags);
  return withPlaces(ctx, paths, notes, (places) => verifyPlaces(ctx, { flags, expected }, notes, places));
}

/** Compares what is at each of these places. */
async function verifyPlaces(
  ctx: Context,
  { flags, expected }: { readonly flags: VerifyFlags; readonly expected: ExpectedHashes },
  notes: Notes,
  places: readonly InputPlace[],
): Promise<ExitCode> {
  const keeps = { items: flags.verbose === true || flags.format === 'json', known: flags.online === true };
  const paths = places.map(({ path }) => path);
  for (const { bucket } of places) await bucket?.fetchRecorded();
  const found = await verifyPaths({ cwd: ctx.cwd, openSpool: spools(ctx), signal: ctx.signal, keeps, expected }, paths);
  for (const { bucket } of places)
    for (const name of bucket?.copy.odd ?? []) found.find('extra', bucket?.copy.addressOf(name) ?? '', UNLISTED);
  if (found.findings.length > 0)
    for (const { bucket } of places) {
      const outdated = await bucket?.copy.outdated();
      if (outdated !== undefined) throw outdated;
    }
  const online = flags.online === true ? await askAgain(ctx, readConnection(flags), notes, found) : undefined;
  const findings = [...found.findings, ...(online?.findings ?? [])];
  const copies = places.filter(({ bucket }) => bucket !== undefined);
  const shown = (path: string): string => copies.reduce((text, copy) => copy.shown(text), path);
  const text =
    flags.format === 'json'
      ? asJson({ found, findings, online }, shown)
      : await asText({ found, findings, online }, { cwd: ctx.cwd, verbose: flags.verbose === true, shown });
  await ctx.stdout.write(text).catch((error: unknown) => {
    // The exit code still shows whether anything differs.
    if (!isReaderGone(error)) throw error;
  });
  const isAsExpected = expected.results().every(({ matches }) => matches.length > 0);
  return findings.length === 0 && isAsExpected ? EXIT.ok : EXIT.different;
}

function pathsOf(named: readonly string[], input: string | undefined): readonly string[] {
  if (input === '-')
    throw usageError('standard input has no manifest beside it', 'Name the file: auditlog verify FILE');
  const paths = input === undefined ? named : [...named, input];
  if (paths.length === 0)
    throw usageError(
      'missing path: expected a file, a directory or an archive',
      'Example: auditlog verify audit.ndjson',
    );
  return paths;
}

async function askAgain(ctx: Context, where: ConnectionChoice, notes: Notes, { known }: Findings): Promise<Recount> {
  const connection = await connect(ctx, where);
  try {
    const here = `${connection.provider.name} at ${originOf(connection)}`;
    for (const { path, manifest } of known) {
      const there = `${manifest.source.provider} at ${manifest.source.origin}`;
      if (there !== here)
        throw usageError(
          `${path} was made from ${there}, but --online would read ${here}`,
          'Choose the server with --profile, --provider or --base-url',
        );
    }
    const hint = (await connection.key()).hint;
    if (known.some(({ manifest }) => manifest.source.key !== hint))
      notes.say(`some files were made with another key than ${hint}: it may belong to another organization`);
    const client = openClient(ctx, connection, {
      ...(notes.debug === undefined ? {} : { debug: notes.debug }),
      onRotation: () => noteRotation(notes, connection.provider.title),
      onSkew: (skew) => noteSkew(notes, skew),
      onWait: (wait) => {
        if (wait !== undefined) notes.say(`${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
      },
    });
    try {
      const counter = serverCounter(client, connection, () => ctx.clock.now() + client.stats().skew);
      return await recount(known, counter);
    } finally {
      notes.say(`${count(client.stats().requests)} ${client.stats().requests === 1 ? 'request' : 'requests'}`);
      await client.close();
    }
  } finally {
    await connection.close();
  }
}
