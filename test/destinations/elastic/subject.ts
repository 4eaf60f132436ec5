import { openDestination } from '../../../src/destinations/index.js';
import { invent } from '../../../src/providers/invent.js';
import type { Subject } from '../contract.js';
import { world } from '../entries.js';
import { losing, type Request, restarting, stopped } from '../unreliable.js';
import { type ElasticServer, type ItemFault, PASSWORD, startElastic } from './server.js';

const isBulk = ({ path }: Request) => path.includes('/_bulk');

/** Both products speak the same protocol; they differ in their schemes and in how a key is sent. */
const shared: Omit<Subject<ElasticServer>, 'name' | 'destination' | 'start' | 'open'> = {
  redelivery: 'once',
  held: async ({ indices }) =>
    [...(indices.get('audit') ?? new Map<string, string>()).values()].map(
      (document) => (JSON.parse(document) as { event: { original: string } }).event.original,
    ),
  goesAway: { begin: stopped, exit: 5 },
  takesAPart: {
    exit: 2,
    begin: (server) =>
      refusing(server, (at) =>
        at % 5 === 3
          ? { status: 400, type: 'document_parsing_exception', reason: 'failed to parse field [x]' }
          : undefined,
      ),
  },
  isFull: {
    exit: 5,
    begin: (server) =>
      refusing(server, () => ({
        status: 403,
        type: 'cluster_block_exception',
        reason: 'index [audit] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)]',
      })),
  },
  refusesSecret: { wrong: 'wrong-Secret+123/456=', exit: 4 },
  restarts: (server) => restarting(server, isBulk),
  loses(server, chance) {
    const times = losing(server, chance);
    server.item = () => (chance() < 0.1 ? (chance() < 0.5 ? 'busy' : 'unavailable') : undefined);
    return times;
  },
  isSlow(server) {
    server.pause = 30;
  },
};

function refusing(server: ElasticServer, fault: (at: number) => ItemFault | undefined): () => void {
  let documents = 0;
  server.item = () => fault(++documents);
  return () => {
    server.item = () => undefined;
  };
}

const options = { provider: invent, schema: undefined };

export const elastic: Subject<ElasticServer> = {
  ...shared,
  name: 'elastic, with a key',
  destination: 'elastic',
  start: () => startElastic({ authorization: `ApiKey ${PASSWORD}` }),
  open: ({ host }, secret = PASSWORD) =>
    openDestination(world({ AUDITLOG_DEST_SECRET: secret }), `elastic+http://${host}/audit`, options),
};

export const opensearch: Subject<ElasticServer> = {
  ...shared,
  name: 'opensearch, with a user',
  destination: 'opensearch',
  start: () => startElastic({ authorization: `Basic ${Buffer.from(`writer:${PASSWORD}`).toString('base64')}` }),
  open: ({ host }, secret = PASSWORD) =>
    openDestination(world({ AUDITLOG_DEST_SECRET: secret }), `opensearch+http://writer@${host}/audit`, options),
};
