import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import type { Hearing } from '../../http/outbound.js';
import { openSyslogLine, type SyslogLine } from '../../http/syslog.js';
import { toEvent } from '../../providers/normalize.js';
import type { Provider } from '../../providers/provider.js';
import type { Schema } from '../../schemas/schema.js';
import type { CheckFinding, OpenDestination, StreamDelivery } from '../destination.js';
import { openBatches } from '../shared/batch.js';
import { checkWay, findingsOf } from '../shared/check.js';
import { entryKey, entryName } from '../shared/identity.js';
import { syslogFrame } from './frame.js';

const SYSLOG_FORM = 'syslog+tls://host:6514';

const RECEIVER = 'the syslog receiver';

/** So much is sent again when a connection breaks. */
const LIMITS = { rows: 5000, bytes: 2 * 1024 * 1024 };

/**
 * `syslog+tls://host[:6514]`: a message of RFC 5424 for each entry, CEF unless another schema is asked for. Syslog acknowledges nothing: delivered means that the receiver's program has
 * read to the end of the connection. What is delivered again after an interruption is there twice, with the same `key`.
 */
export const openSyslog: OpenDestination = (ctx, url, { provider, schema, hears }) => {
  const place = parseSyslogUrl(url);
  // Refuses what cannot be, and connects to nobody yet.
  openSyslogLine(ctx, place).close();
  return {
    shown: place.href,
    idempotent: false,
    check: () => findingsOf(FINDINGS, looking(ctx, place, hears)),
    open: async () => deliver(openSyslogLine(ctx, place, hears), provider, schema ?? (await cef(provider))),
  };
};

function parseSyslogUrl(text: string): URL {
  const [, scheme = '', rest = ''] = /^(syslog\+(?:tls|tcp)):\/\/(.+)$/i.exec(text) ?? [];
  // As https, a host is read as any other address is.
  const url = URL.canParse(`https://${rest}`) ? new URL(`https://${rest}`) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw usageError('not the address of a syslog receiver', `Such as ${SYSLOG_FORM}`);
  if (url.pathname !== '/') throw usageError('a syslog receiver has no path', `Such as ${SYSLOG_FORM}`);
  const port = /:(\d+)\/?$/.exec(rest)?.[1] ?? PORT;
  return new URL(`${scheme.toLowerCase()}://${url.hostname}:${port}`);
}

/** Of syslog over TLS (RFC 5425). */
const PORT = '6514';

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

const FINDINGS = ['address', 'tls', 'end', 'messages'];

async function* looking(ctx: Context, place: URL, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  const protocol = place.protocol === 'syslog+tls:' ? 'https' : 'http';
  // No proxy speaks syslog.
  const way = await checkWay({ ...ctx, env: {} }, new URL(`${protocol}://${place.host}`), RECEIVER);
  yield* way;
  if (way.at(-1)?.status === 'failed') return;
  const line = openSyslogLine(ctx, place, hears);
  try {
    await line.deliver([]);
    yield { name: 'end', status: 'ok', what: 'it closes a connection that is ended, which is how delivery is known' };
    yield {
      name: 'messages',
      status: 'skipped',
      what: 'syslog acknowledges nothing: whether messages are kept whole shows at the receiver alone',
      fix: 'Let it take large messages: an entry may have more than the 8 kB that are the default of some.',
    };
  } finally {
    line.close();
  }
}
