import type { Context } from '../../context.js';
import { AuditlogError, EXIT } from '../../errors.js';
import type { Hearing } from '../../http/outbound.js';
import type { Notes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import type { BucketInput } from './bucket.js';

/** Where an input is read from: itself, or the copy of a place in a bucket. */
export interface InputPlace {
  /** A path on this machine, or `-`. */
  readonly path: string;
  readonly bucket: BucketInput | undefined;
  /** Notes in which the copy is not mentioned. */
  readonly notes: Notes;
  /** A text in which the copy is not mentioned. */
  readonly shown: (text: string) => string;
}

/** Whether an input is an address in a bucket. */
export function isBucketAddress(input: string): boolean {
  return /^s3:\/\//i.test(input);
}

/** As `withPlace`, for several. */
export async function withPlaces<Result>(
  ctx: Context,
  inputs: readonly string[],
  notes: Notes,
  use: (places: readonly InputPlace[]) => Promise<Result>,
): Promise<Result> {
  const [first, ...others] = inputs;
  if (first === undefined) return use([]);
  return withPlace(ctx, first, notes, (place) => withPlaces(ctx, others, notes, (places) => use([place, ...places])));
}

/** Calls `use` with the place that an input names. A copy is removed at the end, however `use` ends. */
export async function withPlace<Result>(
  ctx: Context,
  input: string,
  notes: Notes,
  use: (place: InputPlace) => Promise<Result>,
): Promise<Result> {
  if (!isBucketAddress(input)) return use({ path: input, bucket: undefined, notes, shown: (text) => text });
  const { openBucketInput } = await import('./bucket.js');
  const onWait: Hearing['onWait'] = (wait) => {
    if (wait !== undefined) notes.say(`${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
  };
  const bucket = await openBucketInput(ctx, input, { debug: notes.debug, onWait }, notes.say);
  const { copy } = bucket;
  const shown = (text: string): string => copy.shown(text);
  try {
    return await use({
      path: copy.path,
      bucket,
      shown,
      notes: {
        ...notes,
        say: (text) => notes.say(shown(text)),
        insist: (text) => notes.insist(shown(text)),
      },
    });
  } catch (error) {
    throw (isDamage(error) ? await copy.outdated() : undefined) ?? copy.explained(error);
  } finally {
    await copy.close();
  }
}

/** Whether what was read differs from what is recorded. The errors of a disk have a cause. */
function isDamage(error: unknown): boolean {
  if (!(error instanceof AuditlogError)) return false;
  return error.exitCode === EXIT.different || (error.exitCode === EXIT.local && error.cause === undefined);
}
