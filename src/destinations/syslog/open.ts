import { openSyslogLine } from '../../http/syslog.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { OpenDestination } from '../destination.js';
import { deliverInBatches } from '../shared/batch.js';
import { entryKey } from '../shared/identity.js';
import { schemaOr } from '../shared/schema.js';
import { checkSyslog } from './check.js';
import { syslogFrame } from './frame.js';
import { parseSyslogUrl } from './url.js';

/** One connection carries this much, and all of it is sent again when the connection breaks. */
const LIMITS = { rows: 5000, bytes: 2 * 1024 * 1024 };

/**
 * `syslog+tls://host[:6514]`: a message of RFC 5424 for each entry, in CEF unless another schema is chosen. Syslog has no acknowledgement: delivered means that
 * the receiver has read to the end of the connection. An entry redelivered after an interruption exists twice, with the same `key`.
 */
export const openSyslog: OpenDestination = (ctx, url, options) => {
  const { provider, hears } = options;
  const target = parseSyslogUrl(url);
  // Refuses an unprotected address now, without connecting.
  openSyslogLine(ctx, target).close();
  return {
    shown: target.href,
    idempotent: false,
    check: () => checkSyslog(ctx, target, hears),
    open: async () => {
      const schema = await schemaOr('cef', options);
      const line = openSyslogLine(ctx, target, hears);
      const host = provider.base === undefined ? provider.name : new URL(provider.base).hostname;
      return deliverInBatches({
        limits: LIMITS,
        send: (rows) => line.deliver(rows.map(({ body }) => body)),
        bodyOf: (org, entry) => {
          const event = toEvent(provider, entry);
          return syslogFrame({ org, host, key: entryKey(org, entry), event, text: schema.line(event, org) });
        },
        close: async () => line.close(),
      });
    },
  };
};
