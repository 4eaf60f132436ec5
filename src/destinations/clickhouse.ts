import { serverError } from '../errors.js';
import { parseClickHouseUrl } from './clickhouseurl.js';
import type { OpenDestination } from './destination.js';

/** `clickhouse://host/database.table`: rows in a table of a ClickHouse server, over its HTTP interface. */
export const openClickHouse: OpenDestination = (_ctx, url) => {
  const place = parseClickHouseUrl(url);
  return {
    shown: place.shown,
    idempotent: true,
    origin: place.origin.origin,
    check: async function* () {},
    open: () => Promise.reject(serverError('not yet')),
  };
};
