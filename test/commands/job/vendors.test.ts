import { beforeAll, describe, expect, test } from 'vitest';
import { Stopped } from '../../../src/context.js';
import { entryReader } from '../../../src/engine/page/entries.js';
import { scanPage, wantPaths } from '../../../src/engine/page/scan/scan.js';
import type { AuditEvent } from '../../../src/event.js';
import { actionWord } from '../../../src/providers/actions.js';
import { toEvent } from '../../../src/providers/event/normalize.js';
import { findProvider } from '../../../src/providers/index.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';
import { pathList } from '../../../src/providers/value.js';
import { run } from '../../helpers/world.js';

/** The same history is behind the demo of every vendor; one of them defaults to seven days, so a range is asked everywhere. */
const VENDORS = ['invent', 'chipp', 'rpawatch', 'yura'] as const;
const RANGE = '--from 2026-08-01 --to 2026-09-30';

const asked = new Map<string, Promise<readonly AuditEvent[]>>();

/** The same question to the same demo has the same answer. */
function eventsOf(name: string, line: string): Promise<readonly AuditEvent[]> {
  const key = `${name} ${line}`;
  const events = asked.get(key) ?? askDemo(name, line);
  asked.set(key, events);
  return events;
}

async function askDemo(name: string, line: string): Promise<readonly AuditEvent[]> {
  const { code, stdout, stderr } = await run(`${line} --demo --provider ${name} --format ndjson`);
  expect(code, stderr).toBe(0);
  return readEvents(findProvider(name), stdout);
}

/** What a tail begins with, until it waits for more. */
async function tailed(name: string): Promise<readonly AuditEvent[]> {
  const stop = new AbortController();
  const { code, stdout } = await run(`tail --since 24h --demo --provider ${name} --format ndjson`, {
    signal: stop.signal,
    onStderr: (text) => {
      if (text.includes('looking for new events')) stop.abort(new Stopped('SIGINT'));
    },
  });
  expect(code).toBe(0);
  return readEvents(findProvider(name), stdout);
}

function readEvents(provider: Provider, stdout: string): readonly AuditEvent[] {
  const { paths, entryOf } = entryReader(provider);
  const body = Buffer.from(`[${stdout.trimEnd().split('\n').join(',')}]`);
  return scanPage(body, '', wantPaths(paths)).entries.map((row) => toEvent(provider, entryOf(row)));
}

/** What of an event every vendor of a kind tells, for comparison with another vendor's. */
const FACTS: Readonly<
  Record<string, { carried(fields: Provider['fields']): boolean; of(event: AuditEvent): unknown }>
> = {
  id: { carried: ({ id }) => id !== undefined, of: ({ id }) => id },
  time: { carried: () => true, of: ({ time }) => time },
  'actor.id': { carried: ({ actor }) => told(actor, 'id'), of: ({ actor }) => actor?.id },
  'actor.name': { carried: ({ actor }) => told(actor, 'name'), of: ({ actor }) => actor?.name },
  'actor.email': { carried: ({ actor }) => told(actor, 'email'), of: ({ actor }) => actor?.email },
  // Where nothing but the resource says whom it was done to, its id is another one.
  'target.id': {
    carried: ({ target, resource }) => told(target, 'id') && told(target, 'email') && resource !== undefined,
    of: ({ target }) => target?.id,
  },
  'target.email': { carried: ({ target }) => told(target, 'email'), of: ({ target }) => target?.email },
  'resource.id': { carried: ({ resource }) => told(resource, 'id'), of: ({ resource }) => resource?.id },
  'resource.name': { carried: ({ resource }) => told(resource, 'name'), of: ({ resource }) => resource?.name },
  ip: { carried: ({ ip }) => ip !== undefined, of: ({ ip }) => ip },
  userAgent: { carried: ({ userAgent }) => userAgent !== undefined, of: ({ userAgent }) => userAgent },
  'org.id': { carried: ({ org }) => org?.id !== undefined, of: ({ org }) => org?.id },
};

function told(places: unknown, part: 'id' | 'name' | 'email'): boolean {
  return [places].flat().some((place) => pathList((place as Record<string, string> | undefined)?.[part]).length > 0);
}

/** The events as this vendor can tell them, and what each does. */
function asTold(provider: Provider, by: Provider, events: readonly AuditEvent[]): readonly unknown[] {
  const facts = Object.entries(FACTS).filter(([, { carried }]) => carried(by.fields));
  return events.map((event) => ({
    kind: actionWord(provider, event.action).kind,
    ...Object.fromEntries(facts.map(([name, { of }]) => [name, of(event)])),
  }));
}

describe.each(VENDORS)('%s', (name) => {
  const provider = findProvider(name);
  let whole: readonly AuditEvent[] = [];
  let reference: readonly AuditEvent[] = [];

  beforeAll(async () => {
    [whole, reference] = await Promise.all([eventsOf(name, `export ${RANGE}`), eventsOf('invent', `export ${RANGE}`)]);
  });

  test('exports the same events, in the same order, as far as it tells them', () => {
    expect(whole.length).toBeGreaterThan(1200);
    const own = asTold(provider, provider, whole);
    const theirs = asTold(invent, provider, reference);
    // Without ids nothing orders events of the same instant: those are compared as a set.
    const sorted = (facts: readonly unknown[]) => facts.map((fact) => JSON.stringify(fact)).sort();
    expect(whole.map(({ time }) => time)).toEqual(reference.map(({ time }) => time));
    if (provider.fields.id === undefined) expect(sorted(own)).toEqual(sorted(theirs));
    else expect(own).toEqual(theirs);
  });

  test('lists the newest of them, in the server’s own order', async () => {
    const [own, theirs] = await Promise.all([
      eventsOf(name, `list ${RANGE} -n 300`),
      eventsOf('invent', `list ${RANGE} -n 300`),
    ]);
    expect(own.length).toBe(300);
    expect(asTold(provider, provider, own)).toEqual(asTold(invent, provider, theirs));
  });

  test('gives the same answers to the same questions', async () => {
    const count = async (vendor: string, question: string) =>
      (await eventsOf(vendor, `export ${RANGE} ${question}`)).length;
    for (const question of [
      '--kind delete',
      '--kind create,other',
      ...(provider.fields.ip === undefined ? [] : ['--ip 198.51.100.0/24']),
      ...(told(provider.fields.actor, 'email') ? ['--user dana.whitfield@lumenharbor.example'] : []),
      ...(told(provider.fields.actor, 'email') ? ['--not-user dana.whitfield@lumenharbor.example --kind update'] : []),
      ...(told(provider.fields.target, 'email') ? ['--target chloe.nakamura@lumenharbor.example'] : []),
    ])
      expect(await count(name, question), question).toBe(await count('invent', question));
  });

  test('counts the same, by entries and by the server’s own counts', async () => {
    for (const question of [`--by kind ${RANGE}`, `--by weekday,hour ${RANGE}`, `--every month ${RANGE}`]) {
      const [own, theirs] = await Promise.all(
        [name, 'invent'].map((vendor) => run(`stats --demo --provider ${vendor} --format json ${question}`)),
      );
      expect(own!.code, own!.stderr).toBe(0);
      expect(JSON.parse(own!.stdout), question).toEqual(JSON.parse(theirs!.stdout));
    }
  });

  test('tails the same, oldest first', async () => {
    const [own, theirs] = await Promise.all([tailed(name), tailed('invent')]);
    expect(own.length).toBeGreaterThan(10);
    expect(asTold(provider, provider, own)).toEqual(asTold(invent, provider, theirs));
  });

  test('says that the result equals the server’s count', async () => {
    const { stderr } = await run(`export ${RANGE} --demo --provider ${name}`);
    expect(stderr).toContain(
      `Exported ${whole.length.toLocaleString('en')} events. Complete: the server reports the same count (checked `,
    );
  });
});

test('Yura tells its default window when no range is asked', async () => {
  const { stderr, code } = await run('list --demo --provider yura');
  expect(code).toBe(0);
  expect(stderr).toContain('without --from Yura gives the last 7 days only');
});

test('Yura has no public address, and says what to do', async () => {
  const { stderr, code } = await run('list --provider yura', { env: { AUDITLOG_API_KEY: 'k' } });
  expect(code).toBe(2);
  expect(stderr).toContain('missing --base-url: Yura has no public address');
  expect(stderr).toContain('--base-url URL');
});

test('vendors that come as files have a demo in their own words', async () => {
  const { stdout, stderr, code } = await run('list --demo --provider github -n 2 --quiet');
  expect(code, stderr).toBe(0);
  expect(stdout.split('\n')[0]).toMatch(/^Date +Actor +Event +Resource +(?:User +)?Location$/);
});

test('the demo of another vendor prints how to ask it', async () => {
  const stop = new AbortController();
  const { stdout } = await run('demo --provider rpawatch --port 0', {
    signal: stop.signal,
    onStdout: () => setTimeout(() => stop.abort(new Error('stop')), 0),
  });
  expect(stdout).toContain("export AUDITLOG_PROVIDER='rpawatch'\n");
  expect(stdout).toContain(
    'curl -i -H "X-Api-Key: $AUDITLOG_API_KEY" "$AUDITLOG_BASE_URL/api/v1/audit-logs?page_size=1"',
  );
});
