import { actionWord } from '../../providers/actions.js';
import { findProvider } from '../../providers/index.js';
import type { Happening } from './happening.js';

/** Yura's areas, by the part of an action before its first dot. */
const AREAS: Readonly<Record<string, string>> = {
  org: 'Workspace',
  member: 'Members',
  assistant: 'Bots',
  action: 'Bot Actions',
  integration: 'Integrations',
  connection: 'Channels',
  broadcast: 'Campaigns',
  workflow: 'Assignment Rules',
  domain: 'Domains',
  email: 'Domains',
  sso: 'Single Sign-On',
  chat: 'Conversations',
  api_key: 'API Keys',
};

const DONE = { create: 'Created', update: 'Updated', delete: 'Deleted', other: 'Transferred' } as const;

export function toYura({ action, at, by, target, resource, ip }: Happening): object {
  const asked = action.endsWith('_code_requested');
  return {
    category: asked
      ? 'Login'
      : action === 'member.invited'
        ? 'Invitations'
        : (AREAS[action.slice(0, action.indexOf('.'))] ?? 'Workspace'),
    entity: resource.name ?? target?.name ?? target?.email ?? null,
    action: asked ? 'Login' : DONE[actionWord(findProvider('invent'), action).kind],
    modified_by: by?.name ?? null,
    occurred_at: at,
    source: ip,
  };
}
