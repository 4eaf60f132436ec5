import type { Manifest } from './manifest.js';

/** Tells of sealed manifests whether their file was removed because of its age, as the tombstones among them say. */
export function prunedBy(sealed: readonly Manifest[]): (manifest: Manifest) => boolean {
  const tombstones = sealed.flatMap(({ pruned, chain }) =>
    pruned === undefined || chain === null ? [] : [{ before: pruned.before, seq: chain.seq }],
  );
  return ({ file, day, chain }) =>
    file !== null &&
    day !== null &&
    chain?.sealed === true &&
    tombstones.some(({ before, seq }) => day < before && chain.seq < seq);
}

/** The day before which nothing is kept any more; undefined: nothing was ever removed. */
export function prunedBefore(sealed: readonly Manifest[]): string | undefined {
  return sealed.reduce<string | undefined>(
    (latest, { pruned }) => (pruned !== undefined && pruned.before > (latest ?? '') ? pruned.before : latest),
    undefined,
  );
}
