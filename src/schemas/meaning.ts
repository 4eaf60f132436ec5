import { spellings } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { EXACT } from './exact.js';
import {
  ENTITY_ACTIVITY,
  type EntityActivity,
  GROUP_VERB,
  GROUPS,
  MEMBER_VERB,
  type Meaning,
  ORGS,
  OWN_DEED,
  PERSON_VERB,
  PERSONS,
  VERB,
} from './verbs.js';

/** The meaning of an action's last words. */
const ENDINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...each('login logon log_in logged_in signin sign_in signed_in', { class: 3002, activity: 1 }),
  ...each('login_failed logon_failed failed_login login_failure signin_failed sign_in_failed', {
    class: 3002,
    activity: 1,
    failed: true,
  }),
  ...each('logout logoff log_out logged_out signout sign_out signed_out', { class: 3002, activity: 2 }),
  ...each('role_changed role_updated role_assigned role_granted', { class: 3005, activity: 1 }),
  ...each('role_removed role_revoked', { class: 3005, activity: 2 }),
  ...each('password_changed password_updated', { class: 3001, activity: 3 }),
  ...each('password_reset', { class: 3001, activity: 4 }),
  ...each('mfa_enabled two_factor_enabled', { class: 3001, activity: 10 }),
  ...each('mfa_disabled two_factor_disabled', { class: 3001, activity: 11 }),
]);

function each(names: string, meaning: Meaning): readonly (readonly [string, Meaning])[] {
  return names.split(' ').map((name) => [name, meaning] as const);
}

const UNKNOWN: Meaning = { class: 3004, activity: ENTITY_ACTIVITY.other };
/** Maximum length of an action to read, and maximum number of cached meanings. */
const LONGEST = 200;
const MANY = 1000;

/** Looks up actions of a vendor: exact rows first, then their words. Unknown actions are 3004, 99. */
export function openMeanings(provider: Provider): (action: string) => Meaning {
  const known = new Map<string, Meaning>();
  const exact = EXACT.get(provider.name);
  const find = (action: string): Meaning => {
    // Another spelling of an event is the same event.
    const usual = spellings(provider, action)[0] ?? action;
    return exact?.get(usual) ?? readWords(usual);
  };
  return (action) => {
    if (action.length > LONGEST) return UNKNOWN;
    const before = known.get(action);
    if (before !== undefined) return before;
    const meaning = find(action);
    if (known.size < MANY) known.set(action, meaning);
    return meaning;
  };
}

function readWords(action: string): Meaning {
  const dot = action.lastIndexOf('.');
  const area = wordsOf(action.slice(0, Math.max(dot, 0)));
  const words = wordsOf(action.slice(dot + 1));
  while (words.length > 1 && /^(from|to)$/.test(words.at(-1) ?? '')) words.pop();
  for (let at = 0; at < words.length; at += 1) {
    const ending = ENDINGS.get(words.slice(at).join('_'));
    if (ending !== undefined) return ending;
  }
  const last = words.at(-1) ?? '';
  if (isVerb(last)) return meaningOf(last, area, words.slice(0, -1));
  const [first = '', ...rest] = words;
  // `delete_code_requested` deletes nothing.
  if (isVerb(first) && !rest.some((word) => word.endsWith('ed'))) return meaningOf(first, area, rest);
  return UNKNOWN;
}

function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])(?=[A-Z])/g, '$1_')
    .toLowerCase()
    .split(/[._\s:/-]+/)
    .filter((word) => word !== '');
}

function isVerb(word: string): boolean {
  return VERB.has(word) || PERSON_VERB.has(word);
}

/** The meaning of a verb for the object in `area` and the words beside it. */
function meaningOf(verb: string, area: readonly string[], beside: readonly string[]): Meaning {
  const thing = [...area, ...beside];
  const last = thing.at(-1) ?? '';
  if (PERSONS.has(last)) {
    const container = thing.slice(0, -1).filter((word) => !PERSONS.has(word) && !ORGS.has(word));
    const inGroup = container.length > 0 ? MEMBER_VERB.get(verb) : undefined;
    if (inGroup !== undefined) return { class: 3006, activity: inGroup, ...own(verb) };
    const activity = PERSON_VERB.get(verb);
    if (activity !== undefined) return { class: 3001, activity, ...own(verb) };
  }
  if (GROUPS.has(last)) {
    const activity = GROUP_VERB.get(verb);
    if (activity !== undefined) return { class: 3006, activity };
  }
  const activity = VERB.get(verb);
  if (activity === undefined) return UNKNOWN;
  return {
    class: 3004,
    activity: ENTITY_ACTIVITY[activity satisfies EntityActivity],
    ...(beside.length === 0 ? {} : { part: beside.join('_') }),
  };
}

function own(verb: string): { readonly own?: true } {
  return OWN_DEED.has(verb) ? { own: true } : {};
}
