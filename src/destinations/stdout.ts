import type { Context } from '../context.js';
import { AuditlogError, EXIT, systemCode } from '../errors.js';
import { toEvent } from '../providers/event/normalize.js';
import type { Destination, DestinationOptions, StreamDelivery } from './destination.js';
import { failed, ok } from './shared/finding.js';

/** Standard output as a destination: one line for each entry, its own text or that of a schema. Delivered means read from the pipe. */
export function openStandardOutput(ctx: Context, _url: string, options: DestinationOptions): Destination {
  return {
    shown: '-',
    idempotent: false,
    async *check() {
      yield ctx.stdout.goesNowhere?.() === true
        ? failed('output', 'standard output is closed, or the null device', 'Connect it to a program or a file')
        : ok('output', 'open');
    },
    open: async () => delivery(ctx, options),
  };
}

const LF = Buffer.from('\n');

function delivery(ctx: Context, { schema, provider }: DestinationOptions): StreamDelivery {
  return {
    kind: 'stream',
    async put({ entries, org }) {
      ctx.signal.throwIfAborted();
      const lines = entries.flatMap((entry) => [
        schema === undefined ? entry.raw : Buffer.from(schema.line(toEvent(provider, entry), org)),
        LF,
      ]);
      try {
        await ctx.stdout.write(Buffer.concat(lines));
      } catch (error) {
        if (systemCode(error) !== 'EPIPE') throw error;
        throw new AuditlogError(
          'the reader of standard output ended before it had everything',
          EXIT.readerGone,
          'The next run delivers the rest again',
          error,
        );
      }
    },
    // Each write waits until it is taken.
    flush: async () => {},
    close: async () => {},
  };
}
