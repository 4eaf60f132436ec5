import { ASSISTANTS, BROADCASTS, CONNECTIONS, INTEGRATIONS, KEYS, SITES, TOOLS, VARIANTS, WORKFLOWS } from './names.js';
import { type DemoPerson, MAIL_DOMAIN, type Role } from './people.js';
import { idOf } from './random.js';

/** Something that is created, changed and deleted. A change makes a new object: earlier events keep the old one. */
export interface DemoThing {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly enabled: boolean;
}

/** The things of one kind: the existing ones, the deleted ones, and the number of the next. */
export interface Shelf {
  readonly kind: ThingKind;
  readonly live: DemoThing[];
  readonly bin: DemoThing[];
  next: number;
  /** This many of the first things are never renamed or deleted. */
  readonly kept: number;
}

interface Sort {
  readonly prefix: string;
  /** The number of things at the start. */
  readonly first: number;
  /** Type and name of the n-th one. */
  named(n: number): readonly [type: string, name: string];
}

const SORTS = {
  assistant: { prefix: 'asst', first: 14, named: (n) => ['assistant', listed(ASSISTANTS, n)] },
  workflow: { prefix: 'wf', first: 10, named: (n) => ['workflow', listed(WORKFLOWS, n)] },
  connection: { prefix: 'conn', first: 10, named: (n) => typed(CONNECTIONS, n) },
  broadcast: { prefix: 'bc', first: 6, named: (n) => ['broadcast', listed(BROADCASTS, n)] },
  action: { prefix: 'act', first: 10, named: (n) => typed(TOOLS, n) },
  integration: { prefix: 'int', first: 6, named: (n) => typed(INTEGRATIONS, n) },
  apiKey: { prefix: 'key', first: 3, named: (n) => ['api_key', listed(KEYS, n)] },
  domain: { prefix: 'dom', first: 1, named: (n) => ['domain', `${site(n)}.${MAIL_DOMAIN}`] },
  emailDomain: { prefix: 'edom', first: 1, named: (n) => ['email_domain', `${site(n)}-mail.${MAIL_DOMAIN}`] },
  emailIdentity: { prefix: 'eid', first: 1, named: (n) => ['email_identity', `${site(n)}@mail.${MAIL_DOMAIN}`] },
  ssoProfile: {
    prefix: 'sso',
    first: 0,
    named: (n) => (n % 2 === 0 ? ['okta', 'Okta'] : ['entra', 'Microsoft Entra ID']),
  },
  ssoDomain: { prefix: 'ssod', first: 0, named: (n) => ['sso_domain', `${site(n)}.${MAIL_DOMAIN}`] },
  subOrg: { prefix: 'org', first: 0, named: (n) => ['org', `Lumen Harbor ${['Labs', 'Logistics', 'Kiosk'][n % 3]}`] },
} as const satisfies Readonly<Record<string, Sort>>;

export type ThingKind = keyof typeof SORTS;

/** The organization at one moment. */
export interface World {
  readonly seed: number;
  readonly orgId: string;
  readonly things: Readonly<Record<ThingKind, Shelf>>;
  readonly roles: Map<string, Role>;
  readonly everyone: readonly DemoPerson[];
  /** The members on this day. */
  present: readonly DemoPerson[];
}

/** A world whose first things are numbered from `from`, later ones from `next`. */
export function newWorld(start: {
  readonly seed: number;
  readonly orgId: string;
  readonly everyone: readonly DemoPerson[];
  readonly from: number;
  readonly next: number;
  /** Whether the first things are kept. */
  readonly keeps: boolean;
}): World {
  const { seed, orgId, everyone, from, next, keeps } = start;
  const shelves = (Object.keys(SORTS) as ThingKind[]).map((kind): [ThingKind, Shelf] => {
    const { first } = SORTS[kind];
    const live = Array.from({ length: first }, (_, i) => eventObject(seed, kind, from + i));
    return [kind, { kind, live, bin: [], next, kept: keeps ? first : 0 }];
  });
  const things = Object.fromEntries(shelves) as Record<ThingKind, Shelf>;
  return { seed, orgId, things, roles: new Map(), everyone, present: everyone };
}

export function make(seed: number, shelf: Shelf, name?: string): DemoThing {
  const thing = eventObject(seed, shelf.kind, shelf.next, name);
  shelf.next += 1;
  shelf.live.push(thing);
  return thing;
}

function eventObject(seed: number, kind: ThingKind, n: number, name?: string): DemoThing {
  const { prefix, named }: Sort = SORTS[kind];
  const [type, usual] = named(n);
  return { id: idOf(prefix, seed, n), name: name ?? usual, type, enabled: true };
}

/** Deletes the thing at `place`; it can be restored. */
export function discard(shelf: Shelf, place: number): DemoThing | undefined {
  const [thing] = shelf.live.splice(place, 1);
  if (thing !== undefined) shelf.bin.push(thing);
  return thing;
}

function listed(names: readonly string[], n: number): string {
  return names[n % names.length]! + another(n, names.length);
}

function typed(names: readonly (readonly [string, string])[], n: number): readonly [string, string] {
  const [type, name] = names[n % names.length]!;
  return [type, name + another(n, names.length)];
}

/** The suffix of a repeated name. After many rounds names repeat: they are not ids. */
function another(n: number, size: number): string {
  return VARIANTS[Math.floor(n / size) % VARIANTS.length]!;
}

function site(n: number): string {
  return SITES[n % SITES.length]! + another(n, SITES.length).toLowerCase().replace(' ', '-');
}
