import type { ActionWord, Provider } from './provider.js';

/**
 * The documented events, in their own groups. The documentation spells out six names; the others follow the same pattern. There are more than a
 * hundred.
 */
const actions: Provider['actions'] = {
  ...group('Member Management', {
    'member.invited': ['Member Invited', 'create'],
    'member.invite_accepted': ['Member Invite Accepted', 'create'],
    'member.invite_revoked': ['Member Invite Revoked', 'delete'],
    'member.role_changed': ['Member Role Changed', 'update'],
    'member.offboarded': ['Member Offboarded', 'delete'],
    'member.reactivated': ['Member Reactivated', 'update'],
    'workspace.member_added': ['Workspace Member Added', 'create'],
    'workspace.member_removed': ['Workspace Member Removed', 'delete'],
    'workspace.permissions_updated': ['Workspace Permissions Updated', 'update'],
  }),
  ...group('App Lifecycle', {
    'app.created': ['App Created', 'create'],
    'app.deleted': ['App Deleted', 'delete'],
    'app.duplicated': ['App Duplicated', 'create'],
    'app.moved': ['App Moved', 'update'],
    'app.published': ['App Published', 'update'],
    'app.rolled_back': ['App Rolled Back', 'update'],
    'app.version_restored': ['App Version Restored', 'update'],
    'app.settings_updated': ['App Settings Updated', 'update'],
  }),
  ...group('Billing & Subscriptions', {
    'subscription.changed': ['Subscription Changed', 'update'],
    'subscription.cancelled': ['Subscription Cancelled', 'delete'],
    'billing.top_up': ['Billing Top-Up', 'other'],
    'billing.top_up_settings_updated': ['Top-Up Settings Updated', 'update'],
    'billing.notification_settings_updated': ['Billing Notification Settings Updated', 'update'],
    'stripe_connect.initiated': ['Stripe Connect Initiated', 'create'],
    'stripe_connect.disconnected': ['Stripe Connect Disconnected', 'delete'],
  }),
  ...group('Integrations & Connections', {
    'integration.connected': ['Integration Connected', 'create'],
    'integration.disconnected': ['Integration Disconnected', 'delete'],
    'oauth.connected': ['OAuth Connected', 'create'],
    'oauth.disconnected': ['OAuth Disconnected', 'delete'],
    'channel.configured': ['Channel Configured', 'update'],
    'mcp_integration.created': ['MCP Integration Created', 'create'],
    'mcp_integration.updated': ['MCP Integration Updated', 'update'],
    'mcp_integration.deleted': ['MCP Integration Deleted', 'delete'],
    'phone_number.purchased': ['Phone Number Purchased', 'create'],
    'phone_number.released': ['Phone Number Released', 'delete'],
    'custom_domain.created': ['Custom Domain Created', 'create'],
    'custom_domain.updated': ['Custom Domain Updated', 'update'],
    'custom_domain.deleted': ['Custom Domain Deleted', 'delete'],
    'sender_domain.created': ['Sender Domain Created', 'create'],
    'sender_domain.updated': ['Sender Domain Updated', 'update'],
    'sender_domain.deleted': ['Sender Domain Deleted', 'delete'],
  }),
  ...group('Knowledge & AI', {
    'knowledge_source.created': ['Knowledge Source Created', 'create'],
    'knowledge_source.deleted': ['Knowledge Source Deleted', 'delete'],
    'knowledge_source.linked': ['Knowledge Source Linked', 'create'],
    'knowledge_source.unlinked': ['Knowledge Source Unlinked', 'delete'],
    'agent_link.created': ['Agent Link Created', 'create'],
    'agent_link.deleted': ['Agent Link Deleted', 'delete'],
    'voice_clone.created': ['Voice Clone Created', 'create'],
    'voice_clone.deleted': ['Voice Clone Deleted', 'delete'],
  }),
  ...group('Organization Settings', {
    'workspace.created': ['Workspace Created', 'create'],
    'workspace.updated': ['Workspace Updated', 'update'],
    'workspace.deleted': ['Workspace Deleted', 'delete'],
    'whitelabel.updated': ['Whitelabel Updated', 'update'],
    'package.created': ['Package Created', 'create'],
    'package.updated': ['Package Updated', 'update'],
    'package.deleted': ['Package Deleted', 'delete'],
  }),
};

function group(
  category: string,
  words: Readonly<Record<string, readonly [label: string, kind: ActionWord['kind']]>>,
): Provider['actions'] {
  return Object.fromEntries(
    Object.entries(words).map(([action, [label, kind]]) => [action, { category, label, kind }]),
  );
}

const ROLE_AFTER = ['context.newRole', 'context.new_role', 'context.role'];
const ROLE_BEFORE = ['context.previousRole', 'context.previous_role'];

export const chipp: Provider = {
  name: 'chipp',
  title: 'Chipp',
  base: 'https://build.chipp.ai',
  path: '/api/organization/rbac/members/audit-log',
  defaultOrg: undefined,
  auth: { type: 'header', header: 'authorization', scheme: 'Bearer' },
  filters: { action: 'action', target: 'targetUserId' },
  dates: { from: 'since', format: 'day' },
  paging: {
    style: 'offset',
    offset: 'offset',
    size: 'limit',
    max: 200,
    hasMore: 'pagination.has_more',
    sizeIn: { path: 'pagination.limit' },
  },
  items: 'data',
  total: { path: 'pagination.total' },
  fields: {
    id: 'id',
    time: ['createdAt', 'created_at'],
    action: 'action',
    actor: {
      id: ['actorUserId', 'actor_user_id'],
      name: ['actorName', 'actor_name'],
      email: ['actorEmail', 'actor_email'],
    },
    target: { id: ['targetUserId', 'target_user_id'], email: ['targetEmail', 'target_email'] },
    resource: [{ type: { path: ['resourceType', 'resource_type'] }, id: ['resourceId', 'resource_id'] }],
    ip: ['ipAddress', 'ip_address'],
    userAgent: ['userAgent', 'user_agent'],
    metadata: 'context',
  },
  columns: [
    { heading: 'Actor', shows: 'actor' },
    { heading: 'Action', shows: 'event' },
    { heading: 'Timestamp', shows: 'time' },
    { heading: 'Details', shows: 'details' },
  ],
  access: {
    rules: [
      { actions: ['member.invited'], does: 'invite', role: ROLE_AFTER },
      { actions: ['member.invite_revoked'], does: 'uninvite' },
      { actions: ['member.invite_accepted', 'member.reactivated'], does: 'grant', role: ROLE_AFTER },
      { actions: ['member.role_changed'], does: 'change', role: ROLE_AFTER, oldRole: ROLE_BEFORE },
      { actions: ['member.offboarded'], does: 'revoke', oldRole: ROLE_BEFORE },
    ],
  },
  actions,
  actionsComplete: false,
  rate: { default: 120 },
  errorMessage: 'error.message',
  needs: 'Audit logs need the Studio Pro plan or higher, and a key of an organization owner or admin.',
  assumed: [
    'The address https://build.chipp.ai.',
    'The answer has its entries in data, and total and has_more in pagination, as the other endpoints do.',
    'Entries come newest first.',
    'The names of the fields of an entry; the snake_case spelling of each is read too.',
    'The names of the events that are documented in words only.',
    'The time zone of the day that since names is unknown: one day more is asked for, and trimmed here.',
    'The rate limit is unknown.',
    'The roles of an event are called previousRole, newRole and role in context. Events of workspaces say nothing of the organization.',
  ],
};
