import {
  admit,
  type Door,
  refusal,
  reply,
  tooMany,
  type WireAnswer,
  type WireRequest,
} from '../../src/demo/contract.js';
import { hash, randomFrom } from '../../src/demo/random.js';
import { rateLimit } from '../../src/demo/server.js';
import { signingHeader } from '../../src/providers/auth.js';
import { invent } from '../../src/providers/invent.js';
import { bytesOf } from './bytes.js';
import { openClock } from './clock.js';
import type { ModelEntry } from './entry.js';
import type { About, Fault } from './fault.js';
import { FAULTS, type FaultName } from './faults.js';
import { happenings } from './live.js';
import { MODEL_ORG } from './makeentries.js';
import type { ModelOptions } from './options.js';
import { faultPicker } from './pick.js';
import { shower } from './show.js';
import { type Change, momentThatEquals, openTruth } from './truth.js';
import type { WireFault } from './wire.js';

/** A request as the model saw it. */
export interface Recorded {
  /** From 1. */
  readonly n: number;
  /** Virtual time, epoch ms. */
  readonly at: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Without the header that carries the key. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly authorized: boolean;
  readonly fault: FaultName | undefined;
  readonly status: number;
  /** The moment of the log that was shown. */
  readonly moment: number;
  readonly rows: number;
  /** It came before the time that an earlier Retry-After named. */
  readonly early: boolean;
}

/** An answer, and what the socket is to do to it. Without sockets, `wire` is for whoever asked to act out. */
export interface ModelAnswer {
  readonly status: number;
  /** An empty value: the header is left out. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
  readonly fault: FaultName | undefined;
  readonly wire: WireFault | undefined;
}

/** The adversary without sockets: it knows the truth, and answers as it is told to. */
export interface MemoryModel {
  readonly key: string;
  /** The org's id; `c` is known as well. */
  readonly org: string;
  answer(request: WireRequest): ModelAnswer;
  now(): number;
  /** Moves the clock on; refuses when it is somebody else's. */
  advance(ms: number): void;
  setNow(time: number): void;
  insert(...entries: readonly ModelEntry[]): void;
  remove(...ids: readonly string[]): void;
  /** From now on only this key is accepted. */
  rekey(key: string): void;
  /** What the log held at a moment, newest first; without one, what it holds. */
  truth(moment?: number): readonly ModelEntry[];
  moment(): number;
  readonly history: readonly Change[];
  readonly requests: readonly Recorded[];
  /** What was there at every moment from the first request on, and what was there at any. */
  stable(): readonly ModelEntry[];
  ever(): readonly ModelEntry[];
  /**
   * The first moment, from the first request on, at which the log held exactly these texts, in any order, each as often as given; undefined: there was none.
   * `textOf` says how an entry is written, `wanted` which were asked for.
   */
  momentThatEquals(
    texts: readonly string[],
    textOf?: (entry: ModelEntry) => string,
    wanted?: (entry: ModelEntry) => boolean,
  ): number | undefined;
}

/** What somebody is told who never ends. */
const NO_LONGER = refusal(401, 'unauthorized', 'The API key is missing or invalid.');

export const MODEL_KEY = 'model_Zt6QpYw2Jx8RfB4NcKv9Hd3SgLm7';

/** The model as a function from request to answer. `elsewhere` is the origin that redirects to another origin name. */
export function createModel(options: ModelOptions, elsewhere = 'http://elsewhere.example'): MemoryModel {
  const { key = MODEL_KEY, org = MODEL_ORG.id, provider = invent, seed = 1 } = options;
  const truth = openTruth(options.entries);
  const clock = openClock(options);
  const random = randomFrom(hash(seed, 101));
  const pickFault = faultPicker(options, randomFrom(hash(seed, 202)));
  const changes = happenings(options, truth, clock.now(), randomFrom(hash(seed, 303)));
  const limited = options.perMinute === undefined ? undefined : rateLimit(options.perMinute);
  const firsts = new Map<string, WireAnswer>();
  const requests: Recorded[] = [];
  const show = shower(options, provider);
  /** Before this virtual time nobody should ask, after a 429. */
  let gate = Number.NEGATIVE_INFINITY;
  let began: number | undefined;
  let accepted = key;

  const change = (kind: Change['kind'], inserted: readonly ModelEntry[], removed: readonly ModelEntry[]): void => {
    truth.change({ kind, inserted, removed, at: clock.now(), beforeRequest: requests.length + 1 });
  };
  const remove = (...ids: readonly string[]): void => {
    change(
      'delete',
      [],
      truth.entries().filter(({ id }) => id !== undefined && ids.includes(id)),
    );
  };

  const answer = (request: WireRequest): ModelAnswer => {
    const n = requests.length + 1;
    clock.advance(options.tick ?? (options.live === undefined ? 0 : 120));
    changes(clock.now(), n);
    for (const scheduled of options.schedule ?? []) {
      if (scheduled.before !== n) continue;
      if (scheduled.advance !== undefined) clock.advance(scheduled.advance);
      if (scheduled.insert !== undefined) change('insert', scheduled.insert, []);
      if (scheduled.remove !== undefined) remove(...scheduled.remove);
    }
    const now = clock.now();

    const door: Door = { provider, key: accepted, knows: (asked) => ['', 'c', org].includes(asked), now };
    const serverNow = now + (options.skew ?? 0);
    const name = pickFault(n, request);
    const fault: Fault = name === undefined ? {} : FAULTS[name];
    const lies: readonly Fault[] = (options.lies ?? []).map((lie) => FAULTS[lie]);
    const entered = n > (options.patience ?? Number.POSITIVE_INFINITY) ? NO_LONGER : admit(door, request);
    const wait = limited?.(now);
    const early = now < gate;
    began ??= truth.moment();
    let made: WireAnswer;
    let moment = truth.moment();
    let rows = 0;
    if ('status' in entered) made = entered;
    else if (wait !== undefined) {
      made = tooMany(wait);
      gate = Math.max(gate, now + wait * 1000);
    } else {
      const { ask } = entered;
      const seen = fault.see?.({ at: now, place: ask.place }, { ask, random, provider }) ?? {
        at: now,
        place: ask.place,
      };
      moment = seen.at < now ? truth.momentAt(seen.at) : moment;
      const all = truth.entries(moment);
      const matching = show.matching(all, ask, hash(seed, n));
      const about: About = {
        provider,
        ask,
        target: request.target,
        random,
        now,
        serverNow,
        elsewhere,
        all,
        matching,
        first: firsts.get(request.target),
      };
      const honest = show.page(matching, { ...ask, place: seen.place });
      const plain = lies.reduce((page, lie) => lie.page?.(page, about) ?? page, honest);
      const page = fault.page?.(plain, about) ?? plain;
      rows = page.texts.length;
      const said = reply(provider, ask, request.target, page);
      made = lies.reduce((answered, lie) => lie.answer?.(answered, about) ?? answered, said);
      if (name === undefined && !firsts.has(request.target)) firsts.set(request.target, made);
      made = fault.answer?.(made, about) ?? made;
      const closed = fault.gate?.(made, about);
      if (closed !== undefined) gate = Math.max(gate, now + closed);
    }
    const carrier = signingHeader(provider.auth);
    const { [carrier]: credential, ...headers } = request.headers;
    const url = new URL(request.target, 'http://localhost');
    requests.push({
      n,
      at: now,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers,
      authorized: made.status !== 401 && credential !== undefined,
      fault: name,
      status: made.status,
      moment,
      rows,
      early,
    });
    return {
      status: made.status,
      headers: { date: new Date(serverNow).toUTCString(), ...made.headers },
      body: bytesOf(made.body),
      fault: name,
      wire: fault.wire,
    };
  };

  return {
    key,
    org,
    answer,
    ...clock,
    insert: (...entries) => change('insert', entries, []),
    remove,
    rekey: (next) => {
      accepted = next;
    },
    truth: (moment) => truth.entries(moment),
    moment: () => truth.moment(),
    history: truth.history,
    requests,
    stable: () => truth.always(began ?? 0, truth.moment()),
    ever: () => truth.ever(began ?? 0, truth.moment()),
    momentThatEquals: (texts, textOf, wanted) =>
      momentThatEquals(truth, texts, { from: began ?? 0, to: truth.moment() }, textOf, wanted),
  };
}
