import { setTimeout as delay } from 'node:timers/promises';
import { openDestination } from '../../src/destinations/index.js';
import { invent } from '../../src/providers/invent.js';
import type { Subject } from './contract.js';
import { world } from './entries.js';

/** Whoever reads standard output. */
interface Reader {
  text: string;
  /** Ms that it takes for a chunk. */
  pause: number;
  /** The system's code of the n-th write, which fails; undefined: it is read. */
  fault: (at: number) => string | undefined;
  writes: number;
}

export const stdout: Subject<Reader> = {
  name: 'standard output',
  destination: 'standardOutput',
  redelivery: 'at least once',
  start: async () => ({ text: '', pause: 0, fault: () => undefined, writes: 0 }),
  open(reader) {
    const ctx = world();
    const port = {
      ...ctx.stdout,
      goesNowhere: () => reader.fault(0) !== undefined,
      async write(chunk: string | Uint8Array) {
        reader.writes += 1;
        const code = reader.fault(reader.writes);
        if (code !== undefined) throw Object.assign(new Error(code), { code });
        await delay(reader.pause);
        reader.text += Buffer.from(chunk).toString();
      },
    };
    return openDestination({ ...ctx, stdout: port }, '-', { provider: invent, schema: undefined });
  },
  held: async ({ text }) => text.split('\n').slice(0, -1),
  goesAway: { begin: (reader) => failing(reader, () => 'EPIPE'), exit: 141 },
  takesAPart: { begin: (reader) => failing(reader, (at) => (at > 2 ? 'EPIPE' : undefined)), exit: 141 },
  isFull: { begin: (reader) => failing(reader, () => 'ENOSPC'), exit: 1 },
  refusesSecret: { missing: 'standard output has no secret' },
  restarts: { missing: 'a pipe does not come back within a run: the next run has another reader' },
  loses: { missing: 'a pipe loses nothing' },
  isSlow(reader) {
    reader.pause = 30;
  },
};

function failing(reader: Reader, fault: Reader['fault']): () => void {
  reader.writes = 0;
  reader.fault = fault;
  return () => {
    reader.fault = () => undefined;
  };
}
