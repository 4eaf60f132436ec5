import { SETTINGS } from './names.js';
import type { DemoPerson, Role } from './people.js';
import type { Random } from './random.js';
import { type DemoThing, discard, make, type ThingKind, type World } from './world.js';

/** What an event is about, as far as an entry tells it. */
export interface EventFacts {
  readonly assistant?: DemoThing;
  readonly workflow?: DemoThing;
  readonly connection?: DemoThing;
  readonly broadcast?: DemoThing;
  readonly member?: { readonly person: DemoPerson; readonly role: Role };
  /** The number of a conversation: there are many, and what is told of one follows from it. */
  readonly chat?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The circumstances of one deed. `on` names the person or the thing when the story wants a certain one. */
export interface Deed {
  readonly world: World;
  readonly random: Random;
  readonly by: DemoPerson | undefined;
  readonly on?: string | undefined;
}

/** Does it: changes the world and tells what happened; undefined when it cannot be done now. */
export type Doing = (deed: Deed) => EventFacts | undefined;

type Describe = (thing: DemoThing) => EventFacts;

const about: Readonly<Record<'assistant' | 'workflow' | 'connection' | 'broadcast', Describe>> = {
  assistant: (assistant) => ({ assistant }),
  workflow: (workflow) => ({ workflow }),
  connection: (connection) => ({ connection }),
  broadcast: (broadcast) => ({ broadcast }),
};
const named: Describe = ({ id, name }) => ({ metadata: { id, name } });
const typed: Describe = ({ id, type, name }) => ({ metadata: { id, type, name } });
const domain: Describe = ({ id, name }) => ({ metadata: { id, domain: name } });
const address: Describe = ({ id, name }) => ({ metadata: { id, email: name } });
const provider: Describe = ({ id, type, name }) => ({ metadata: { id, name, provider: type } });
const subOrg: Describe = ({ id, name }) => ({ metadata: { id, name } });

/** All that can happen, by the vendor's own name of it. */
export const DOINGS: Readonly<Record<string, Doing>> = {
  'org.updated': ({ random }) => ({
    metadata: { changes: [random.pick(['logo_url', 'name', 'features', 'plan', 'config'])] },
  }),
  'org.deleted': () => ({ metadata: { reason: 'requested', recoverable_days: 30 } }),
  'org.disabled': () => ({ metadata: { reason: 'payment_failed', invoice: 'INV-2207' } }),
  'org.enabled': () => ({ metadata: { reason: 'payment_received', invoice: 'INV-2207' } }),
  'org.restored': () => ({ metadata: { reason: 'deleted_by_mistake' } }),
  'org.transferred': (deed) => transfer(deed),
  'org.transferred_to': (deed) => transfer(deed),
  'org.detached': detach,
  'org.detached_from': ({ world }) => ({ metadata: { parent: { id: world.orgId, name: 'Baltic Ferries Group' } } }),
  'org.sub_org_created': creates('subOrg', subOrg),
  'org.sub_org_updated': changes('subOrg', (thing) => ({
    metadata: { id: thing.id, name: thing.name, changes: ['features'] },
  })),
  'org.sub_org_member_joined': inSubOrg((role) => ({ role })),
  'org.sub_org_member_role_changed': inSubOrg((role) => ({ previous_role: 'viewer', new_role: role })),

  'member.invited': (deed) => invite(deed),
  'member.joined': (deed) => join(deed),
  'member.removed': (deed) => leave(deed, { reason: 'offboarded' }),
  'member.left': (deed) => leave(deed, {}),
  'member.role_changed': changeRole,

  'assistant.created': creates('assistant', about.assistant),
  'assistant.updated': updateAssistant,
  'assistant.deleted': deletes('assistant', about.assistant),
  'assistant.restored': restores('assistant', about.assistant),
  'assistant.duplicated': duplicate,
  'assistant.duplicated_from': duplicatedFrom,

  'action.created': creates('action', typed, true),
  'action.deleted': deletes('action', typed, true),
  'action.enabled': switches('action', typed, true, true),
  'action.disabled': switches('action', typed, false, true),

  'integration.created': creates('integration', typed),
  'integration.deleted': deletes('integration', typed),
  'integration.updated': changes('integration', (thing) => ({
    metadata: { ...typed(thing).metadata, changes: ['settings'] },
  })),
  'integration.enabled': switches('integration', typed, true),
  'integration.disabled': switches('integration', typed, false),

  'broadcast.created': creates('broadcast', about.broadcast),
  'broadcast.deleted': deletes('broadcast', about.broadcast),
  'broadcast.activated': switches(
    'broadcast',
    (thing) => ({ broadcast: thing, metadata: { recipients: 240 + thing.name.length * 37 } }),
    true,
  ),
  'broadcast.paused': switches('broadcast', about.broadcast, false),

  'domain.created': creates('domain', domain),
  'domain.deleted': deletes('domain', domain),
  'email.domain.created': creates('emailDomain', domain),
  'email.domain.deleted': deletes('emailDomain', domain),
  'email.identity.created': creates('emailIdentity', address),
  'email.identity.deleted': deletes('emailIdentity', address),

  'sso.profile.created': creates('ssoProfile', provider),
  'sso.profile.updated': changes('ssoProfile', provider),
  'sso.profile.deleted': deletes('ssoProfile', provider),
  'sso.profile.sessions.revoked': changes('ssoProfile', (thing) => ({
    metadata: { ...provider(thing).metadata, sessions: 31 },
  })),
  'sso.domain.create_code_requested': () => ({ metadata: { domain: 'lumenharbor.example', method: 'dns_txt' } }),
  'sso.domain.delete_code_requested': changes('ssoDomain', (thing) => ({
    metadata: { ...domain(thing).metadata, method: 'email' },
  })),
  'sso.domain.created': creates('ssoDomain', domain),
  'sso.domain.updated': changes('ssoDomain', (thing) => ({ metadata: { ...domain(thing).metadata, enforced: true } })),
  'sso.domain.deleted': deletes('ssoDomain', domain),

  'chat.deleted': deleteChat,

  'workflow.created': creates('workflow', about.workflow),
  'workflow.deleted': deletes('workflow', about.workflow),
  'workflow.restored': restores('workflow', about.workflow),

  'connection.created': creates('connection', about.connection),
  'connection.updated': changes('connection', (connection) => ({
    connection,
    metadata: { type: connection.type, changes: ['credentials'] },
  })),
  'connection.deleted': deletes('connection', about.connection),

  'api_key.created': creates('apiKey', named),
  'api_key.deleted': deletes('apiKey', named),
};

function creates(kind: ThingKind, tell: Describe, ofAssistant = false): Doing {
  return (deed) => owned(deed, tell(make(deed.world.seed, deed.world.things[kind], deed.on)), ofAssistant);
}

/** Deletes the named one, or any that is not kept. */
function deletes(kind: ThingKind, tell: Describe, ofAssistant = false): Doing {
  return (deed) => {
    const shelf = deed.world.things[kind];
    const { live, kept } = shelf;
    const named = deed.on === undefined ? -1 : live.findIndex(({ name }) => name === deed.on);
    if (named === -1 && live.length <= kept) return undefined;
    const thing = discard(shelf, named === -1 ? kept + deed.random.below(live.length - kept) : named);
    return thing && owned(deed, tell({ ...thing, enabled: false }), ofAssistant);
  };
}

function restores(kind: ThingKind, tell: Describe): Doing {
  return ({ world }) => {
    const shelf = world.things[kind];
    const thing = shelf.bin.pop();
    if (thing === undefined) return undefined;
    shelf.live.push(thing);
    return tell(thing);
  };
}

function changes(kind: ThingKind, tell: Describe): Doing {
  return ({ world, random }) => {
    const { live } = world.things[kind];
    return live.length === 0 ? undefined : tell(random.pick(live));
  };
}

function switches(kind: ThingKind, tell: Describe, enabled: boolean, ofAssistant = false): Doing {
  return (deed) => {
    const { live } = deed.world.things[kind];
    const place = deed.random.below(live.length);
    const thing = live[place];
    if (thing === undefined) return undefined;
    live[place] = { ...thing, enabled };
    return owned(deed, tell(live[place]), ofAssistant);
  };
}

/** Actions belong to an assistant, which the entry names too. */
function owned({ world, random }: Deed, fact: EventFacts, ofAssistant: boolean): EventFacts {
  const { live } = world.things.assistant;
  return ofAssistant && live.length > 0 ? { ...fact, assistant: random.pick(live) } : fact;
}

function updateAssistant({ world, random }: Deed): EventFacts | undefined {
  const { live, kept } = world.things.assistant;
  const place = random.below(live.length);
  const before = live[place];
  if (before === undefined) return undefined;
  if (place < kept || !random.percent(40)) return { assistant: before, metadata: { changes: twoOf(random) } };
  const name = before.name.endsWith(' (beta)') ? before.name.slice(0, -7) : `${before.name} (beta)`;
  live[place] = { ...before, name };
  return { assistant: live[place], metadata: { previous_name: before.name, new_name: name } };
}

function twoOf(random: Random): readonly string[] {
  const first = random.pick(SETTINGS);
  const second = random.pick(SETTINGS);
  return first === second ? [first] : [first, second];
}

/** Makes a copy, of which the event that follows tells. */
function duplicate({ world, random }: Deed): EventFacts | undefined {
  const shelf = world.things.assistant;
  const origin = random.pick(shelf.live);
  const copy = make(world.seed, shelf, `${origin.name.replace(/( \((copy|beta)\))+$/, '')} (copy)`);
  return { assistant: origin, metadata: { new_id: copy.id, new_name: copy.name } };
}

function duplicatedFrom({ world }: Deed): EventFacts | undefined {
  const assistant = world.things.assistant.live.at(-1);
  return assistant && { assistant, metadata: { origin_name: assistant.name.replace(/ \(copy\)$/, '') } };
}

function deleteChat({ world, random }: Deed): EventFacts | undefined {
  const { live } = world.things.assistant;
  return live.length === 0 ? undefined : { assistant: random.pick(live), chat: random.below(1_000_000) };
}

/** Who is invited is no member yet: only the address is known. */
function invite({ world, random, on }: Deed): EventFacts {
  const role = world.everyone.find(({ email }) => email === on)?.role ?? 'viewer';
  return { metadata: { email: on ?? `guest.${100 + random.below(900)}@partner.example`, role } };
}

function join({ world, on }: Deed): EventFacts | undefined {
  const person = world.everyone.find(({ email }) => email === on);
  if (person === undefined) return undefined;
  world.roles.set(person.id, person.role);
  return { member: { person, role: person.role }, metadata: { email: person.email, role: person.role } };
}

function leave({ world, on }: Deed, metadata: Readonly<Record<string, unknown>>): EventFacts | undefined {
  const person = world.everyone.find(({ email }) => email === on);
  return person && { member: { person, role: world.roles.get(person.id) ?? person.role }, metadata };
}

const LADDER: readonly Role[] = ['viewer', 'member', 'developer', 'admin'];

function changeRole({ world, random, by, on }: Deed): EventFacts | undefined {
  const person = on === undefined ? random.pick(world.present) : world.everyone.find(({ email }) => email === on);
  if (person === undefined || person === by || person.role === 'owner') return undefined;
  const before = world.roles.get(person.id) ?? person.role;
  const step = LADDER.indexOf(before);
  const after = LADDER[on !== undefined ? 3 : step === 3 || (step > 0 && random.percent(40)) ? step - 1 : step + 1]!;
  if (after === before) return undefined;
  world.roles.set(person.id, after);
  return { member: { person, role: after }, metadata: { previous_role: before, new_role: after } };
}

function transfer({ world }: Deed): EventFacts {
  const [from, to] = world.present;
  return {
    metadata: { previous_owner: { id: from?.id, email: from?.email }, new_owner: { id: to?.id, email: to?.email } },
  };
}

function detach({ world }: Deed): EventFacts | undefined {
  const thing = world.things.subOrg.live.at(-1);
  return thing && { metadata: { id: thing.id, name: thing.name } };
}

function inSubOrg(roles: (role: Role) => Readonly<Record<string, unknown>>): Doing {
  return ({ world, random }) => {
    const { live } = world.things.subOrg;
    if (live.length === 0) return undefined;
    const person = random.pick(world.present);
    const { id, name } = random.pick(live);
    return { member: { person, role: 'member' }, metadata: { ...roles('member'), sub_org: { id, name } } };
  };
}
