import type { Context } from '../../context.js';
import type { Hearing } from '../../http/outbound.js';
import { openSyslogLine, type SyslogLine } from '../../http/syslog.js';
import type { CheckFinding } from '../destination.js';
import { checkConnection, checkWay } from '../shared/check.js';
import { ok, skipped } from '../shared/finding.js';

/** Checks the connection, and whether the receiver closes it at its end. Sends no message. */
export function checkSyslog(ctx: Context, target: URL, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  const protocol = target.protocol === 'syslog+tls:' ? 'https' : 'http';
  return checkConnection({
    names: ['address', 'tls', 'end', 'messages'],
    // Proxies do not carry syslog.
    way: () => checkWay({ ...ctx, env: {} }, new URL(`${protocol}://${target.host}`), 'the syslog receiver'),
    open: () => openSyslogLine(ctx, target, hears),
    look,
  });
}

async function* look(line: SyslogLine): AsyncGenerator<CheckFinding, void> {
  await line.deliver([]);
  yield ok('end', 'it closes a connection that is ended, which is how delivery is known');
  yield skipped(
    'messages',
    'syslog acknowledges nothing: whether messages are kept whole shows at the receiver alone',
    'Let it take large messages: an entry may have more than the 8 kB that are the default of some',
  );
}
