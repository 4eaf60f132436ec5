import { badStatus } from '../../http/fault.js';
import { quotable } from '../../http/messages/server.js';
import { accepted } from '../../http/outbound.js';
import { asObject, jsonOf, unreadable } from '../shared/json.js';
import type { ElasticCluster } from './cluster.js';

/** The product and version; undefined where the user or key may not ask, such as a key that may only write. */
export async function askVersion({ outbound }: ElasticCluster): Promise<string | undefined> {
  return outbound.ask({ method: 'GET', path: '/', headers: JSON_ONLY }, (response) => {
    if (response.status === 403) return undefined;
    const version = asObject(jsonOf(accepted(response).body)?.version);
    if (typeof version?.number !== 'string') throw unreadable('it does not tell its version', response);
    const distribution = typeof version.distribution === 'string' ? version.distribution : 'elasticsearch';
    return quotable(response, `${distribution} ${version.number}`, 100);
  });
}

export type IndexState = 'index' | 'stream' | 'missing' | 'unseen';

/** What has the name: an index or an alias, a data stream, nothing yet, or something that may not be seen. */
export async function askIndex({ outbound }: ElasticCluster, name: string): Promise<IndexState> {
  const path = encodeURIComponent(name);
  const is = await outbound.ask({ method: 'HEAD', path: `/${path}` }, (response) => {
    if (response.status === 404) return 'missing';
    if (response.status === 403) return 'unseen';
    return accepted(response) && 'index';
  });
  if (is !== 'index') return is;
  return outbound.ask({ method: 'GET', path: `/_data_stream/${path}`, headers: JSON_ONLY }, ({ status, body }) => {
    const streams = status === 200 ? jsonOf(body)?.data_streams : undefined;
    return Array.isArray(streams) && streams.length > 0 ? 'stream' : 'index';
  });
}

/** Some of what an index holds. */
export interface ElasticHeld {
  readonly total: number;
  /** Of some of its documents. */
  readonly ids: readonly string[];
}

/** Undefined where the user or key may not search. */
export async function askHeld({ outbound }: ElasticCluster, name: string): Promise<ElasticHeld | undefined> {
  const path = `/${encodeURIComponent(name)}`;
  // Counts what was delivered a moment ago, too. Without the permission to refresh, it shows a second later.
  await outbound.ask({ method: 'POST', path: `${path}/_refresh`, headers: JSON_ONLY }, () => undefined);
  const request = {
    method: 'POST',
    path: `${path}/_search`,
    headers: { ...JSON_ONLY, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ size: 50, _source: false, track_total_hits: true })),
  } as const;
  return outbound.ask(request, ({ status, body }) => {
    const hits = asObject(status === 200 ? jsonOf(body)?.hits : undefined);
    const total = typeof hits?.total === 'number' ? hits.total : asObject(hits?.total)?.value;
    if (typeof total !== 'number' || !Array.isArray(hits?.hits)) return undefined;
    const ids = hits.hits.flatMap((hit) => {
      const id = asObject(hit)?._id;
      return typeof id === 'string' ? [id] : [];
    });
    return { total, ids };
  });
}

/** What the user or key may do with an index. */
export interface ElasticPrivileges {
  readonly create: boolean;
  /** Create the index with its first document. */
  readonly make: boolean;
}

/** Undefined where the server has no such request: OpenSearch, and Elasticsearch without security. */
export async function askPrivileges(
  { outbound }: ElasticCluster,
  name: string,
): Promise<ElasticPrivileges | undefined> {
  const wanted = { index: [{ names: [name], privileges: ['create_doc', 'auto_configure'] }] };
  const request = {
    method: 'POST',
    path: '/_security/user/_has_privileges',
    headers: { ...JSON_ONLY, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(wanted)),
  } as const;
  return outbound.ask(request, ({ status, body }) => {
    const found = asObject(asObject(status === 200 ? jsonOf(body)?.index : undefined)?.[name]);
    return found && { create: found.create_doc === true, make: found.auto_configure === true };
  });
}

/** Creates an index that takes every event. Does nothing if it exists by now, has to be a data stream, or may not be created by us. */
export async function makeIndex({ outbound }: ElasticCluster, name: string): Promise<void> {
  await outbound.ask(
    {
      method: 'PUT',
      path: `/${encodeURIComponent(name)}`,
      headers: { ...JSON_ONLY, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(INDEX)),
    },
    (response) => {
      if (response.status === 200 || response.status === 403) return;
      const error = asObject(jsonOf(response.body)?.error);
      const text = `${String(error?.type)} ${String(error?.reason)}`;
      if (response.status === 400 && /resource_already_exists|data stream/i.test(text)) return;
      throw badStatus(response);
    },
  );
}

const JSON_ONLY = { accept: 'application/json' };

/**
 * The settings of a new index. Vendors choose the keys and types in an entry's details, so a mapping inferred from the first document would refuse
 * later ones. Every text is a keyword; a malformed address is stored without being indexed, and so are the vendor's own parts and the entry's text.
 */
const INDEX = {
  mappings: {
    date_detection: false,
    numeric_detection: false,
    dynamic_templates: [
      { addresses: { match: 'ip', match_mapping_type: 'string', mapping: { type: 'ip', ignore_malformed: true } } },
      { texts: { match_mapping_type: 'string', mapping: { type: 'keyword', ignore_above: 1024 } } },
    ],
    properties: {
      '@timestamp': { type: 'date', ignore_malformed: true },
      event: { properties: { original: { type: 'keyword', index: false, doc_values: false } } },
      raw_data: { type: 'keyword', index: false, doc_values: false },
      unmapped: { type: 'object', enabled: false },
    },
  },
};
