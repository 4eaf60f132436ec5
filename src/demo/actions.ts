import { changeRole, invite, join, leave, subOrgMember, transfer } from './members.js';
import { SETTINGS } from './names.js';
import {
  changes,
  creates,
  type DemoAction,
  type Describe,
  deletes,
  type EventFacts,
  type Occasion,
  restores,
  switches,
} from './things.js';
import { make, type ThingKind } from './world.js';

const named: Describe = ({ id, name }) => ({ metadata: { id, name } });
const typed: Describe = ({ id, type, name }) => ({ metadata: { id, type, name } });
const domain: Describe = ({ id, name }) => ({ metadata: { id, domain: name } });
const address: Describe = ({ id, name }) => ({ metadata: { id, email: name } });
const provider: Describe = ({ id, type, name }) => ({ metadata: { id, name, provider: type } });
const assistant: Describe = (thing) => ({ assistant: thing });
const workflow: Describe = (thing) => ({ workflow: thing });
const connection: Describe = (thing) => ({ connection: thing });
const broadcast: Describe = (thing) => ({ broadcast: thing });

/** The same description with more metadata. */
function and(describe: Describe, more: EventFacts['metadata']): Describe {
  return (thing) => ({ ...describe(thing), metadata: { ...describe(thing).metadata, ...more } });
}

/** Things that are created and deleted, by the first part of the vendor's name for them. */
const THINGS: readonly (readonly [name: string, kind: ThingKind, describe: Describe, ofAssistant?: true])[] = [
  ['assistant', 'assistant', assistant],
  ['action', 'action', typed, true],
  ['integration', 'integration', typed],
  ['broadcast', 'broadcast', broadcast],
  ['domain', 'domain', domain],
  ['email.domain', 'emailDomain', domain],
  ['email.identity', 'emailIdentity', address],
  ['sso.profile', 'ssoProfile', provider],
  ['sso.domain', 'ssoDomain', domain],
  ['workflow', 'workflow', workflow],
  ['connection', 'connection', connection],
  ['api_key', 'apiKey', named],
];

/** Every action, by the vendor's name for it. */
export const ACTIONS: Readonly<Record<string, DemoAction>> = {
  ...Object.fromEntries(
    THINGS.flatMap(([name, kind, describe, ofAssistant = false]) => [
      [`${name}.created`, creates(kind, describe, ofAssistant)],
      [`${name}.deleted`, deletes(kind, describe, ofAssistant)],
    ]),
  ),
  'org.updated': ({ random }) => ({
    metadata: { changes: [random.pick(['logo_url', 'name', 'features', 'plan', 'config'])] },
  }),
  'org.deleted': () => ({ metadata: { reason: 'requested', recoverable_days: 30 } }),
  'org.disabled': () => ({ metadata: { reason: 'payment_failed', invoice: 'INV-2207' } }),
  'org.enabled': () => ({ metadata: { reason: 'payment_received', invoice: 'INV-2207' } }),
  'org.restored': () => ({ metadata: { reason: 'deleted_by_mistake' } }),
  'org.transferred': transfer,
  'org.transferred_to': transfer,
  'org.detached': ({ world }) => {
    const last = world.things.subOrg.live.at(-1);
    return last && named(last);
  },
  'org.detached_from': ({ world }) => ({ metadata: { parent: { id: world.orgId, name: 'Baltic Ferries Group' } } }),
  'org.sub_org_created': creates('subOrg', named, false),
  'org.sub_org_updated': changes('subOrg', and(named, { changes: ['features'] })),
  'org.sub_org_member_joined': subOrgMember({ role: 'member' }),
  'org.sub_org_member_role_changed': subOrgMember({ previous_role: 'viewer', new_role: 'member' }),

  'member.invited': invite,
  'member.joined': join,
  'member.removed': (occasion) => leave(occasion, { reason: 'offboarded' }),
  'member.left': (occasion) => leave(occasion, {}),
  'member.role_changed': changeRole,

  'assistant.updated': updateAssistant,
  'assistant.restored': restores('assistant', assistant),
  'assistant.duplicated': duplicate,
  'assistant.duplicated_from': ({ world }) => {
    const last = world.things.assistant.live.at(-1);
    return last && { assistant: last, metadata: { origin_name: last.name.replace(/ \(copy\)$/, '') } };
  },
  'workflow.restored': restores('workflow', workflow),
  'chat.deleted': ({ world, random }) => {
    const { live } = world.things.assistant;
    return live.length === 0 ? undefined : { assistant: random.pick(live), chat: random.below(1_000_000) };
  },

  'action.enabled': switches('action', typed, { enabled: true, ofAssistant: true }),
  'action.disabled': switches('action', typed, { enabled: false, ofAssistant: true }),
  'integration.updated': changes('integration', and(typed, { changes: ['settings'] })),
  'integration.enabled': switches('integration', typed, { enabled: true }),
  'integration.disabled': switches('integration', typed, { enabled: false }),
  'connection.updated': changes('connection', (thing) => ({
    connection: thing,
    metadata: { type: thing.type, changes: ['credentials'] },
  })),
  'broadcast.activated': switches(
    'broadcast',
    (thing) => ({ broadcast: thing, metadata: { recipients: 240 + thing.name.length * 37 } }),
    { enabled: true },
  ),
  'broadcast.paused': switches('broadcast', broadcast, { enabled: false }),

  'sso.profile.updated': changes('ssoProfile', provider),
  'sso.profile.sessions.revoked': changes('ssoProfile', and(provider, { sessions: 31 })),
  'sso.domain.create_code_requested': () => ({ metadata: { domain: 'lumenharbor.example', method: 'dns_txt' } }),
  'sso.domain.delete_code_requested': changes('ssoDomain', and(domain, { method: 'email' })),
  'sso.domain.updated': changes('ssoDomain', and(domain, { enforced: true })),
};

function updateAssistant({ world, random }: Occasion): EventFacts | undefined {
  const { live, kept } = world.things.assistant;
  const at = random.below(live.length);
  const before = live[at];
  if (before === undefined) return undefined;
  if (at < kept || !random.percent(40)) {
    const settings = new Set([random.pick(SETTINGS), random.pick(SETTINGS)]);
    return { assistant: before, metadata: { changes: [...settings] } };
  }
  const name = before.name.endsWith(' (beta)') ? before.name.slice(0, -7) : `${before.name} (beta)`;
  live[at] = { ...before, name };
  return { assistant: live[at], metadata: { previous_name: before.name, new_name: name } };
}

/** Makes a copy, which the next event is about. */
function duplicate({ world, random }: Occasion): EventFacts | undefined {
  const shelf = world.things.assistant;
  const origin = random.pick(shelf.live);
  const copy = make(world.seed, shelf, `${origin.name.replace(/( \((copy|beta)\))+$/, '')} (copy)`);
  return { assistant: origin, metadata: { new_id: copy.id, new_name: copy.name } };
}
