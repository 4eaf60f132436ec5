import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stopped } from '../../../src/context.js';
import type { PagesEnd } from '../../../src/demo/envelope.js';
import { usualDays } from '../../../src/providers/dates.js';
import { readAction } from '../../../src/providers/event/normalize.js';
import type { ProviderFile } from '../../../src/providers/file/parse.js';
import { type FastClock, fastClock } from '../../helpers/fastclock.js';
import { makeHome, NOW, type Ran, type RunOptions, run } from '../../helpers/world.js';
import { type CatalogueServer, type CatalogueServerOptions, type ServedEntry, serveCatalogue } from './server.js';

/** What is done with a vendor's log. */
export const USES = ['list', 'export', 'tail', 'stats', 'collect', 'resume'] as const;
export type UseName = (typeof USES)[number];

interface CatalogueSite {
  readonly file: ProviderFile;
  readonly server: CatalogueServer;
  readonly clock: FastClock;
  readonly home: string;
  readonly ask: (line: string, options?: RunOptions) => Promise<Ran>;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const CAP = 7;
const day = (ago: number): string => new Date(NOW - ago * DAY).toISOString().slice(0, 10);
const [FROM, TO] = [day(32), day(2)];

/** Why the outcome of a use is not the truth with exit 0; undefined: it is. */
export async function faultOf(
  file: ProviderFile,
  use: UseName | 'quiet' | 'doctor' | 'check',
  options: Partial<CatalogueServerOptions> = {},
): Promise<string | undefined> {
  const clock = fastClock(NOW);
  const ending = options.ending ?? usualEnding(file);
  // Tokens end several times while somebody looks for new events.
  const life = use === 'tail' ? { life: 90 } : {};
  const server = await serveCatalogue({ file, clock, cap: CAP, ...life, ...options, ...(ending && { ending }) });
  const home = await makeHome();
  const ask: CatalogueSite['ask'] = (line, more = {}) =>
    run(line, { home, clock, ...more, env: { ...server.env, ...more.env } });
  try {
    return await PERFORMED[use]({ file, server, clock, home, ask });
  } finally {
    await server.close();
  }
}

/** How such a server tells its end: with a flag or by an empty page where the file says so. */
function usualEnding({ provider: { paging } }: ProviderFile): PagesEnd | undefined {
  return paging.hasMore !== undefined || paging.emptyEnds === true ? 'always' : undefined;
}

/** The ways in which a vendor's answers may tell their end, as its file describes them; the first is the usual one. */
export function endingsOf({ provider: { paging } }: ProviderFile): readonly PagesEnd[] {
  if (usualEnding({ provider: { paging } } as ProviderFile) !== undefined) return ['always', 'null', 'absent'];
  return 'next' in paging && typeof paging.next === 'string' ? ['null', 'empty', 'absent'] : [];
}

const PERFORMED: Readonly<
  Record<UseName | 'quiet' | 'doctor' | 'check', (site: CatalogueSite) => Promise<string | undefined>>
> = {
  list: async ({ file, server, ask }) => {
    const ran = await ask('list -n 20 --format ndjson --rate off');
    // Without a range, such vendors are asked for their own number of days.
    const from = NOW - (usualDays(file.provider.dates) ?? 1000) * DAY;
    const recent = server.entries().filter(({ time }) => time >= from);
    return differs(ran, linesOf(ran.stdout), recent.slice(0, 20).map(textOf), true);
  },
  export: async ({ server, ask }) => {
    const ran = await ask(`export --format ndjson --from ${FROM} --to ${TO} --rate off`);
    return differs(ran, linesOf(ran.stdout), within(server).map(textOf));
  },
  /** A range in which nothing happened. */
  quiet: async ({ ask }) => {
    const ran = await ask(`export --format ndjson --from ${day(70)} --to ${day(61)} --rate off`);
    return differs(ran, linesOf(ran.stdout), []);
  },
  doctor: async ({ server, ask }) => {
    const ran = await ask('doctor --format json --rate off');
    const failed = /"status": ?"fail"/.test(ran.stdout);
    if (ran.code === 0 && !failed && server.targets.length <= 10) return undefined;
    return `${server.targets.length} requests; ${told(ran)}\n${ran.stdout}`;
  },
  check: async ({ file, server, ask }) => {
    server.insert(3);
    const ran = await ask(`provider check ${file.provider.name} --live`);
    const wrong = ran.stdout.split('\n').filter((line) => /^Wrong/.test(line) && !line.includes('"max": 7'));
    if (wrong.length === 0 && server.targets.length <= 10) return undefined;
    return `${server.targets.length} requests; ${wrong.join('\n')}; ${told(ran)}`;
  },
  tail: tailing,
  stats: async ({ file, server, ask }) => {
    const ran = await ask(`stats --by action --from ${FROM} --to ${TO} --top 200 --format csv --rate off`);
    const counts = new Map<string, number>();
    for (const { text } of within(server)) {
      const action = readAction(file.provider, JSON.parse(text));
      counts.set(action, (counts.get(action) ?? 0) + 1);
    }
    const given = ran.stdout
      .split(/\r?\n/)
      .slice(1)
      .filter((text) => text !== '');
    return differs(
      ran,
      given.map((text) =>
        text
          .replace(/^"(.*)"/, '$1')
          .split(',')
          .slice(0, 2)
          .join(','),
      ),
      [...counts].map((one) => one.join(',')),
    );
  },
  collect: async ({ server, clock, ask }) => {
    const made = await ask(`collect all --create --dest - --from ${FROM}`);
    if (made.code !== 0) return told(made);
    const first = await ask('collect all --rate off');
    const early = differs(
      first,
      linesOf(first.stdout),
      server
        .entries()
        .filter(({ time }) => time >= Date.parse(FROM))
        .map(textOf),
    );
    if (early !== undefined) return early;
    clock.advance(2 * HOUR);
    server.insert(11);
    const second = await ask('collect all --rate off');
    const all = server.entries().filter(({ time }) => time >= Date.parse(FROM));
    return differs(second, [...linesOf(first.stdout), ...linesOf(second.stdout)], all.map(textOf));
  },
  resume: async ({ server, home, ask }) => {
    const line = `export -o all.ndjson --from ${FROM} --to ${TO} --rate off --max-wait 1s`;
    server.failFrom = 3;
    const cut = await ask(line, { cwd: home });
    if (cut.code === 0) return `the first run should have been cut: ${told(cut)}`;
    server.failFrom = undefined;
    const again = await ask(line, { cwd: home });
    const text = await readFile(join(home, 'all.ndjson'), 'utf8').catch(() => '');
    return differs(again, linesOf(text), within(server).map(textOf));
  },
};

async function tailing({ server, clock, ask }: CatalogueSite): Promise<string | undefined> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Stopped('SIGINT'));
  let news: readonly ServedEntry[] = [];
  clock.at(NOW + 2 * HOUR, interrupt);
  const ran = await ask('tail --format ndjson --interval 60s --rate off', {
    signal: stop.signal,
    onStderr: (text) => {
      if (news.length > 0 || !text.includes('looking for new events')) return;
      const before = new Set(server.entries());
      clock.advance(25 * 60_000);
      server.insert(20);
      news = server.entries().filter((one) => !before.has(one));
      clock.at(clock.now() + 200_000, interrupt);
    },
  });
  if (news.length === 0) return `nothing was looked at: ${told(ran)}`;
  return differs(ran, linesOf(ran.stdout), news.map(textOf));
}

function within(server: CatalogueServer): readonly ServedEntry[] {
  const [from, before] = [Date.parse(FROM), Date.parse(TO) + DAY];
  return server.entries().filter(({ time }) => time >= from && time < before);
}

function textOf({ text }: ServedEntry): string {
  return text;
}

/** Each line as plain JSON: characters may be escaped in it. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.stringify(JSON.parse(line)));
}

function differs(ran: Ran, given: readonly string[], wanted: readonly string[], isOrdered = false): string | undefined {
  const [one, other] = isOrdered ? [given, wanted] : [[...given].sort(), [...wanted].sort()];
  if (ran.code === 0 && one.length === other.length && one.every((text, at) => text === other[at])) return undefined;
  const missing = wanted.filter((text) => !given.includes(text));
  const foreign = given.filter((text) => !wanted.includes(text));
  return `${given.length} of ${wanted.length}, ${missing.length} missing, ${foreign.length} not asked for; ${told(ran)}`;
}

function told({ code, stderr }: Ran): string {
  return `exit ${code}\n${stderr.trim()}`;
}
