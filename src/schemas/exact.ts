import { ENTITY_ACTIVITY, type EntityActivity, type Meaning } from './verbs.js';

type MeaningsByAction = Readonly<Record<string, Meaning>>;

/** Actions with misleading words, by vendor, in the first spelling of its vocabulary. */
const ROWS: Readonly<Record<string, MeaningsByAction>> = {
  invent: {
    // The entry's org is the parent; the metadata names the new one.
    'org.sub_org_created': subOrg('create'),
    'org.sub_org_updated': subOrg('update'),
    // Creates a code; the domain does not change.
    'sso.domain.create_code_requested': entity('create', 'create_code'),
    'sso.domain.delete_code_requested': entity('create', 'delete_code'),
  },
  chipp: {
    'app.rolled_back': entity('update'),
    'app.version_restored': entity('update'),
    'billing.top_up': entity('update'),
    'subscription.cancelled': entity('delete'),
    'stripe_connect.initiated': entity('enroll'),
    'phone_number.released': entity('delete'),
  },
  github: {
    'git.clone': { ...entity('read'), whole: true },
    'git.fetch': { ...entity('read'), whole: true },
    'git.push': { ...entity('update'), whole: true },
    'org.update_member': { class: 3005, activity: 1 },
    'org.add_outside_collaborator': { class: 3001, activity: 1 },
    'org.remove_outside_collaborator': { class: 3001, activity: 6 },
    // Its visibility.
    'repo.access': entity('update'),
    'team.add_repository': { class: 3006, activity: 1 },
    'team.remove_repository': { class: 3006, activity: 2 },
    'personal_access_token.access_granted': entity('enable'),
    'personal_access_token.access_revoked': entity('disable'),
  },
  slack: {
    app_approved: entity('enable'),
    app_restricted: entity('disable'),
    role_change_to_owner: { class: 3005, activity: 1, role: 'owner' },
    role_change_to_admin: { class: 3005, activity: 1, role: 'admin' },
    role_change_to_user: { class: 3005, activity: 1, role: 'user' },
    role_change_to_guest: { class: 3005, activity: 1, role: 'guest' },
    user_session_reset_by_admin: entity('delete', 'session'),
  },
};

export const EXACT: ReadonlyMap<string, ReadonlyMap<string, Meaning>> = new Map(
  Object.entries(ROWS).map(([provider, rows]) => [provider, new Map(Object.entries(rows))]),
);

function entity(activity: EntityActivity, part?: string): Meaning {
  return { class: 3004, activity: ENTITY_ACTIVITY[activity], ...(part === undefined ? {} : { part }) };
}

function subOrg(activity: EntityActivity): Meaning {
  const place = { type: 'sub_org', id: 'metadata.id', name: 'metadata.name' };
  return { ...entity(activity), entity: place };
}
