import type { AuditEvent, Kind } from '../../event.js';
import { actionWord } from '../../providers/actions.js';
import type { Provider } from '../../providers/provider.js';
import { readScalar } from '../../providers/value.js';
import { bitOf, OUTCOMES, RULES } from './sections.js';

/** The meaning of an action for a report. */
export interface ActionSort {
  readonly kind: Kind;
  readonly label: string;
  readonly category: string;
  /** The bits of its sections. */
  readonly sections: number;
}

/** Maximum number of actions to cache. A vendor has fewer, unless it writes sentences. */
const MOST_KNOWN = 5000;
/** Longer names are not split into words. */
const LONGEST = 300;

/** Opens a classifier of actions by their words. Each action is classified once. */
export function openSorter(provider: Provider): (action: string) => ActionSort {
  const known = new Map<string, ActionSort>();
  return (action) => {
    const found = known.get(action);
    if (found !== undefined) return found;
    const { kind, label, category } = actionWord(provider, action);
    const words = phraseOf(`${action.slice(0, LONGEST)} ${label.slice(0, LONGEST)}`);
    const sort = { kind, label, category, sections: sectionsOf(words, kind) };
    if (known.size < MOST_KNOWN) known.set(action, sort);
    return sort;
  };
}

function sectionsOf(words: string, kind: Kind): number {
  const isLasting = kind === 'create' || kind === 'delete';
  let bits = 0;
  for (const { section, about, does, not, lasting } of RULES) {
    if (!about.test(words) || does?.test(words) === false || not?.test(words) === true) continue;
    if (lasting !== true || isLasting) bits |= bitOf(section);
  }
  return bits;
}

/** The words of a name in lower case, separated by one space. */
export function phraseOf(text: string): string {
  return text
    .replace(/([\p{Ll}\d])(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const OUTCOME_WORDS = [...new Set(OUTCOMES.map(([path]) => `"${path.split('.').at(-1)}"`))].map((word) =>
  Buffer.from(word),
);

/** Whether the entry says that the action failed; undefined if it has no outcome. */
export function failureIn(event: AuditEvent): boolean | undefined {
  const { raw } = event.entry;
  // Most entries have none of these keys, and are not parsed.
  if (!OUTCOME_WORDS.some((word) => raw.includes(word))) return undefined;
  const { value } = event;
  let told: boolean | undefined;
  for (const [path, failed] of OUTCOMES) {
    const text = readScalar(value, path);
    if (text === undefined) continue;
    if (failed.test(text)) return true;
    told = false;
  }
  return told;
}
