import type { Kind } from '../../event.js';
import { actionWord } from '../../providers/actions.js';
import { readAction } from '../../providers/event/normalize.js';
import { findProvider } from '../../providers/index.js';
import type { Provider } from '../../providers/provider.js';
import { isCoded } from '../../providers/value.js';
import { hash } from '../random.js';

/** Chooses the vendor's action for an event of the demo; `n` varies the choice. */
export type ChooseAction = (action: string, n: number) => string;

/** Other vendors' words for the things of the demo. Its products (assistants, workflows and so on) are not among them. */
const NAMES: Readonly<Record<string, string>> = {
  member: 'member user users people person account employee seat collaborator owner admin',
  role: 'role roles permission permissions access privilege grant',
  invited: 'invite invited invitation invitations',
  joined: 'accept accepted join joined add added signup login logged signin',
  removed: 'remove removed delete deleted deactivate deactivated suspend suspended',
  left: 'leave left remove removed',
  org: 'org organization workspace team group company tenant settings policy setting',
  sub: 'project team group workspace space folder board',
  sso: 'sso saml sign login signin authentication auth identity mfa two factor password session',
  domain: 'domain domains dns zone site',
  email: 'email mail address sender',
  key: 'key keys token tokens api secret credential credentials certificate oauth',
};

/** Areas that other vendors have too. Events of other areas may become any documented action. */
const SHARED: ReadonlySet<string> = new Set(['member', 'org', 'sso', 'domain', 'email', 'api_key']);

/**
 * Gives each event one of the vendor's actions, of the same kind if there is one. Events about members, keys, domains and the organization get
 * actions with those words. The others go through all documented actions, so that each of them appears.
 */
export function actionChooser(provider: Provider, examples: readonly unknown[], log?: ToldLog): ChooseAction {
  const known = ofLog(documented(provider, examples), log);
  if (known.length === 0) return (action) => action;
  const chosen = new Map<string, readonly string[]>();
  const choicesOf = (action: string): readonly string[] => {
    const found = chosen.get(action) ?? choices(provider, known, action);
    chosen.set(action, found);
    return found;
  };
  return (action, n) => {
    const list = choicesOf(action);
    return list[hash(n, 613) % list.length]!;
  };
}

/** One of a vendor's logs. */
export interface ToldLog {
  readonly name: string;
  /** Of all of them. */
  readonly names: readonly string[];
}

/** The actions of a log, if their first word names it: `login.logout`. A log without documented actions has those of others under its own name. */
function ofLog(known: readonly string[], log: ToldLog | undefined): readonly string[] {
  if (log === undefined) return known;
  const wordOf = (name: string): string => name.replaceAll('-', '_');
  const startsWith = (action: string, name: string): boolean => action.startsWith(`${wordOf(name)}.`);
  const named = known.filter((action) => log.names.some((name) => startsWith(action, name)));
  if (named.length < known.length / 2) return known;
  const own = known.filter((action) => startsWith(action, log.name));
  if (own.length > 0) return own;
  return known.map((action) => action.replace(/^[^.]*\./, `${wordOf(log.name)}.`));
}

function documented(provider: Provider, examples: readonly unknown[]): readonly string[] {
  const { action } = provider.fields;
  const coded = isCoded(action) ? Object.values(action.words ?? {}) : [];
  const seen = examples.map((example) => readAction(provider, example)).filter((text) => text !== '');
  return [...new Set([...Object.keys(provider.actions), ...coded, ...seen])];
}

function choices(provider: Provider, known: readonly string[], action: string): readonly string[] {
  const { kind } = actionWord(findProvider('invent'), action);
  const kindOf = (one: string): Kind => actionWord(provider, one).kind;
  const alike = known.filter((one) => kindOf(one) === kind);
  const area = action.slice(0, action.lastIndexOf('.'));
  if (!SHARED.has(area.split('.')[0]!)) {
    // Updates are the most frequent events, so they also become actions that create, update or delete nothing.
    const wide = kind === 'update' ? known.filter((one) => ['update', 'other'].includes(kindOf(one))) : alike;
    return wide.length === 0 ? known : wide;
  }
  const words = new Set(action.split(/[._]/).flatMap((word) => (NAMES[word] ?? word).split(' ')));
  const scored = alike.map((one) => [one, wordsOf(provider, one).filter((word) => words.has(word)).length] as const);
  const most = Math.max(0, ...scored.map(([, score]) => score));
  if (most === 0) return alike.length === 0 ? known : alike;
  return scored.filter(([, score]) => score === most).map(([one]) => one);
}

function wordsOf(provider: Provider, action: string): readonly string[] {
  const { label, category } = actionWord(provider, action);
  const text = `${action} ${label} ${category}`.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return [...new Set(text.match(/[a-z0-9]+/g) ?? [])];
}
