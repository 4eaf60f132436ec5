import type { Context } from '../../context.js';
import { AuditlogError, EXIT } from '../../errors.js';
import type { Hearing } from '../../http/outbound.js';
import type { Notes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import type { BucketInput } from './bucket.js';

/** The path to read an input from: the input itself, or the copy of a bucket address. */
export interface InputPlace {
  /** A path on this machine, or `-`. */
  readonly path: string;
  readonly bucket: BucketInput | undefined;
  /** Notes that name the address instead of the copy. */
  readonly notes: Notes;
  /** A text that names the address instead of the copy. */
  readonly shown: (text: string) => string;
}

/** Whether an input is an address in a bucket. */
export function isBucketAddress(input: string): boolean {
  return /^s3:\/\//i.test(input);
}

/** Like `withPlace`, for several inputs. */
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

/** Passes the place of an input to `use`. Deletes a copy after any outcome. */
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

/** Whether the content differs from the record. Errors of a disk have a cause. */
function isDamage(error: unknown): boolean {
  if (!(error instanceof AuditlogError)) return false;
  return error.exitCode === EXIT.different || (error.exitCode === EXIT.local && error.cause === undefined);
}
