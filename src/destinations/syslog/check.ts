import type { Context } from '../../context.js';
import type { Hearing } from '../../http/outbound.js';
import { openSyslogLine } from '../../http/syslog.js';
import type { CheckFinding } from '../destination.js';
import { checkWay, findingsOf } from '../shared/check.js';

/** Every finding, in order. */
const FINDINGS = ['address', 'tls', 'end', 'messages'];

/** Checks the connection, and whether the receiver closes it at its end. Sends no message. */
export function checkSyslog(ctx: Context, target: URL, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  return findingsOf(FINDINGS, look(ctx, target, hears));
}

async function* look(ctx: Context, target: URL, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  const protocol = target.protocol === 'syslog+tls:' ? 'https' : 'http';
  // Proxies do not carry syslog.
  const way = await checkWay({ ...ctx, env: {} }, new URL(`${protocol}://${target.host}`), 'the syslog receiver');
  yield* way;
  if (way.at(-1)?.status === 'failed') return;
  const line = openSyslogLine(ctx, target, hears);
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
