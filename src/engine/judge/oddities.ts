/** A kind of thing that was found about entries. */
export interface Oddity {
  readonly key: string;
  /** The answer is not certain because of it: a note then, else a remark. */
  readonly spoils: boolean;
  /** The sentence. `named`: the first few entries, described. */
  readonly tell: (count: number, named: string) => string;
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

/** Counts what was found, kind by kind, and keeps the first few names of each. */
export class Oddities {
  readonly #found = new Map<string, Sighting>();

  /** Counts an id once for each kind: pages are read again if the log changes. */
  add(oddity: Oddity, id: string | undefined, name: string): void {
    const key = keyOf(oddity);
    const sighting = this.#found.get(key) ?? { oddity, names: [], ids: new Set<string>(), count: 0 };
    this.#found.set(key, sighting);
    if (id !== undefined) {
      if (sighting.ids.has(id)) return;
      if (sighting.ids.size < REMEMBERED) sighting.ids.add(id);
    }
    sighting.count += 1;
    if (sighting.names.length < NAMED) sighting.names.push(name);
  }

  count(oddity: Oddity): number {
    return this.#found.get(keyOf(oddity))?.count ?? 0;
  }

  notes(): readonly string[] {
    return this.#sentences(true);
  }

  remarks(): readonly string[] {
    return this.#sentences(false);
  }

  #sentences(spoils: boolean): readonly string[] {
    return [...this.#found.values()].filter(({ oddity }) => oddity.spoils === spoils).map(sentence);
  }
}

function keyOf({ key, spoils }: Oddity): string {
  return `${spoils} ${key}`;
}

function sentence({ oddity, names, count }: Sighting): string {
  const more = count - names.length;
  return oddity.tell(count, `${names.join('; ')}${more > 0 ? `; and ${more} more` : ''}`);
}
