import type { Batch } from '../source/source.js';
import type { Spool } from '../source/spool.js';

const CHUNK = 500;

interface Place {
  readonly time: number;
  readonly id: string | undefined;
  readonly org: string;
  readonly start: number;
  readonly size: number;
}

/** The same entries, newest first, equal times by id descending, as exports have them. What orders them is held; their texts are put aside. */
export async function* newestFirst(batches: AsyncIterable<Batch>, openSpool: () => Spool): AsyncGenerator<Batch, void> {
  const spool = openSpool();
  try {
    const places: Place[] = [];
    for await (const { entries, org } of batches)
      for (const { id, time, raw } of entries)
        places.push({ id, time, org, start: spool.append(raw), size: raw.length });
    // Without ids, what came later in its file stands first.
    places.reverse().sort(byAge);
    for (let at = 0; at < places.length; at += CHUNK) yield* readBack(places.slice(at, at + CHUNK), spool);
  } finally {
    spool.close();
  }
}

function byAge(a: Place, b: Place): number {
  const [left, right] = [orderOf(a.time), orderOf(b.time)];
  if (left !== right) return left < right ? 1 : -1;
  if (a.id === undefined || b.id === undefined || a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
}

/** What has no time comes last. */
function orderOf(time: number): number {
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

/** Files are ascending: read in that order, most of it is read at once. */
function* readBack(places: readonly Place[], spool: Spool): Generator<Batch> {
  const texts = new Map<Place, Buffer>();
  for (const place of [...places].sort((a, b) => a.start - b.start))
    texts.set(place, spool.read(place.start, place.size));
  let start = 0;
  for (const [at, { org }] of places.entries()) {
    if (places[at + 1]?.org === org) continue;
    const entries = places.slice(start, at + 1).map((place) => ({
      id: place.id,
      time: place.time,
      raw: texts.get(place) as Buffer,
    }));
    yield { entries, org };
    start = at + 1;
  }
}
