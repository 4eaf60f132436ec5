import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import type { Client } from '../../http/client.js';
import type { InputFile } from '../../input/open.js';
import type { FileReading, Repeats } from '../../input/reading.js';
import type { InputSource } from '../../input/source.js';
import type { Connection } from '../../profile.js';
import type { Provider } from '../../providers/provider.js';
import type { Where } from '../flags/connection.js';
import type { Input } from '../flags/input.js';
import { toQuery } from '../flags/query.js';
import type { Question } from '../flags/question.js';
import { writtenRange } from '../flags/times.js';
import type { Notes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import type { Job } from './job.js';
import { spools } from './spools.js';

/** As `ask`, but the question is put to a file: no request is made, and no key is looked for. */
export async function askFile<Result>(
  ctx: Context,
  { where, wanted, input }: Question & { readonly input: Input },
  notes: Notes,
  use: (job: Job) => Promise<Result>,
): Promise<Result> {
  const [{ connect, originsOf }, { openZone, describeRange }] = await Promise.all([
    import('../../profile.js'),
    import('../../time.js'),
  ]);
  // An address that nobody asks spares one that the vendor may not have.
  const known = await connect(ctx, { ...where, baseUrl: 'http://127.0.0.1' });
  const named = (await originsOf(ctx, where)).provider;
  const vendor = { usual: known.provider, named };
  const { source, provider } = (await isDirectory(ctx, input.path))
    ? await openDirectory(ctx, { path: input.path, org: where.org }, vendor, notes)
    : await openFile(ctx, input, vendor);
  try {
    if (provider !== known.provider) notes.say(`the entries of ${source.name} are ${provider.title}'s`);
    const zone = await openZone(known.zone);
    const { query, warnings } = await toQuery(wanted, { provider, zone, now: ctx.clock.now() });
    for (const warning of warnings) notes.say(`warning: ${warning}`);
    if (query.from !== undefined || query.before !== undefined) notes.say(`from ${describeRange(query, zone)}`);
    const connection: Connection = { ...known, provider, key: async () => nobody() };
    let reading: FileReading | undefined;
    const result = await use({
      connection,
      client: OFFLINE,
      zone,
      query,
      written: writtenRange(wanted.times),
      resettle: () => query,
      settleClock: async () => {},
      serverNow: () => ctx.clock.now(),
      input: source.name,
      read: async (options, more) => {
        const { readingOfInput } = await import('../../input/reading.js');
        const org = connection.orgs[0] ?? '';
        reading = readingOfInput({ source, provider, query: { ...query, ...more }, org }, options);
        return reading;
      },
    });
    if (reading !== undefined)
      for (const line of repeatLines(source.name, reading.repeats(), reading.progress().arrived)) notes.say(line);
    return result;
  } finally {
    await source.close();
  }
}

/** What a file holds more than once, for people. */
function repeatLines(name: string, { same, variants, alike }: Repeats, entries: number): readonly string[] {
  const all = `of the ${count(entries)} entries in ${name}, `;
  return [
    ...(same === 0 ? [] : [`${all}${count(same)} came twice and ${same === 1 ? 'is' : 'are'} counted once`]),
    ...(variants === 0
      ? []
      : [`${all}${count(variants)} came twice with the same id and other content; both are counted`]),
    ...(alike === 0
      ? []
      : [`${all}${count(alike)} came twice without an id; both are counted, as equal entries may be real`]),
  ];
}

/** Whose entries they may be. */
interface Vendor {
  /** That of the connection. */
  readonly usual: Provider;
  /** How the vendor was named; undefined: nobody named one. */
  readonly named: string | undefined;
}

interface Opened {
  readonly source: InputSource;
  readonly provider: Provider;
}

async function isDirectory(ctx: Context, path: string): Promise<boolean> {
  if (path === '-') return false;
  const { stat } = await import('node:fs/promises');
  return stat(resolve(ctx.cwd, path)).then(
    (seen) => seen.isDirectory(),
    () => false,
  );
}

async function openFile(ctx: Context, { path, csvRaw }: Input, vendor: Vendor): Promise<Opened> {
  const { openInputFile, sourceOf } = await import('../../input/open.js');
  const file = await openInputFile(ctx, path, { csvRaw });
  try {
    return { source: sourceOf(file), provider: await vendorOf(file, vendor) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openDirectory(
  ctx: Context,
  { path, org }: Pick<Input, 'path'> & { readonly org: Where['org'] },
  { usual, named }: Vendor,
  notes: Notes,
): Promise<Opened> {
  const [{ openInputDirectory }, { parseOrgs }, { PROVIDERS }] = await Promise.all([
    import('../../input/directory.js'),
    import('../../profile/parse.js'),
    import('../../providers/index.js'),
  ]);
  const source = await openInputDirectory(ctx, resolve(ctx.cwd, path), path, {
    orgs: org === undefined ? undefined : parseOrgs({ text: org.join(','), from: '--org' }, usual),
    openSpool: await spools(ctx),
    tell: notes.insist,
  });
  if (source.vendor === undefined)
    throw usageError(`${path} holds logs of several vendors`, 'Name one organization: --org ID');
  const provider = [usual, ...(named === undefined ? PROVIDERS : [])].find(({ name }) => name === source.vendor);
  if (provider !== undefined) return { source, provider };
  throw usageError(
    named === undefined
      ? `the entries of ${path} are those of ${source.vendor}, which is none of the vendors known here`
      : `the entries of ${path} are those of ${source.vendor}, and not those of ${usual.name}, which ${named} names`,
    'Name the vendor whose log it is: --provider NAME',
  );
}

/** Whose entries the file holds: those of the vendor that was named, else of the first whose they can be. */
async function vendorOf(file: InputFile, { usual, named }: Vendor): Promise<Provider> {
  const fits = await file.fits(usual);
  if (fits === true) return usual;
  if (named !== undefined && fits === false)
    throw usageError(
      `${file.name} does not begin with an entry of ${usual.title}'s, which ${named} names`,
      'Name the vendor whose log it is: --provider NAME',
    );
  const { PROVIDERS } = await import('../../providers/index.js');
  for (const provider of named === undefined ? PROVIDERS : []) if (await file.fits(provider)) return provider;
  // Whatever is wrong with it is told, with its line, when it is read.
  return usual;
}

function nobody(): never {
  throw new Error('a file needs no key');
}

/** Nobody is asked. */
const OFFLINE: Client = {
  get: nobody,
  stats: () => ({ requests: 0, retries: 0, waiting: undefined, skew: 0, rate: undefined }),
  close: async () => {},
};
