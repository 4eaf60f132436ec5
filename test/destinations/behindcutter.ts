import { gunzipSync } from 'node:zlib';
import type { Destination } from '../../src/destinations/destination.js';
import { openDestination } from '../../src/destinations/index.js';
import { invent } from '../../src/providers/invent.js';
import { exception, startFakeClickHouse } from './clickhouse/server.js';
import { PASSWORD, startElastic } from './elastic/server.js';
import { world } from './entries.js';
import { startSplunk, TOKEN } from './splunk/server.js';
import { during } from './unreliable.js';

/** A server behind a cutter. */
export interface Started {
  readonly host: string;
  readonly open: (host: string) => Promise<Destination>;
  /** The text of every entry that it holds. */
  readonly held: () => readonly string[];
  /** Makes it refuse, for good, entries of this text. */
  readonly refuse: (text: string) => void;
}

const options = { provider: invent, schema: undefined };

export const clickhouse = async (): Promise<Started> => {
  const server = await startFakeClickHouse();
  return {
    host: server.host,
    open: (host) => openDestination(world(), `clickhouse+http://${host}/default.events`, options),
    held: () => server.rows().map(({ raw = '' }) => raw),
    refuse(text) {
      const refused = exception(400, 27, 'Cannot parse input: expected quote');
      const isIt = ({ path, body }: { readonly path: string; readonly body: Buffer }) =>
        path.includes('INSERT') && linesOf(body).some((raw) => raw === text);
      during(server, isIt, () => refused);
    },
  };
};

const elastic = (scheme: string, user: string, authorization: string) => async (): Promise<Started> => {
  const server = await startElastic({ authorization });
  const textOf = (document: string) => (JSON.parse(document) as { event: { original: string } }).event.original;
  return {
    host: server.host,
    open: (host) =>
      openDestination(world({ AUDITLOG_DEST_SECRET: PASSWORD }), `${scheme}://${user}${host}/audit`, options),
    held: () => [...(server.indices.get('audit')?.values() ?? [])].map(textOf),
    refuse(text) {
      const fault = { status: 400, type: 'document_parsing_exception', reason: 'failed to parse field [x]' };
      server.item = (_, document) => (textOf(document) === text ? fault : undefined);
    },
  };
};

export const splunk = (acknowledges: boolean) => async (): Promise<Started> => {
  const server = await startSplunk({ acknowledges });
  return {
    host: server.host,
    open: (host) => openDestination(world({ AUDITLOG_DEST_SECRET: TOKEN }), `splunk+http://${host}`, options),
    held: () => server.events.map(({ event }) => event),
    refuse(text) {
      server.event = ({ event }) => (event === text ? 12 : undefined);
    },
  };
};

export const withKey = elastic('elastic+http', '', `ApiKey ${PASSWORD}`);
export const withUser = elastic(
  'opensearch+http',
  'writer@',
  `Basic ${Buffer.from(`writer:${PASSWORD}`).toString('base64')}`,
);

/** The texts of the entries in an insert. */
function linesOf(body: Buffer): readonly string[] {
  return gunzipSync(body)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { raw: string }).raw);
}
