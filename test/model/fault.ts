import type { WireAnswer } from '../../src/demo/contract.js';
import type { Served } from '../../src/demo/envelope.js';
import type { LogQuery } from '../../src/demo/query.js';
import type { Random } from '../../src/demo/random.js';
import type { Provider } from '../../src/providers/provider.js';
import type { ModelEntry } from './entry.js';
import type { WireFault } from './wire.js';

/** What a fault may look at while it spoils an answer. */
export interface About {
  readonly provider: Provider;
  readonly ask: LogQuery;
  readonly target: string;
  readonly random: Random;
  /** The model's clock, epoch ms, and what its Date header says. */
  readonly now: number;
  readonly serverNow: number;
  /** Where the server that must never see the key listens. */
  readonly elsewhere: string;
  /** Everything that the log holds at the moment that is seen, newest first. */
  readonly all: readonly ModelEntry[];
  /** All entries that match at the moment that is seen, in the order of the pages. */
  readonly matching: readonly ModelEntry[];
  /** The first answer that this target ever got, if it got one. */
  readonly first: WireAnswer | undefined;
}

/** Which state of the log an answer shows, and which page of it. */
export interface Seen {
  /** Virtual time, epoch ms. */
  readonly at: number;
  readonly place: number;
}

/** One way to answer wrongly. Each part spoils one stage of the making of an answer. */
export interface Fault {
  readonly see?: (seen: Seen, about: Pick<About, 'ask' | 'random' | 'provider'>) => Seen;
  readonly page?: (page: Served, about: About) => Served;
  readonly answer?: (answer: WireAnswer, about: About) => WireAnswer;
  /** What the socket does; the answer is right up to there. Applied only where there are sockets. */
  readonly wire?: WireFault;
  /** Told with a 429 or 503: no request may come earlier, in ms from now. */
  readonly gate?: (answer: WireAnswer, about: About) => number | undefined;
}
