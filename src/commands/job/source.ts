import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { type DayCarrier, openInputDirectory } from '../../input/directory.js';
import { type InputFile, openInputFile, sourceOf } from '../../input/open.js';
import type { InputSource } from '../../input/source.js';
import { parseOrgs } from '../../profile/parse.js';
import type { ConnectionChoice } from '../../profile.js';
import { PROVIDERS } from '../../providers/index.js';
import type { Provider } from '../../providers/provider.js';
import type { InputChoice } from '../flags/input.js';
import type { InputPlace } from './place.js';
import { spools } from './spools.js';

/** Whose entries an earlier export may hold. */
interface ExpectedVendor {
  /** Of the connection. */
  readonly usual: Provider;
  /** The source of the vendor's name, such as `--provider`; undefined if none was named. */
  readonly named: string | undefined;
}

interface OpenedInput {
  readonly source: InputSource;
  readonly provider: Provider;
}

/** Opens a file, a directory of day files or an archive, and detects the vendor. The caller closes the source. */
export async function openInput(
  ctx: Context,
  { org, csvRaw }: Omit<InputChoice, 'path'> & { readonly org: ConnectionChoice['org'] },
  vendor: ExpectedVendor,
  place: InputPlace,
): Promise<OpenedInput> {
  const { bucket, path } = place;
  const carrier = await bucket?.fetchEntries();
  if (await isDirectory(ctx, path)) return openDirectory(ctx, { place, org, carrier }, vendor);
  const file = await openInputFile(ctx, path, { csvRaw });
  try {
    return { source: sourceOf(file, spools(ctx)), provider: await vendorOf(file, vendor) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface OpenedPlace {
  readonly place: InputPlace;
  readonly org: ConnectionChoice['org'];
  readonly carrier: DayCarrier | undefined;
}

async function isDirectory(ctx: Context, path: string): Promise<boolean> {
  if (path === '-') return false;
  return stat(resolve(ctx.cwd, path)).then(
    (seen) => seen.isDirectory(),
    () => false,
  );
}

async function openDirectory(
  ctx: Context,
  { place: { path, notes }, org, carrier }: OpenedPlace,
  { usual, named }: ExpectedVendor,
): Promise<OpenedInput> {
  const source = await openInputDirectory(ctx, resolve(ctx.cwd, path), path, {
    orgs: org === undefined ? undefined : parseOrgs({ text: org.join(','), from: '--org' }, usual),
    openSpool: spools(ctx),
    tell: notes.insist,
    carrier,
  });
  if (source.vendor === undefined)
    throw usageError(`${path} has logs of several vendors`, 'Name one organization: --org ID');
  const provider = [usual, ...(named === undefined ? PROVIDERS : [])].find(({ name }) => name === source.vendor);
  if (provider !== undefined) return { source, provider };
  throw usageError(
    named === undefined
      ? `${path} has entries of ${source.vendor}, which is not a known vendor`
      : `${path} has entries of ${source.vendor}, but ${named} says ${usual.name}`,
    'Name the vendor whose log it is: --provider NAME',
  );
}

/** The named vendor, or else the first one that fits the entries. */
async function vendorOf(file: InputFile, { usual, named }: ExpectedVendor): Promise<Provider> {
  const fits = await file.fits(usual);
  if (fits === true) return usual;
  if (named !== undefined && fits === false)
    throw usageError(
      `${file.name} does not start with an entry of ${usual.title}, which ${named} says`,
      'Name the vendor whose log it is: --provider NAME',
    );
  for (const provider of named === undefined ? PROVIDERS : []) if (await file.fits(provider)) return provider;
  // Faults are reported, with their line, when the entry is read.
  return usual;
}
