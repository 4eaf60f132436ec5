import { openDestination } from '../../../src/destinations/index.js';
import { invent } from '../../../src/providers/invent.js';
import type { Subject } from '../contract.js';
import { world } from '../entries.js';
import { during, losing, type Request, restarting, stopped } from '../unreliable.js';
import { exception, type FakeClickHouse, startFakeClickHouse } from './server.js';

const PASSWORD = 's3cret-Passwort 1';

const isInsert = ({ path }: Request) => path.includes('INSERT');

export const clickhouse: Subject<FakeClickHouse> = {
  name: 'clickhouse',
  destination: 'clickhouse',
  redelivery: 'once',
  async start() {
    const server = await startFakeClickHouse();
    server.account = `joe:${PASSWORD}`;
    return server;
  },
  open({ host }, secret = PASSWORD) {
    const options = { provider: invent, schema: undefined };
    return openDestination(
      world({ AUDITLOG_DEST_SECRET: secret }),
      `clickhouse+http://joe@${host}/default.events`,
      options,
    );
  },
  held: async (server) => server.rows().map(({ raw = '' }) => raw),
  goesAway: { begin: stopped, exit: 5 },
  takesAPart: {
    exit: 5,
    // Bodies that are too large go in halves, each an insert of its own.
    begin(server) {
      server.largest = 8_000;
      const refused = exception(400, 27, 'Cannot parse input: expected quote');
      return during(
        server,
        (request) => isInsert(request) && request.body.length <= 8_000,
        (at) => (at > 2 ? refused : undefined),
      );
    },
  },
  isFull: {
    exit: 5,
    begin: (server) => during(server, isInsert, () => exception(500, 243, 'Cannot reserve 1.00 MiB, not enough space')),
  },
  refusesSecret: { wrong: 'wr0ng-Password', exit: 4 },
  restarts: (server) => restarting(server, isInsert),
  loses: losing,
  isSlow(server) {
    server.pause = 30;
  },
};
