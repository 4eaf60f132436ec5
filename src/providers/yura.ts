import type { Provider } from './provider.js';

export const yura: Provider = {
  name: 'yura',
  title: 'Yura',
  base: undefined,
  path: '/api/v1/audit-logs',
  defaultOrg: undefined,
  auth: { type: 'header', header: 'authorization', scheme: 'Bearer' },
  // The server filters by the last word of an action only, in a spelling that is not known: actions are filtered here.
  filters: {},
  dates: { from: 'from', to: 'to', format: 'day', defaultDays: 7 },
  paging: { style: 'page', page: 'page', size: 'per_page', max: 100, sizeIn: { path: 'per_page' } },
  items: 'entries',
  total: { path: 'total' },
  fields: {
    time: 'occurred_at',
    action: { join: ['category', 'action'] },
    actor: { name: 'modified_by' },
    target: { name: 'entity' },
    resource: [{ type: { path: 'category' }, name: 'entity' }],
    // What this vendor calls the source is the address that somebody came from.
    ip: 'source',
  },
  columns: [
    { heading: 'Category', shows: '.category' },
    { heading: 'Entity', shows: '.entity' },
    { heading: 'Action', shows: '.action', coloured: true },
    { heading: 'Modified By', shows: 'actor' },
    { heading: 'Occurred At', shows: 'time' },
    { heading: 'Source', shows: '.source' },
  ],
  access: {
    rules: [
      { actions: ['invitations.created'], does: 'invite' },
      { actions: ['members.created'], does: 'grant' },
      { actions: ['members.updated'], does: 'change' },
      { actions: ['members.deleted'], does: 'revoke' },
    ],
  },
  actions: {
    'login.login': { category: 'Sessions', label: 'Login', kind: 'other' },
    'logout.logout': { category: 'Sessions', label: 'Logout', kind: 'other' },
  },
  actionsComplete: false,
  rate: { default: 120 },
  errorMessage: ['error.message', 'message', 'error'],
  needs: 'The key must be allowed to see the audit log.',
  assumed: [
    'The path /api/v1/audit-logs, and a bearer token; there is no public address.',
    'The names of all parameters, and pages of at most 100.',
    'The answer has its entries in entries and their number in total, newest first.',
    'The names of the fields of an entry. There is no id: two equal entries may both be real.',
    'The time zone of the day that from and to name is unknown: one day more is asked for on each side, and trimmed here.',
    'The rate limit is unknown.',
    'The category of members is Members and that of invitations is Invitations; the entity is the name of the person. No entry says a role.',
  ],
};
