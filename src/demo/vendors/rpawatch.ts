import { hash, idOf } from '../random.js';
import type { Happening } from './happening.js';

/** The demo's actions in RPAWatch's words: assistants are processes; workflows, broadcasts and chats are jobs; connections are settings. */
const WORDS: Readonly<Record<string, string>> = {
  'org.updated': 'account update',
  'org.deleted': 'account delete',
  'org.disabled': 'account deactivate',
  'org.enabled': 'license activate',
  'org.restored': 'account restore',
  'org.transferred': 'account transfer',
  'org.transferred_to': 'account transfer',
  'org.detached': 'account detach',
  'org.detached_from': 'account detach',
  'org.sub_org_created': 'account create',
  'org.sub_org_updated': 'account update',
  'org.sub_org_member_joined': 'user create',
  'org.sub_org_member_role_changed': 'user update',
  'member.invited': 'invitation create',
  'member.joined': 'invitation accept',
  'member.removed': 'member delete',
  'member.left': 'member delete',
  'member.role_changed': 'member update',
  'assistant.created': 'process create',
  'assistant.updated': 'process update',
  'assistant.deleted': 'process delete',
  'assistant.restored': 'process restore',
  'assistant.duplicated': 'process duplicate',
  'assistant.duplicated_from': 'process duplicate',
  'action.created': 'process assign',
  'action.deleted': 'process unassign',
  'action.enabled': 'process enable',
  'action.disabled': 'process disable',
  'broadcast.created': 'job create',
  'broadcast.deleted': 'job delete',
  'broadcast.activated': 'job activate',
  'broadcast.paused': 'job pause',
  'sso.profile.sessions.revoked': 'session revoke',
  'sso.domain.create_code_requested': 'job complete',
  'sso.domain.delete_code_requested': 'job complete',
  'chat.deleted': 'job delete',
  'workflow.created': 'job create',
  'workflow.deleted': 'job delete',
  'workflow.restored': 'job restore',
  'integration.enabled': 'settings enable',
  'integration.disabled': 'settings disable',
  'api_key.created': 'api_key create',
  'api_key.deleted': 'api_key delete',
};

const VERBS: Readonly<Record<string, string>> = { created: 'create', updated: 'update', deleted: 'delete' };
const ACCOUNTS = 3;

export function toRpawatch({ id, action, at, by, target, resource, org, metadata }: Happening): object {
  const [type, verb] = (WORDS[action] ?? `settings ${VERBS[action.slice(action.lastIndexOf('.') + 1)]}`).split(' ');
  return {
    id,
    timestamp: at,
    user: by === undefined ? null : { id: by.id, name: by.name, email: by.email },
    action: verb,
    resource_type: type,
    resource_id: resource.id ?? null,
    details: {
      ...(resource.name === undefined ? {} : { resource_name: resource.name }),
      ...(target?.email === undefined ? {} : { affected: target.email }),
      ...oldAndNew(metadata),
    },
    // Each person works in one account; automated events belong to the first.
    account_id: idOf('acc', 7, by?.id === undefined ? 0 : numberOf(by.id) % ACCOUNTS),
    tenant_id: org,
  };
}

/** `previous_role`, `new_role` as `{ old: { role }, new: { role } }`; the rest as it is. */
function oldAndNew(metadata: Readonly<Record<string, unknown>>): object {
  const rest: Record<string, unknown> = {};
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (key.startsWith('previous_')) before[key.slice('previous_'.length)] = value;
    else if (key.startsWith('new_') && `previous_${key.slice(4)}` in metadata) after[key.slice(4)] = value;
    else rest[key] = value;
  }
  return Object.keys(before).length === 0 ? rest : { ...rest, old: before, new: after };
}

function numberOf(text: string): number {
  return [...text].reduce((sum, letter) => hash(sum, letter.charCodeAt(0)), 0);
}
