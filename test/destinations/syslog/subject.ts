import { openDestination } from '../../../src/destinations/index.js';
import { invent } from '../../../src/providers/invent.js';
import { readCef } from '../../schemas/readcef.js';
import type { Subject } from '../contract.js';
import { world } from '../entries.js';
import { type Manner, type SyslogServer, startSyslog } from './server.js';

export const syslog: Subject<SyslogServer> = {
  name: 'syslog',
  destination: 'syslog',
  redelivery: 'at least once',
  start: () => startSyslog(),
  open: ({ host }) => openDestination(world(), `syslog+tcp://${host}`, { provider: invent, schema: undefined }),
  held: async ({ messages }) =>
    messages.filter((message) => !message.startsWith('CUT: ')).map((message) => rawOf(message)),
  goesAway: {
    exit: 5,
    async begin(server) {
      await server.stop();
      return () => server.start();
    },
  },
  takesAPart: { begin: (server) => behaving(server, { cutAfter: 50_000 }), exit: 5 },
  // Receivers say nothing: one without room closes.
  isFull: { begin: (server) => behaving(server, 'close'), exit: 5 },
  refusesSecret: { missing: 'syslog has no secret: certificates are checked in open.test.ts' },
  restarts(server) {
    let restarts = 0;
    server.manner = (at) => {
      if (at !== 1) return 'read';
      restarts += 1;
      void server.stop().then(() => setTimeout(() => void server.start(), 30));
      return { cutAfter: 50_000 };
    };
    return () => restarts;
  },
  loses(server, chance) {
    let times = 0;
    server.manner = () => {
      const drawn = chance();
      if (drawn >= 0.5) return 'read';
      times += 1;
      return drawn < 0.2 ? 'close' : { cutAfter: Math.ceil(chance() * 400_000) };
    };
    return () => times;
  },
  isSlow(server) {
    server.manner = () => 'slow';
  },
};

function behaving(server: SyslogServer, manner: Manner): () => void {
  server.manner = () => manner;
  return () => {
    server.manner = () => 'read';
  };
}

function rawOf(message: string): string {
  return readCef(message.slice(message.indexOf('] CEF:') + 2)).fields.get('rawEvent') ?? '';
}
