import { usageError } from '../../errors.js';

const FORM = 'syslog+tls://host:6514';

/** The port of syslog over TLS (RFC 5425). */
const PORT = '6514';

/** `syslog+tls://host[:port]`, or `syslog+tcp://`, with its port. Throws a usage error for another form. */
export function parseSyslogUrl(text: string): URL {
  const [, scheme = '', rest = ''] = /^(syslog\+(?:tls|tcp)):\/\/(.+)$/i.exec(text) ?? [];
  // The URL parser reads hosts of https as they should be read here.
  const url = URL.canParse(`https://${rest}`) ? new URL(`https://${rest}`) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw usageError('not the address of a syslog receiver', `Such as ${FORM}`);
  if (url.pathname !== '/') throw usageError('a syslog receiver has no path', `Such as ${FORM}`);
  const port = /:(\d+)\/?$/.exec(rest)?.[1] ?? PORT;
  return new URL(`${scheme.toLowerCase()}://${url.hostname}:${port}`);
}
