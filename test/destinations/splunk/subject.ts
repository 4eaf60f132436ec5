import { openDestination } from '../../../src/destinations/index.js';
import { invent } from '../../../src/providers/invent.js';
import type { Subject } from '../contract.js';
import { world } from '../entries.js';
import { losing, type Request, restarting, stopped } from '../unreliable.js';
import { type SplunkServer, startSplunk, TOKEN } from './server.js';

const isEvents = ({ path, body }: Request) => path.startsWith('/services/collector/event') && body.length > 0;

const shared: Omit<Subject<SplunkServer>, 'name' | 'start'> = {
  destination: 'splunk',
  redelivery: 'at least once',
  open: ({ host }, secret = TOKEN) =>
    openDestination(world({ AUDITLOG_DEST_SECRET: secret }), `splunk+http://${host}`, {
      provider: invent,
      schema: undefined,
    }),
  held: async ({ events }) => events.map(({ event }) => event),
  goesAway: { begin: stopped, exit: 5 },
  takesAPart: { begin: (server) => refusing(server, (at) => (at > 250 ? 12 : undefined)), exit: 5 },
  // Its queues are full: it says that it is busy.
  isFull: { begin: (server) => refusing(server, () => 9), exit: 5 },
  refusesSecret: { wrong: '11111111-2222-4333-8444-555555555555', exit: 4 },
  restarts: (server) => restarting(server, isEvents),
  loses(server, chance) {
    const times = losing(server, chance);
    server.event = () => (chance() < 0.002 ? 9 : undefined);
    return times;
  },
  isSlow(server) {
    server.pause = 30;
    server.indexedAfter = 3;
  },
};

function refusing(server: SplunkServer, fault: (at: number) => number | undefined): () => void {
  let events = 0;
  server.event = () => fault(++events);
  return () => {
    server.event = () => undefined;
  };
}

export const splunk: Subject<SplunkServer> = { ...shared, name: 'splunk', start: () => startSplunk() };

export const acknowledgingSplunk: Subject<SplunkServer> = {
  ...shared,
  name: 'splunk, with indexer acknowledgement',
  start: () => startSplunk({ acknowledges: true }),
};
