import type { DemoPerson, Role } from './people.js';
import type { DemoAction, EventFacts, Occasion } from './things.js';

/** An invited person is not a member yet: only the email is known. */
export function invite({ world, random, on }: Occasion): EventFacts {
  const role = personOf({ world, on })?.role ?? 'viewer';
  return { metadata: { email: on ?? `guest.${100 + random.below(900)}@partner.example`, role } };
}

export function join(occasion: Occasion): EventFacts | undefined {
  const person = personOf(occasion);
  if (person === undefined) return undefined;
  const { role, email } = person;
  occasion.world.roles.set(person.id, role);
  return { member: { person, role }, metadata: { email, role } };
}

export function leave(occasion: Occasion, metadata: EventFacts['metadata'] & object): EventFacts | undefined {
  const person = personOf(occasion);
  return person && { member: { person, role: occasion.world.roles.get(person.id) ?? person.role }, metadata };
}

const LADDER: readonly Role[] = ['viewer', 'member', 'developer', 'admin'];

export function changeRole(occasion: Occasion): EventFacts | undefined {
  const { world, random, by, on } = occasion;
  const person = on === undefined ? random.pick(world.present) : personOf(occasion);
  if (person === undefined || person === by || person.role === 'owner') return undefined;
  const before = world.roles.get(person.id) ?? person.role;
  const step = LADDER.indexOf(before);
  const after = LADDER[on !== undefined ? 3 : step === 3 || (step > 0 && random.percent(40)) ? step - 1 : step + 1]!;
  if (after === before) return undefined;
  world.roles.set(person.id, after);
  return { member: { person, role: after }, metadata: { previous_role: before, new_role: after } };
}

export function transfer({ world }: Occasion): EventFacts {
  const [from, to] = world.present;
  return {
    metadata: { previous_owner: { id: from?.id, email: from?.email }, new_owner: { id: to?.id, email: to?.email } },
  };
}

/** Something about a member of a sub-organization. */
export function subOrgMember(roles: Readonly<Record<string, Role>>): DemoAction {
  return ({ world, random }) => {
    const { live } = world.things.subOrg;
    if (live.length === 0) return undefined;
    const person = random.pick(world.present);
    const { id, name } = random.pick(live);
    return { member: { person, role: 'member' }, metadata: { ...roles, sub_org: { id, name } } };
  };
}

function personOf({ world, on }: Pick<Occasion, 'world' | 'on'>): DemoPerson | undefined {
  return world.everyone.find(({ email }) => email === on);
}
