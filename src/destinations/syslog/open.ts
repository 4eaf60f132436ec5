import { usageError } from '../../errors.js';
import { openSyslogLine } from '../../http/syslog.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { OpenDestination } from '../destination.js';
import { deliverInBatches } from '../shared/batch.js';
import { entryKey } from '../shared/identity.js';
import { schemaOr } from '../shared/schema.js';
import { checkSyslog } from './check.js';
import { syslogFrame } from './frame.js';

/** One connection carries this much, and all of it is sent again when the connection breaks. */
const LIMITS = { rows: 5000, bytes: 2 * 1024 * 1024 };

/** `syslog+tls://host[:6514]`: a message of RFC 5424 for each entry. Without acknowledgements, delivered means read to the end. A redelivered entry exists twice, with the same `key`. */
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

const FORM = 'syslog+tls://host:6514';

/** The port of syslog over TLS (RFC 5425). */
const PORT = '6514';

/** `syslog+tls://host[:port]`, or `syslog+tcp://`, with its port. Throws a usage error for another form. */
function parseSyslogUrl(text: string): URL {
  const [, scheme = '', rest = ''] = /^(syslog\+(?:tls|tcp)):\/\/(.+)$/i.exec(text) ?? [];
  // The URL parser reads hosts of https as they should be read here.
  const url = URL.canParse(`https://${rest}`) ? new URL(`https://${rest}`) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw usageError('invalid address: expected that of a syslog receiver', `Example: ${FORM}`);
  if (url.pathname !== '/') throw usageError('a syslog receiver has no path', `Example: ${FORM}`);
  const port = /:(\d+)\/?$/.exec(rest)?.[1] ?? PORT;
  return new URL(`${scheme.toLowerCase()}://${url.hostname}:${port}`);
}
