import { ASSISTANTS, BROADCASTS, CONNECTIONS, INTEGRATIONS, KEYS, SITES, TOOLS, VARIANTS, WORKFLOWS } from './names.js';
import type { Person, Role } from './people.js';
import { idOf } from './random.js';

/** Something that can be made, changed and deleted. A change makes a new one, as earlier events keep the old. */
export interface Thing {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly enabled: boolean;
}

/** The things of one kind: those that are there, those that were deleted last, and how many there ever were. */
export interface Shelf {
  live: Thing[];
  bin: Thing[];
  made: number;
  readonly prefix: string;
  /** Type and name of the n-th one ever made. */
  readonly named: (n: number) => readonly [type: string, name: string];
}

export type Kind =
  | 'assistant'
  | 'workflow'
  | 'connection'
  | 'broadcast'
  | 'action'
  | 'integration'
  | 'apiKey'
  | 'domain'
  | 'emailDomain'
  | 'emailIdentity'
  | 'ssoProfile'
  | 'ssoDomain'
  | 'subOrg';

/** The organization as it stands at one moment of its story. */
export interface World {
  readonly seed: number;
  readonly orgId: string;
  readonly things: Readonly<Record<Kind, Shelf>>;
  readonly roles: Map<string, Role>;
  readonly everyone: readonly Person[];
  /** Those who are members today. */
  present: readonly Person[];
}

export function newWorld(seed: number, orgId: string, orgName: string, everyone: readonly Person[]): World {
  const shelf = (prefix: string, named: Shelf['named'], first = 0): Shelf => {
    const made: Shelf = { live: [], bin: [], made: 0, prefix, named };
    for (let n = 0; n < first; n += 1) make(seed, made);
    return made;
  };
  const site = (n: number): string =>
    `${SITES[n % SITES.length]}${n < SITES.length ? '' : Math.floor(n / SITES.length) + 1}.lumenharbor.example`;
  const mail = (n: number): string =>
    `${SITES[n % SITES.length]}${n < SITES.length ? '' : Math.floor(n / SITES.length) + 1}@mail.lumenharbor.example`;
  return {
    seed,
    orgId,
    things: {
      assistant: shelf('asst', (n) => ['assistant', listed(ASSISTANTS, n)], 14),
      workflow: shelf('wf', (n) => ['workflow', listed(WORKFLOWS, n)], 10),
      connection: shelf('conn', (n) => typed(CONNECTIONS, n), 10),
      broadcast: shelf('bc', (n) => ['broadcast', listed(BROADCASTS, n)], 3),
      action: shelf('act', (n) => typed(TOOLS, n), 10),
      integration: shelf('int', (n) => typed(INTEGRATIONS, n), 6),
      apiKey: shelf('key', (n) => ['api_key', listed(KEYS, n)], 3),
      domain: shelf('dom', (n) => ['domain', site(n)], 1),
      emailDomain: shelf('edom', (n) => ['email_domain', site(n)], 1),
      emailIdentity: shelf('eid', (n) => ['email_identity', mail(n)], 1),
      ssoProfile: shelf('sso', (n) => [n % 2 === 0 ? 'okta' : 'entra', n % 2 === 0 ? 'Okta' : 'Microsoft Entra ID']),
      ssoDomain: shelf('ssod', (n) => ['sso_domain', site(n)]),
      subOrg: shelf('org', (n) => ['org', `${orgName} ${['Labs', 'Logistics', 'Kiosk'][n % 3]}`]),
    },
    roles: new Map(),
    everyone,
    present: everyone,
  };
}

/** Makes the next thing of a kind. */
export function make(seed: number, shelf: Shelf, name?: string): Thing {
  const [type, usual] = shelf.named(shelf.made);
  const thing = { id: idOf(shelf.prefix, seed, shelf.made), name: name ?? usual, type, enabled: true };
  shelf.made += 1;
  shelf.live.push(thing);
  return thing;
}

/** Takes the thing at `place` away; it can be restored. */
export function discard(shelf: Shelf, place: number): Thing | undefined {
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

/** What is added to a name that was taken before. */
function another(n: number, size: number): string {
  const round = Math.floor(n / size);
  const word = VARIANTS[round % VARIANTS.length]!;
  return round < VARIANTS.length ? word : `${word} ${Math.floor(round / VARIANTS.length) + 1}`;
}
