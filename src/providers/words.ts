import type { Kind } from '../event.js';

/** `bot_settings`, `botSettings` and `BOT_SETTINGS` are `Bot Settings`; a sentence stays as it is. */
export function labelOf(action: string): string {
  const text = action.trim();
  if (isSentence(text)) return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return phrase(wordsOf(text)) || action || '(no action)';
}

/** What an action is about: the part before a dot, or the words before the verb, or after one that comes first. '' if it does not say. */
export function groupOf(action: string): string {
  const part = isSentence(action) ? -1 : action.search(/[.:/]/);
  if (part > 0) return phrase(wordsOf(action.slice(0, part)));
  const words = wordsOf(action);
  const verb = words.findIndex((word) => KIND_OF_VERB.has(word.toLowerCase()));
  if (verb < 0) return words.length < 2 ? '' : phrase(words.slice(0, -1));
  const [before, after] = [untilLink(words.slice(0, verb)), untilLink(words.slice(verb + 1))];
  const isNamed = !after.every((word) => KIND_OF_VERB.has(word.toLowerCase()));
  const about = before.length > 0 ? before : isNamed ? after : [];
  return phrase(about.slice(0, MOST_WORDS));
}

/** A category is a name, not a sentence. */
const MOST_WORDS = 3;

/**
 * The last known verb decides: `member_invite_revoked` is a delete. In a sentence, or before words that only could be verbs, it is the first:
 * `CreateAccessKey` is a create. Of a name with dots the last part counts.
 */
export function kindOfAction(action: string): Kind {
  const text = action.trim();
  const isOne = isSentence(text);
  const words = wordsOf(isOne ? text : text.slice(text.lastIndexOf('.') + 1)).map((word) => word.toLowerCase());
  const verbs = words.filter((word) => KIND_OF_VERB.has(word));
  const isOrder = words[0] !== undefined && words[0] === verbs[0] && !verbs.at(-1)!.endsWith('ed');
  const verb = isOne || isOrder ? verbs[0] : verbs.at(-1);
  if (verb === undefined) return 'other';
  // What is revoked is gone, but for sessions: people sign in again.
  if (/^revoked?$/.test(verb) && wordsOf(text).some((word) => /^(?:sessions?|logins?)$/i.test(word))) return 'update';
  return KIND_OF_VERB.get(verb)!;
}

/** Maximum characters of a name or a sentence. */
const LONGEST = 1000;

/** At least three words, with blanks between them. */
function isSentence(text: string): boolean {
  return text.length <= LONGEST && /^\S+(?: +\S+){2,}$/.test(text);
}

/** The words of a name, whatever is between them: dots, dashes, blanks, or a change of case. */
function wordsOf(text: string): readonly string[] {
  if (text.length > LONGEST) return [text];
  const isShouted = !/\p{Ll}/u.test(text);
  return text
    .split(/[._\s:/,;()-]+/)
    .flatMap((word) => (isShouted ? word.toLowerCase() : camelWords(word)).split(' '))
    .filter((word) => word !== '');
}

function camelWords(word: string): string {
  return word
    .replaceAll('OAuth', 'Oauth')
    .replace(/([\p{Ll}\d])(?=\p{Lu})/gu, '$1 ')
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1 ');
}

/** The words up to one that only links them to others. */
function untilLink(words: readonly string[]): readonly string[] {
  const plain = words.filter((word) => !FILLERS.has(word.toLowerCase()));
  const link = plain.findIndex((word) => LINKS.has(word.toLowerCase()));
  return link < 0 ? plain : plain.slice(0, link);
}

const FILLERS: ReadonlySet<string> = new Set('a an the was were is are has have had been be successfully'.split(' '));
const LINKS: ReadonlySet<string> = new Set(
  'to from in into of for by with on at as via using who that which when'.split(' '),
);

function phrase(words: readonly string[]): string {
  return words.map(titled).join(' ');
}

const ABBREVIATIONS = ['API', 'SSO', 'MCP', 'MFA', 'IP', 'URL', 'ID', 'OAuth', 'SAML', 'SCIM', 'AI'];

function titled(word: string): string {
  const lower = word.toLowerCase();
  return ABBREVIATIONS.find((known) => known.toLowerCase() === lower) ?? word.charAt(0).toUpperCase() + word.slice(1);
}

const VERBS: Readonly<Record<Kind, string>> = {
  create:
    'create created creates creating add added adds invite invited join joined accept accepted restore restored duplicate duplicated connect connected grant granted assign assigned link linked install installed register registered import imported upload uploaded purchased provision provisioned approve approved generate generated issued subscribed undeleted',
  update:
    'update updated updates updating change changed changes edit edited modify modified rename renamed move moved configured set reset rotate rotated replace replaced patch patched save saved enable enabled activate activated reactivated publish published unsuspended unsuspend unarchived unlocked unlock unblocked disable disabled deactivate deactivated pause paused unpublish archive archived suspend suspended expired expire lock locked block blocked reactivate resume resumed unpause unpaused unblock unarchive unpublished enables disables',
  delete:
    'delete deleted deletes destroy destroyed remove removed removes leave left revoke revoked detach detached disconnect disconnected unlink unlinked unassign unassigned uninstall uninstalled cancel cancelled canceled offboard offboarded purge purged released deprovision deprovisioned unsubscribed trashed',
  other:
    'request requested login logout complete completed transfer transferred export exported view viewed sign signed log logged signin signout fail failed failure succeeded success start started stop stopped read access accessed download downloaded sent send deny denied reject rejected authenticate authenticated authorize authorized verify verified',
};

const KIND_OF_VERB: ReadonlyMap<string, Kind> = new Map(
  (Object.entries(VERBS) as [Kind, string][]).flatMap(([kind, verbs]) => verbs.split(' ').map((verb) => [verb, kind])),
);
