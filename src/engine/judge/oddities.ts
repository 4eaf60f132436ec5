/** One kind of thing that was found about entries. */
export interface Oddity {
  readonly key: string;
  /** Whether the answer is not certain because of it: a note then, else a remark. */
  readonly spoils: boolean;
  /** The sentence. `named`: the first few of them, in words. */
  readonly tell: (count: number, named: string) => string;
}

/** Counts what was found, kind by kind, and keeps the first few names of each. */
export interface Oddities {
  /** An id that was counted already for this kind is not counted again: pages are read twice when the log changes. */
  add(oddity: Oddity, id: string | undefined, name: string): void;
  count(oddity: Oddity): number;
  notes(): readonly string[];
  remarks(): readonly string[];
}

const NAMED = 5;
/** Ids that are remembered for each kind. */
const REMEMBERED = 10_000;

interface Sighting {
  readonly oddity: Oddity;
  readonly names: string[];
  readonly ids: Set<string>;
  count: number;
}

export function openOddities(): Oddities {
  const found = new Map<string, Sighting>();
  const keyOf = ({ key, spoils }: Oddity): string => `${spoils} ${key}`;
  const told = (spoils: boolean): readonly string[] =>
    [...found.values()].filter(({ oddity }) => oddity.spoils === spoils).map(sentence);
  return {
    add(oddity, id, name) {
      const key = keyOf(oddity);
      const sighting = found.get(key) ?? { oddity, names: [], ids: new Set<string>(), count: 0 };
      found.set(key, sighting);
      if (id !== undefined) {
        if (sighting.ids.has(id)) return;
        if (sighting.ids.size < REMEMBERED) sighting.ids.add(id);
      }
      sighting.count += 1;
      if (sighting.names.length < NAMED) sighting.names.push(name);
    },
    count: (oddity) => found.get(keyOf(oddity))?.count ?? 0,
    notes: () => told(true),
    remarks: () => told(false),
  };
}

function sentence({ oddity, names, count }: Sighting): string {
  const more = count - names.length;
  return oddity.tell(count, `${names.join('; ')}${more > 0 ? `; and ${more} more` : ''}`);
}
