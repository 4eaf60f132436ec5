import type { Manifest } from './manifest.js';

/** Whether the file of a sealed manifest was removed because of its age. */
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

/** Files of days before this one were removed; undefined: none were. */
export function prunedBefore(sealed: readonly Manifest[]): string | undefined {
  return sealed.reduce<string | undefined>(
    (latest, { pruned }) => (pruned !== undefined && pruned.before > (latest ?? '') ? pruned.before : latest),
    undefined,
  );
}
