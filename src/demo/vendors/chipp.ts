import type { Happening } from './happening.js';

/** The demo's actions in Chipp's words: assistants are apps, workflows are knowledge, connections are logins at other services. */
const WORDS: Readonly<Record<string, string>> = {
  'org.updated': 'whitelabel.updated',
  'org.deleted': 'organization.deleted',
  'org.disabled': 'subscription.paused',
  'org.enabled': 'subscription.reactivated',
  'org.restored': 'organization.restored',
  'org.transferred': 'organization.transferred',
  'org.transferred_to': 'organization.transferred',
  'org.detached': 'workspace.deleted',
  'org.detached_from': 'organization.detached',
  'org.sub_org_created': 'workspace.created',
  'org.sub_org_updated': 'workspace.updated',
  'org.sub_org_member_joined': 'workspace.member_added',
  'org.sub_org_member_role_changed': 'workspace.permissions_updated',
  'member.joined': 'member.invite_accepted',
  'member.removed': 'member.offboarded',
  'member.left': 'member.offboarded',
  'assistant.created': 'app.created',
  'assistant.updated': 'app.settings_updated',
  'assistant.deleted': 'app.deleted',
  'assistant.restored': 'app.restored',
  'assistant.duplicated': 'app.duplicated',
  'assistant.duplicated_from': 'app.duplicated',
  'action.created': 'mcp_integration.created',
  'action.deleted': 'mcp_integration.deleted',
  'action.enabled': 'agent_link.enabled',
  'action.disabled': 'agent_link.disabled',
  'integration.created': 'integration.connected',
  'integration.deleted': 'integration.disconnected',
  'integration.updated': 'subscription.changed',
  'broadcast.created': 'package.created',
  'broadcast.deleted': 'package.deleted',
  'broadcast.activated': 'app.published',
  'broadcast.paused': 'app.unpublished',
  'domain.created': 'custom_domain.created',
  'domain.deleted': 'custom_domain.deleted',
  'email.domain.created': 'sender_domain.created',
  'email.domain.deleted': 'sender_domain.deleted',
  'email.identity.created': 'phone_number.purchased',
  'email.identity.deleted': 'phone_number.released',
  'sso.profile.created': 'sso.created',
  'sso.profile.updated': 'sso.updated',
  'sso.profile.deleted': 'sso.deleted',
  'sso.profile.sessions.revoked': 'sso.sessions_revoked',
  'sso.domain.create_code_requested': 'billing.top_up',
  'sso.domain.delete_code_requested': 'billing.top_up',
  'sso.domain.created': 'sso.domain_added',
  'sso.domain.updated': 'sso.domain_updated',
  'sso.domain.deleted': 'sso.domain_removed',
  'chat.deleted': 'conversation.deleted',
  'workflow.created': 'knowledge_source.created',
  'workflow.deleted': 'knowledge_source.deleted',
  'workflow.restored': 'knowledge_source.linked',
  'connection.created': 'oauth.connected',
  'connection.updated': 'channel.configured',
  'connection.deleted': 'oauth.disconnected',
};

export function toChipp({ id, action, at, by, target, resource, ip, agent, metadata }: Happening): object {
  const word = WORDS[action] ?? action;
  return {
    id,
    action: word,
    createdAt: at,
    actorUserId: by?.id ?? null,
    actorEmail: by?.email ?? null,
    actorName: by?.name ?? null,
    targetUserId: target?.id ?? null,
    targetEmail: target?.email ?? null,
    resourceType: resource.id === undefined ? null : word.slice(0, word.indexOf('.')),
    resourceId: resource.id ?? null,
    ipAddress: ip,
    userAgent: agent,
    context: { ...(resource.name === undefined ? {} : { resourceName: resource.name }), ...camelCased(metadata) },
  };
}

function camelCased(metadata: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [
      key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );
}
