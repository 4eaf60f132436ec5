import type { Context } from '../../context.js';
import type { Client } from '../../http/client.js';
import { type FileReading, type Repeats, readingOfInput } from '../../input/reading.js';
import { settledZone } from '../../profile/local.js';
import { type Connection, connect, originsOf } from '../../profile.js';
import { openZone } from '../../time.js';
import type { InputChoice } from '../flags/input.js';
import type { Selection } from '../flags/selection.js';
import { writtenRange } from '../flags/times.js';
import type { Notes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import type { Job } from './job.js';
import { type InputPlace, withPlace } from './place.js';
import { toQuery } from './query.js';
import { rangeWords } from './range.js';
import { openInput } from './source.js';

/** Like `withJob`, for an earlier export: no request is made and no key is needed. */
export async function withFileJob<Result>(
  ctx: Context,
  selection: FileSelection,
  notes: Notes,
  use: (job: Job) => Promise<Result>,
): Promise<Result> {
  return withPlace(ctx, selection.input.path, notes, (place) => withPlacedJob(ctx, selection, place, use));
}

type FileSelection = Selection & { readonly input: InputChoice };

async function withPlacedJob<Result>(
  ctx: Context,
  { where, query: written, input }: FileSelection,
  place: InputPlace,
  use: (job: Job) => Promise<Result>,
): Promise<Result> {
  const { notes, shown } = place;
  // Some vendors have no address of their own, and none is needed here.
  const known = await connect(ctx, { ...where, baseUrl: 'http://127.0.0.1', offline: true });
  const vendor = { usual: known.provider, named: (await originsOf(ctx, where)).provider };
  const opened = await openInput(ctx, { csvRaw: input.csvRaw, org: where.org }, vendor, place);
  const { provider } = opened;
  const source = { ...opened.source, name: shown(opened.source.name) };
  try {
    if (provider !== known.provider) notes.say(`the entries of ${source.name} are ${provider.title}'s`);
    const zone = await openZone(await settledZone(ctx, known.zone, notes.say));
    const { query, warnings } = toQuery(written, { provider, zone, now: ctx.clock.now() });
    for (const warning of warnings) notes.say(`warning: ${warning}`);
    if (query.from !== undefined || query.before !== undefined) notes.say(rangeWords(query, zone, written.times));
    const connection: Connection = { ...known, provider, key: async () => notNeeded() };
    let reading: FileReading | undefined;
    const result = await use({
      connection,
      client: OFFLINE,
      zone,
      query,
      written: writtenRange(written.times),
      resettle: () => query,
      settleClock: async () => {},
      serverNow: () => ctx.clock.now(),
      input: source.name,
      read: async (options, more) => {
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

/** Reports entries that a file holds more than once. */
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

function notNeeded(): never {
  throw new Error('a file needs no key');
}

const OFFLINE: Client = {
  get: notNeeded,
  stats: () => ({ requests: 0, retries: 0, waiting: undefined, skew: 0, rate: undefined }),
  close: async () => {},
};
