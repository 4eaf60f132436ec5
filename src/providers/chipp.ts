import type { Provider } from './provider.js';

/** Of its more than 100 event types the documentation names these; any other gets its words from its own name. */
const actions: Provider['actions'] = {
  'member.invited': { category: 'Members', label: 'Member Invited', kind: 'create' },
  'member.offboarded': { category: 'Members', label: 'Member Offboarded', kind: 'delete' },
  'member.role_changed': { category: 'Members', label: 'Member Role Changed', kind: 'update' },
  'integration.connected': { category: 'Integrations', label: 'Integration Connected', kind: 'create' },
  'subscription.changed': { category: 'Billing', label: 'Subscription Changed', kind: 'update' },
  'billing.top_up': { category: 'Billing', label: 'Billing Top-Up', kind: 'other' },
};

export const chipp: Provider = {
  name: 'chipp',
  title: 'Chipp',
  base: 'https://build.chipp.ai',
  path: '/api/organization/rbac/members/audit-log',
  defaultOrg: undefined,
  auth: { header: 'authorization', scheme: 'Bearer' },
  filters: { action: 'action', target: 'targetUserId' },
  dates: { from: 'since', format: 'day' },
  paging: { style: 'offset', offset: 'offset', size: 'limit', max: 200, hasMore: 'pagination.has_more' },
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
    'The time zone of the day that since names is unknown: one day more is asked for, and trimmed here.',
    'The rate limit is unknown.',
  ],
};
