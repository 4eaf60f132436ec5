import type { Person } from '../event.js';

/** An event as answers show it. */
export interface EventMark {
  /** Epoch ms. */
  readonly time: number;
  readonly id: string | undefined;
  readonly action: string;
  /** Who did it; undefined for automated events and unknown actors. */
  readonly by: Person | undefined;
  /** It arrived after its day had been closed. */
  readonly late: boolean;
}

/** What is known of a person's access to one scope, or to the whole organization. */
export interface Standing {
  /** `unknown`: no event shows it. `invited`: not a member yet. */
  status: 'unknown' | 'invited' | 'in' | 'out';
  /** The role of a member; undefined if no event names it. */
  role: string | undefined;
  /** The event that gave the role. */
  roleMark: EventMark | undefined;
  /** The event that shows the status, and what happened in it. */
  stateMark: EventMark | undefined;
  how: 'acted' | 'accepted' | 'added' | 'changed' | 'invited' | 'removed' | undefined;
  /** The event that made them a member; undefined if it is unknown or older than the log. */
  memberMark: EventMark | undefined;
  /** The last invitation. */
  invitation: EventMark | undefined;
}

/** A person, with everything that events show about them. */
export interface KnownPerson {
  id: string | undefined;
  name: string | undefined;
  email: string | undefined;
  firstSeen: EventMark;
  lastActed: EventMark | undefined;
  readonly standings: Map<string, Standing>;
  /** Set when this record was merged into another one. */
  into?: KnownPerson;
}

/**
 * The people of one organization. Ids decide. An email belongs to the person without an id who has it, or else to the last person with it. A name
 * counts only if the log has neither ids nor emails.
 */
export class KnownPeople {
  readonly #byId = new Map<string, KnownPerson>();
  readonly #byEmail = new Map<string, KnownPerson>();
  readonly #byName = new Map<string, KnownPerson>();
  readonly #all = new Set<KnownPerson>();
  readonly #onMerge: (from: KnownPerson, into: KnownPerson) => void;

  /** `onMerge` is called when two records are the same person. */
  constructor(onMerge: (from: KnownPerson, into: KnownPerson) => void) {
    this.#onMerge = onMerge;
  }

  all(): Iterable<KnownPerson> {
    return this.#all;
  }

  /** Returns the person that an event names, and adds them if they are new. */
  find(person: Person, mark: EventMark): KnownPerson {
    const found = this.#find(person) ?? this.#make(mark);
    if (person.id !== undefined && found.id === undefined) {
      found.id = person.id;
      this.#byId.set(person.id, found);
    }
    if (person.email !== undefined) {
      found.email = person.email;
      this.#byEmail.set(person.email.toLowerCase(), found);
    }
    if (person.name !== undefined) {
      found.name = person.name;
      if (isNameOnly(person)) this.#byName.set(person.name, found);
    }
    return found;
  }

  #find({ id, email, name }: Person): KnownPerson | undefined {
    const mailed = email === undefined ? undefined : this.#byEmail.get(email.toLowerCase());
    if (id === undefined) return mailed ?? (email === undefined ? this.#byName.get(name ?? '') : undefined);
    const found = this.#byId.get(id);
    if (found === undefined) return mailed?.id === undefined ? mailed : undefined;
    if (mailed !== undefined && mailed !== found && mailed.id === undefined) {
      this.#onMerge(mailed, found);
      mailed.into = found;
      this.#all.delete(mailed);
    }
    return found;
  }

  #make(firstSeen: EventMark): KnownPerson {
    const made: KnownPerson = {
      id: undefined,
      name: undefined,
      email: undefined,
      firstSeen,
      lastActed: undefined,
      standings: new Map(),
    };
    this.#all.add(made);
    return made;
  }
}

function isNameOnly({ id, email }: Person): boolean {
  return id === undefined && email === undefined;
}

export function newStanding(): Standing {
  return {
    status: 'unknown',
    role: undefined,
    roleMark: undefined,
    stateMark: undefined,
    how: undefined,
    memberMark: undefined,
    invitation: undefined,
  };
}
