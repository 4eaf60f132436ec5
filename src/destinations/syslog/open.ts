import { openSyslogLine, type SyslogLine } from '../../http/syslog.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import type { Schema } from '../../schemas/schema.js';
import type { OpenDestination, StreamDelivery } from '../destination.js';
import { openBatches } from '../shared/batch.js';
import { entryKey, entryName } from '../shared/identity.js';
import { checkSyslog } from './check.js';
import { syslogFrame } from './frame.js';
import { parseSyslogUrl } from './url.js';

/** One connection carries this much, and all of it is sent again when the connection breaks. */
const LIMITS = { rows: 5000, bytes: 2 * 1024 * 1024 };

/**
 * `syslog+tls://host[:6514]`: a message of RFC 5424 for each entry, in CEF unless another schema is chosen. Syslog has no acknowledgement: delivered means that
 * the receiver has read to the end of the connection. An entry redelivered after an interruption exists twice, with the same `key`.
 */
export const openSyslog: OpenDestination = (ctx, url, { provider, schema, hears }) => {
  const target = parseSyslogUrl(url);
  // Refuses an unprotected address now, without connecting.
  openSyslogLine(ctx, target).close();
  return {
    shown: target.href,
    idempotent: false,
    check: () => checkSyslog(ctx, target, hears),
    open: async () => deliver(openSyslogLine(ctx, target, hears), provider, schema ?? (await cef(provider))),
  };
};

async function cef(provider: Provider): Promise<Schema> {
  const { openSchema } = await import('../../schemas/index.js');
  return openSchema('cef', { provider });
}

function deliver(line: SyslogLine, provider: Provider, schema: Schema): StreamDelivery {
  const host = provider.base === undefined ? provider.name : new URL(provider.base).hostname;
  const batches = openBatches(LIMITS, (rows) => line.deliver(rows.map(({ body }) => body)));
  return {
    kind: 'stream',
    async put({ org, entries }) {
      for (const entry of entries) {
        const event = toEvent(provider, entry);
        const body = syslogFrame({ org, host, key: entryKey(org, entry), event, text: schema.line(event, org) });
        await batches.add({ body, name: entryName(org, entry) });
      }
    },
    flush: () => batches.flush(),
    async close() {
      line.close();
    },
  };
}
