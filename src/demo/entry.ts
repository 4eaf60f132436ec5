import type { WireFilter } from '../providers/provider.js';
import type { Log } from './contract.js';
import type { DemoEvent } from './everyday.js';
import type { Organization } from './organization.js';
import { type DemoPerson, MAIL_DOMAIN } from './people.js';
import { hash, idOf } from './random.js';
import type { Whereabouts } from './story.js';
import type { DemoThing } from './world.js';

const SCRIPTS: readonly string[] = [
  'python-requests/2.32.4',
  'curl/8.14.1',
  'invent-sdk-node/3.2.0',
  'Go-http-client/2.0',
];

/** An entry of the demo, as the vendor's API gives it. */
export type DemoEntry = ReturnType<typeof entryOf>;

/** The entry of each row of an organization's log. */
export function demoEntries(organization: Organization): (n: number) => DemoEntry {
  const org = orgOf(organization);
  return (n) => entryOf(organization, org, n);
}

/** An organization's log for the contract, newest first. A row is its number; its event and its text are made on demand. */
export function inventLog(organization: Organization): Log<number> {
  const { size, row } = organization;
  const values: Readonly<Partial<Record<WireFilter, (event: DemoEvent) => string | undefined>>> = {
    action: ({ action }) => action,
    user: ({ by }) => by?.id,
    assistant: ({ facts }) => facts.assistant?.id,
    workflow: ({ facts }) => facts.workflow?.id,
    connection: ({ facts }) => facts.connection?.id,
  };
  const entry = demoEntries(organization);
  return {
    rows: Array.from({ length: size }, (_, i) => size - 1 - i),
    view: {
      time: (n) => row(n).time,
      value: (n, filter) => values[filter]?.(row(n)),
      text: (n) => JSON.stringify(entry(n)),
    },
  };
}

function entryOf(organization: Organization, org: ReturnType<typeof orgOf>, n: number) {
  const { time, action, by, source, from, facts } = organization.row(n);
  const { ip, country, agent } = from ?? usualPlace(by, source, n);
  const at = time - (hash(organization.seed, n) % 240_000);
  const actor = orNull(by, (person) => userOf(person, at));
  return {
    id: idOf('al', organization.seed, n),
    action,
    source,
    ip,
    country,
    agent,
    created_at: new Date(time).toISOString(),
    actor,
    user: actor,
    assistant: orNull(facts.assistant, (thing) => assistantOf(thing, action === 'assistant.deleted')),
    workflow: orNull(facts.workflow, (thing) => ({
      id: thing.id,
      name: thing.name,
      access: n % 4 === 0 ? 'private' : 'org',
      org_id: organization.id,
    })),
    connection: orNull(facts.connection, ({ id, type, name }) => ({ id, type, name })),
    broadcast: orNull(facts.broadcast, ({ id, name }) => ({ id, name })),
    member: orNull(facts.member, ({ person, role }) => ({ id: person.memberId, role, user: userOf(person, at) })),
    org,
    metadata: facts.chat === undefined ? (facts.metadata ?? null) : chatOf(organization.seed, facts.chat),
  };
}

function orNull<T, W>(value: T | undefined, write: (value: T) => W): W | null {
  return value === undefined ? null : write(value);
}

/** Where a person usually is; nowhere for an automated event. */
function usualPlace(by: DemoPerson | undefined, source: string, n: number): Record<keyof Whereabouts, string | null> {
  if (by === undefined) return { ip: null, country: null, agent: null };
  const draw = hash(n, 77);
  const ip = by.ips[draw % 8 < 5 ? 0 : draw % 8 < 7 ? 1 : 2]!;
  return { ip, country: by.country, agent: source === 'api' ? SCRIPTS[draw % SCRIPTS.length]! : by.agent };
}

function userOf({ id, name, email }: DemoPerson, seenAt: number) {
  const avatar =
    hash(id.length + name.length, email.length) % 3 === 0 ? null : `https://avatars.${MAIL_DOMAIN}/${id}.png`;
  return { id, name, email, avatar, seen_at: new Date(seenAt).toISOString() };
}

function assistantOf({ id, name, enabled }: DemoThing, deleted: boolean): object {
  const config = { language: 'en', tone: 'friendly', model: 'large', handover: true, channels: ['web', 'whatsapp'] };
  return { id, name, enabled, avatar_url: `https://avatars.${MAIL_DOMAIN}/${id}.png`, deleted, config };
}

const CHANNELS: readonly string[] = ['web', 'whatsapp', 'email', 'slack'];

function chatOf(seed: number, number: number): Readonly<Record<string, unknown>> {
  return { id: idOf('chat', seed, number), channel: CHANNELS[number % 4], messages: 2 + (number % 61) };
}

function orgOf({ id, name, plan }: Organization) {
  return {
    id,
    name,
    verified: true,
    logo_url: `https://avatars.${MAIL_DOMAIN}/${id}.png`,
    plan,
    config: { timezone: 'Europe/Oslo', retention_days: 730 },
    features: ['audit_logs', 'sso', 'sub_orgs'],
  };
}
