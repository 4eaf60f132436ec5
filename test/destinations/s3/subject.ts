import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openDestination } from '../../../src/destinations/index.js';
import { invent } from '../../../src/providers/invent.js';
import { readParquet } from '../../formats/readparquet.js';
import { makeHome } from '../../helpers/world.js';
import type { Subject } from '../contract.js';
import { losing, type Request, restarting, stopped } from '../unreliable.js';
import { BUCKET, openStore, SECRET_KEY, type Store, worldOf } from './store.js';

/** A store, and the host whose collector puts things there. */
interface Site extends Store {
  readonly home: string;
}

const isPut = ({ method }: Request) => method === 'PUT';

const shared = (prefix: string, rest = ''): Omit<Subject<Site>, 'name' | 'redelivery' | 'held'> => ({
  destination: 's3',
  start: async () => Object.assign(await openStore(), { home: await makeHome() }),
  open: ({ endpoint, home }, secret = SECRET_KEY) =>
    openDestination(
      worldOf(home, { AWS_SECRET_ACCESS_KEY: secret }),
      `s3://${BUCKET}/${prefix}?endpoint=${endpoint}${rest}`,
      {
        provider: invent,
        schema: undefined,
        directory: join(home, 'destination'),
      },
    ),
  goesAway: { begin: stopped, exit: 5 },
  takesAPart: { begin: (store) => denying(store, 4, { status: 403, code: 'AccessDenied' }), exit: 4 },
  isFull: { begin: (store) => denying(store, 1, { status: 403, code: 'QuotaExceeded' }), exit: 5 },
  refusesSecret: { wrong: 'another-secret/of+nobody', exit: 4 },
  restarts: (store) => restarting(store, isPut),
  loses: losing,
  isSlow(store) {
    store.pause = 10;
  },
});

/** Refuses what is put from the n-th object on. */
function denying(store: Store, from: number, answer: { readonly status: number; readonly code: string }): () => void {
  let puts = 0;
  store.fault = (method) => (method === 'PUT' && ++puts >= from ? answer : undefined);
  return () => {
    store.fault = undefined;
  };
}

export const bucket: Subject<Site> = {
  ...shared('logs'),
  name: 's3, a bucket',
  redelivery: 'once',
  held: async ({ objects }) =>
    [...objects].flatMap(([key, { body }]) =>
      key.endsWith('.ndjson.gz') ? gunzipSync(body).toString().split('\n').slice(0, -1) : [],
    ),
};

export const lake: Subject<Site> = {
  ...shared('ext/acme', '&account=123456789012'),
  name: 's3, a data lake',
  redelivery: 'once',
  async held({ objects }) {
    const bodies = [...objects].flatMap(([key, { body }]) => (key.endsWith('.parquet') ? [body] : []));
    const rows = await Promise.all(bodies.map((body) => readParquet(body, ['raw_data'])));
    return rows.flat().map(({ raw_data: text }) => String(text));
  },
};
