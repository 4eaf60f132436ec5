import type { ActionWord, PersonField, Provider } from './provider.js';

const users = { category: 'Users & Members' };
const processes = { category: 'Processes & Jobs' };
const settings = { category: 'Settings' };
const accounts = { category: 'Accounts' };

const userCreated: ActionWord = { ...users, label: 'User Created', kind: 'create' };
const userUpdated: ActionWord = { ...users, label: 'User Updated', kind: 'update' };
const memberAdded: ActionWord = { ...users, label: 'Member Added', kind: 'create' };
const memberRoleUpdated: ActionWord = { ...users, label: 'Member Role Updated', kind: 'update' };
const memberRemoved: ActionWord = { ...users, label: 'Member Removed', kind: 'delete' };
const invitationCreated: ActionWord = { ...users, label: 'Invitation Created', kind: 'create' };
const invitationAccepted: ActionWord = { ...users, label: 'Invitation Accepted', kind: 'create' };
const processCreated: ActionWord = { ...processes, label: 'Process Created', kind: 'create' };
const processUpdated: ActionWord = { ...processes, label: 'Process Updated', kind: 'update' };
const processDeleted: ActionWord = { ...processes, label: 'Process Deleted', kind: 'delete' };
const processMemberAdded: ActionWord = { ...processes, label: 'Process Member Added', kind: 'create' };
const processMemberRemoved: ActionWord = { ...processes, label: 'Process Member Removed', kind: 'delete' };
const jobCompleted: ActionWord = { ...processes, label: 'Job Completed', kind: 'other' };
const settingsUpdated: ActionWord = { ...settings, label: 'Settings Updated', kind: 'update' };
const apiKeyCreated: ActionWord = { ...settings, label: 'API Key Created', kind: 'create' };
const apiKeyDeactivated: ActionWord = { ...settings, label: 'API Key Deactivated', kind: 'update' };
const licenseActivated: ActionWord = { ...settings, label: 'License Activated', kind: 'update' };
const accountCreated: ActionWord = { ...accounts, label: 'Account Created', kind: 'create' };
const accountUpdated: ActionWord = { ...accounts, label: 'Account Updated', kind: 'update' };

/**
 * The documented events. It is not documented whether an entry has the bare verb of the filter (delete) or the event's own (removed), so both
 * spellings have the same words, and a query for one finds the other.
 */
const actions: Provider['actions'] = {
  'user.created': userCreated,
  'user.create': userCreated,
  'user.updated': userUpdated,
  'user.update': userUpdated,
  'member.added': memberAdded,
  'member.add': memberAdded,
  'member.create': memberAdded,
  'member.role_updated': memberRoleUpdated,
  'member.update': memberRoleUpdated,
  'member.removed': memberRemoved,
  'member.remove': memberRemoved,
  'member.delete': memberRemoved,
  'invitation.created': invitationCreated,
  'invitation.create': invitationCreated,
  'invitation.accepted': invitationAccepted,
  'invitation.accept': invitationAccepted,
  'process.created': processCreated,
  'process.create': processCreated,
  'process.updated': processUpdated,
  'process.update': processUpdated,
  'process.deleted': processDeleted,
  'process.delete': processDeleted,
  'process.member_added': processMemberAdded,
  'process.assign': processMemberAdded,
  'process.member_removed': processMemberRemoved,
  'process.unassign': processMemberRemoved,
  'job.completed': jobCompleted,
  'job.complete': jobCompleted,
  'settings.updated': settingsUpdated,
  'settings.update': settingsUpdated,
  'api_key.created': apiKeyCreated,
  'api_key.create': apiKeyCreated,
  'api_key.deactivated': apiKeyDeactivated,
  'api_key.deactivate': apiKeyDeactivated,
  // With this verb the key is deleted.
  'api_key.delete': { ...apiKeyDeactivated, kind: 'delete' },
  'license.activated': licenseActivated,
  'license.activate': licenseActivated,
  'account.created': accountCreated,
  'account.create': accountCreated,
  'account.updated': accountUpdated,
  'account.update': accountUpdated,
};

/** The member by email; without one, the id of the resource is assumed to be the user's. */
const AFFECTED: readonly PersonField[] = [
  { name: 'details.resource_name', email: ['details.affected', 'details.email'] },
  { id: 'resource_id' },
];
const ROLE_AFTER = ['details.new.role', 'details.role'];
const ROLE_BEFORE = 'details.old.role';

export const rpawatch: Provider = {
  name: 'rpawatch',
  title: 'RPAWatch',
  base: 'https://rpawatch.com',
  path: '/api/v1/audit-logs',
  defaultOrg: undefined,
  auth: { type: 'header', header: 'x-api-key' },
  // The server's action filter takes a verb in an unknown spelling, so actions are filtered here.
  filters: { resourceType: 'resource_type', user: 'user', account: 'account_id', tenant: 'tenant_id' },
  dates: { from: 'from', to: 'to', format: 'day' },
  paging: { style: 'page', page: 'page', size: 'page_size', max: 100, sizeIn: { path: 'page_size' } },
  items: 'items',
  total: { path: 'total' },
  fields: {
    id: 'id',
    time: 'timestamp',
    action: { join: ['resource_type', 'action'] },
    actor: { id: ['user.id', 'user'], name: 'user.name', email: 'user.email' },
    // If the resource is a person, it is the affected person.
    target: { id: 'resource_id', actions: ['user.*', 'member.*', 'invitation.*'] },
    resource: [{ type: { path: 'resource_type' }, id: 'resource_id' }],
    org: { id: 'tenant_id' },
    metadata: 'details',
    account: 'account_id',
    tenant: 'tenant_id',
  },
  columns: [
    { heading: 'When', shows: 'time' },
    { heading: 'User', shows: 'actor' },
    { heading: 'Action', shows: 'event' },
    { heading: 'Resource type', shows: '.resource_type' },
    { heading: 'Resource id', shows: '.resource_id' },
    { heading: 'Account', shows: '.account_id' },
    { heading: 'Tenant', shows: '.tenant_id' },
  ],
  access: {
    rules: [
      { actions: ['invitation.created', 'invitation.create'], does: 'invite', person: AFFECTED, role: ROLE_AFTER },
      { actions: ['invitation.accepted', 'invitation.accept'], does: 'accept', person: AFFECTED, role: ROLE_AFTER },
      {
        actions: ['member.added', 'member.add', 'member.create'],
        does: 'grant',
        person: AFFECTED,
        role: ROLE_AFTER,
      },
      {
        actions: ['member.role_updated', 'member.update'],
        does: 'change',
        person: AFFECTED,
        role: ROLE_AFTER,
        oldRole: ROLE_BEFORE,
      },
      {
        actions: ['member.removed', 'member.remove', 'member.delete'],
        does: 'revoke',
        person: AFFECTED,
        oldRole: ROLE_BEFORE,
      },
    ],
  },
  actions,
  actionsComplete: false,
  rate: { default: 120 },
  errorMessage: ['error.message', 'message', 'error'],
  needs: 'A tenant admin sees every account of the tenant, an account admin only the account.',
  assumed: [
    'The path /api/v1/audit-logs and that keys may use it.',
    'The names of all parameters, and pages of at most 100.',
    'The answer has its entries in items and their number in total, newest first.',
    'The names of the fields of an entry.',
    'Whether the action of an entry is a bare verb (delete) or the word of the event (removed): both are known.',
    'The time zone of the day that from and to name is unknown: one day more is asked for on each side, and trimmed here.',
    'The rate limit is unknown.',
    'The details of an event about a member have the email in affected or email, and the roles in old.role, new.role or role.',
  ],
};
