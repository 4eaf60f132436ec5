import { usageError } from '../../errors.js';
import { decoded } from '../../http/decoded.js';
import { refuseUnprotected } from '../shared/url.js';

/** The server and table that a URL names. */
export interface ClickHouseTarget {
  /** Of its HTTP interface. */
  readonly origin: URL;
  /** Undefined: the server's default user. */
  readonly user: string | undefined;
  readonly database: string;
  readonly table: string;
  /** The URL in messages, with its port. */
  readonly shown: string;
}

const PROTOCOLS: Readonly<Record<string, { readonly protocol: string; readonly port: string }>> = {
  clickhouse: { protocol: 'https:', port: '8443' },
  'clickhouse+http': { protocol: 'http:', port: '8123' },
};

/** Such as `clickhouse://user@host:8443/database.table`. Throws a usage error for an invalid one. */
export function parseClickHouseUrl(text: string): ClickHouseTarget {
  const parts = /^([a-z+]+):\/\/([^/?#]*)(?:\/([^?#]*))?(.*)$/i.exec(text);
  const scheme = parts?.[1]?.toLowerCase() ?? '';
  const way = Object.hasOwn(PROTOCOLS, scheme) ? PROTOCOLS[scheme] : undefined;
  const example = `Example: ${scheme || 'clickhouse'}://host/database.table`;
  const address = `${way?.protocol}//${parts?.[2]}`;
  if (parts === null || way === undefined || parts[2] === '' || !URL.canParse(address))
    throw usageError('invalid address: expected that of a ClickHouse table', example);
  const given = new URL(address);
  const [database, table, ...more] = (parts[3] ?? '').split('.').map(decoded);
  if (parts[4] !== '') throw usageError(`${example.slice('Example: '.length)} has more after the table`, example);
  if (!isName(database) || !isName(table) || more.length > 0)
    throw usageError(
      'invalid table: expected database.table of letters, digits and _',
      `${example}, for example ${scheme}://${given.host}/default.audit_events`,
    );
  // The URL parser drops 443 and 80, which are not the default ports here.
  const port = /:(\d+)$/.exec(parts[2] ?? '')?.[1] ?? way.port;
  const origin = new URL(`${way.protocol}//${given.hostname}:${port}`);
  const fix = 'Use clickhouse://, which is https; clickhouse+http:// is only for this machine (localhost)';
  refuseUnprotected(origin, 'clickhouse+http://', fix);
  const user = given.username === '' ? undefined : decoded(given.username);
  const at = user === undefined ? '' : `${encodeURIComponent(user)}@`;
  return { origin, user, database, table, shown: `${scheme}://${at}${given.hostname}:${port}/${database}.${table}` };
}

function isName(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text);
}
