import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stopped } from '../../src/context.js';
import { type FastClock, fastClock } from '../helpers/fastclock.js';
import { makeHome, NOW, type Ran, type RunOptions, run } from '../helpers/world.js';
import { type Outcome, rowsIn } from './judge.js';
import { countBy, dayOf, makeNews, type Row, within } from './log.js';
import { type StandIn, startStandIn } from './server.js';
import { ASKED, providerOf, type Vendor } from './vendor.js';

/** A stand-in, and a user who asks it. */
interface Site {
  readonly standIn: StandIn;
  readonly clock: FastClock;
  readonly ask: (line: string, options?: RunOptions) => Promise<Ran>;
}

/** What somebody does with a log: gives what came of it, and what is the truth. */
export type Use = (site: Site) => Promise<Omit<Outcome, 'requests' | 'bound'>>;

const HOUR = 3_600_000;
const NEWS = 130;
const [FROM, TO] = ['2026-10-20', '2026-11-16'];
const month = ({ time }: Row): string => dayOf(time).slice(0, 7);

/** Everything that is asked of every server. */
export const COMMANDS = {
  'list -n 120': newest('list -n 120 --format ndjson', (rows) => rows.slice(0, 120)),
  'list --page 2': newest('list --page 2 --format ndjson', (rows) => rows.slice(50, 100)),
  'list --all': newest('list --all --format ndjson', (rows) => rows),
  'show --latest': newest('show --latest --format json', (rows) => rows.slice(0, 1)),
  export: whole('export --format ndjson', (rows) => rows),
  'export --from --to': whole(`export --format ndjson --from ${FROM} --to ${TO}`, (rows) => within(rows, FROM, TO)),
  tail: tailing,
  collect: collecting,
  'stats --every month': counting('stats --every month', month),
  'stats --every month --from --to': counting(`stats --every month --from ${FROM} --to ${TO}`, month, [FROM, TO]),
  'stats --by action': counting('stats --by action', ({ action }) => action),
} as const satisfies Readonly<Record<string, Use>>;

export type CommandName = keyof typeof COMMANDS;
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** These ask more than once. */
const LOOKS: Readonly<Partial<Record<CommandName, number>>> = { tail: 4, collect: 2 };

/** Runs a command against a server of its own. */
export function outcomeOf(command: CommandName, vendor: Vendor, log: readonly Row[]): Promise<Outcome> {
  return outcomeOfUse(COMMANDS[command], { vendor, log, looks: LOOKS[command] ?? 1 });
}

/** A stand-in of another kind. */
export interface Kind {
  readonly start: (clock: FastClock, patience: number) => Promise<StandIn>;
  readonly file: object;
  /** Rows of a page. */
  readonly rows: number;
}

interface Asked {
  readonly vendor: Vendor | Kind;
  readonly log: readonly Row[];
  /** How often everything may be read. */
  readonly looks: number;
}

/** Lets somebody use a server of their own. */
export async function outcomeOfUse(use: Use, { vendor, log, looks }: Asked): Promise<Outcome> {
  const clock = fastClock(NOW);
  const { rows, file: described } = kindOf(vendor, log);
  const pages = Math.ceil((log.length + NEWS) / rows);
  const ranges = 'longestDays' in vendor && vendor.longestDays !== undefined ? Math.ceil(60 / vendor.longestDays) : 1;
  const bound = (4 * pages * ranges + 60) * looks;
  const standIn = await kindOf(vendor, log).start(clock, bound * 2);
  const home = await makeHome();
  const file = join(home, 'standin.json');
  await writeFile(file, JSON.stringify(described));
  const ask: Site['ask'] = (line, options = {}) =>
    run(line.replace('STANDIN', `--provider ${file} --base-url ${standIn.base}`), {
      env: { AUDITLOG_API_KEY: standIn.key },
      home,
      clock,
      ...options,
    });
  try {
    const outcome = await use({ standIn, clock, ask });
    return { ...outcome, requests: standIn.targets.length, bound };
  } finally {
    await standIn.close();
  }
}

function kindOf(vendor: Vendor | Kind, log: readonly Row[]): Kind {
  if ('start' in vendor) return vendor;
  return {
    start: (clock, patience) => startStandIn({ vendor, log, clock, patience }),
    file: providerOf(vendor),
    rows: Math.min(ASKED, vendor.cap),
  };
}

const FLAGS = 'STANDIN --rate off';

/** Rows that must come in this order. */
export function newest(line: string, wanted: (rows: readonly Row[]) => readonly Row[]): Use {
  return async ({ standIn, ask }) => {
    const ran = await ask(`${line} ${FLAGS}`);
    return { ran, given: rowsIn(ran), wanted: wanted(standIn.rows()).map(({ id }) => id) };
  };
}

/** Rows that must come in any order. */
export function whole(line: string, wanted: (rows: readonly Row[]) => readonly Row[]): Use {
  return async (site) => sorted(await newest(line, wanted)(site));
}

export function counting(
  line: string,
  keyOf: (row: Row) => string,
  days: readonly [string, string] = ['', '9999'],
): Use {
  return async ({ standIn, ask }) => {
    const ran = await ask(`${line} --format csv ${FLAGS}`);
    const counts = countBy(within(standIn.rows(), ...days), keyOf);
    const given = ran.stdout
      .split(/\r?\n/)
      .slice(1)
      .filter((text) => text !== '');
    const wanted = Object.entries(counts).map(([value, count]) => `${value},${count}`);
    return sorted({ ran, given: given.map((text) => text.split(',').slice(0, 2).join(',')), wanted });
  };
}

function tailing(site: Site): ReturnType<Use> {
  return tailingFor(NEWS)(site);
}

/** Two looks and more: between the first and the second there are `news` new entries. */
export const tailingFor =
  (news: number): Use =>
  async ({ standIn, clock, ask }) => {
    const stop = new AbortController();
    const interrupt = (): void => stop.abort(new Stopped('SIGINT'));
    let hasLooked = false;
    clock.at(NOW + 2 * HOUR, interrupt);
    const ran = await ask(`tail --format ndjson --interval 60s ${FLAGS}`, {
      signal: stop.signal,
      onStderr: (text) => {
        if (hasLooked || !text.includes('looking for new events')) return;
        hasLooked = true;
        standIn.insert(makeNews(news, standIn.now()));
        clock.at(clock.now() + 150_000, interrupt);
      },
    });
    const wanted = standIn.rows().filter(({ id }) => id.startsWith('n'));
    return sorted({ ran, given: rowsIn(ran), wanted: wanted.map(({ id }) => id), isRefusal: hasGivenUp(ran) });
  };

/** Ctrl-C is a good end also for a tail that waits for a server: what it waits for it has said. */
function hasGivenUp({ stderr }: Ran): boolean {
  return stderr.includes('trying again');
}

function collecting(site: Site): ReturnType<Use> {
  return collectingFor(NEWS)(site);
}

/** A cycle, `news` new entries, and another cycle. */
export const collectingFor =
  (news: number): Use =>
  async ({ standIn, clock, ask }) => {
    await ask(`collect all --create --dest - --from 2026-09-15 STANDIN`);
    const before = standIn.rows();
    const first = await ask('collect all --rate off');
    const early = wrongCycle(first, before);
    clock.advance(HOUR);
    standIn.insert(makeNews(news, standIn.now() - HOUR / 2));
    const second = early === undefined ? await ask('collect all --rate off') : first;
    const ran = { ...second, code: Math.max(first.code, second.code), stderr: `${first.stderr}${second.stderr}` };
    const given = early === undefined ? [...rowsIn(first), ...rowsIn(second)] : rowsIn(first);
    return sorted({ ran, given, wanted: (early ?? standIn.rows()).map(({ id }) => id) });
  };

/** What a first cycle should have given, where it ended well without giving it. */
function wrongCycle(ran: Ran, wanted: readonly Row[]): readonly Row[] | undefined {
  const given = rowsIn(ran).sort().join();
  return ran.code === 0 &&
    given !==
      wanted
        .map(({ id }) => id)
        .sort()
        .join()
    ? wanted
    : undefined;
}

function sorted<Given extends Pick<Outcome, 'given' | 'wanted'>>(outcome: Given): Given {
  return { ...outcome, given: [...outcome.given].sort(), wanted: [...outcome.wanted].sort() };
}
