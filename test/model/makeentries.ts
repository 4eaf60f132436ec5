import { hash, idOf, randomFrom } from '../../src/demo/random.js';
import { inventEntry, type ModelEntry } from './entry.js';

/** `small` entries have what reading needs, `full` ones every field, 1.1 KB. */
export type Shape = 'small' | 'full';

export interface MakeOptions {
  readonly n: number;
  /** Epoch ms: the entries are spread from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  readonly seed?: number;
  readonly shape?: Shape;
  /** Times are rounded down to multiples of this many ms, so that many entries share one. Default 1. */
  readonly grain?: number;
}

const ACTIONS: readonly string[] = [
  'assistant.updated',
  'member.role_changed',
  'chat.deleted',
  'workflow.created',
  'connection.updated',
  'api_key.deleted',
];
const NAMES: readonly string[] = [
  'Ada Larsen',
  'José Müller',
  '王小明',
  'محمد علي',
  'Zoë 🌻 Quinn',
  "Siân O'Hara",
  'Ilya Петров',
];

/** Entries at random times, newest first; the same options give the same bytes. Ids differ between seeds. */
export function makeEntries({ n, from, to, seed = 1, shape = 'small', grain = 1 }: MakeOptions): readonly ModelEntry[] {
  const random = randomFrom(seed);
  const times = Array.from({ length: n }, () => {
    const time = from + ((random.below(2 ** 30) * 2 ** 20 + random.below(2 ** 20)) / 2 ** 50) * (to - from);
    return Math.max(from, Math.floor(time / grain) * grain);
  });
  times.sort((a, b) => b - a);
  return times.map((time, i) => makeEntry(time, seed, n - i, shape));
}

/** The `n`-th entry of a seed, at `time`. */
export function makeEntry(time: number, seed: number, n: number, shape: Shape = 'small'): ModelEntry {
  return inventEntry(shape === 'full' ? fullEntry(time, seed, n) : smallEntry(time, seed, n));
}

/** The org that every made entry belongs to. */
export const MODEL_ORG = { id: 'org_7b2KxQm4Tz9cVn1LpRw8Ys', name: 'Model Works' } as const;

function smallEntry(time: number, seed: number, n: number): Record<string, unknown> {
  const draw = hash(seed, n);
  const person = draw % NAMES.length;
  return {
    id: idOf('al', seed, n),
    action: ACTIONS[draw % ACTIONS.length],
    source: draw % 5 === 0 ? 'api' : 'app',
    created_at: new Date(time).toISOString(),
    actor: draw % 11 === 0 ? null : { id: `usr_${person}`, name: NAMES[person], email: `p${person}@model.example` },
    assistant: draw % 3 === 0 ? { id: `asst_${draw % 9}`, name: `Assistant ${draw % 9}` } : null,
    org: MODEL_ORG,
    metadata: { n },
  };
}

function fullEntry(time: number, seed: number, n: number): Record<string, unknown> {
  const draw = hash(seed, n);
  const small = smallEntry(time, seed, n);
  const at = new Date(time - (draw % 600_000)).toISOString();
  const who = draw % NAMES.length;
  const user = (k: number): object => ({
    id: `usr_${k}`,
    name: NAMES[k],
    email: `p${k}@model.example`,
    avatar: `https://avatars.model.example/usr_${k}.png`,
    seen_at: at,
  });
  return {
    id: small.id,
    action: small.action,
    source: small.source,
    ip: `198.51.100.${draw % 250}`,
    country: ['NO', 'JP', 'AE', 'US'][draw % 4],
    agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    created_at: small.created_at,
    actor: small.actor === null ? null : user(who),
    user: small.actor === null ? null : user(who),
    assistant: {
      id: `asst_${draw % 9}`,
      name: `Assistant ${draw % 9}`,
      enabled: true,
      avatar_url: null,
      deleted: false,
      config: { language: 'en', model: 'large' },
    },
    workflow: draw % 4 === 0 ? { id: `wf_${draw % 7}`, name: 'Escalate', access: 'org', org_id: MODEL_ORG.id } : null,
    connection: draw % 5 === 0 ? { id: `conn_${draw % 6}`, type: 'slack', name: 'Slack #crew' } : null,
    broadcast: null,
    member: { id: `mem_${draw % 40}`, role: 'developer', user: user((who + 1) % NAMES.length) },
    org: {
      ...MODEL_ORG,
      verified: true,
      logo_url: null,
      plan: 'business',
      config: { timezone: 'UTC' },
      features: ['audit_logs'],
    },
    metadata: { n, previous_role: 'member', new_role: 'developer' },
  };
}
