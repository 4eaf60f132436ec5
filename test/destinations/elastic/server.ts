import { type Answer, type Request, startUnreliable, type Unreliable } from '../unreliable.js';

export const PASSWORD = 'wK8+pass/word=Zq7';

/** The failure of a document. */
export type ItemFault =
  | 'busy'
  | 'unavailable'
  | { readonly status: number; readonly type: string; readonly reason: string };

export interface ElasticServer extends Unreliable {
  /** By index, then by `_id`: the text of each document. */
  readonly indices: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Deletes an index and its documents. */
  drop(index: string): void;
  /** The settings of each index at its creation. */
  readonly made: ReadonlyMap<string, unknown>;
  /** Called for each new document. */
  item: (id: string, document: string) => ItemFault | undefined;
  /** Larger bodies are answered 413. */
  largest: number;
  /** The answer to `_has_privileges`; undefined: the server has no such request. */
  privileges: Readonly<Record<string, boolean>> | undefined;
  /** Whether the user or key may only create documents. */
  writeOnly: boolean;
  /** Whether documents may be created and never replaced. */
  createOnly: boolean;
  /** Names that are data streams. */
  readonly streams: Set<string>;
}

export interface ElasticServerOptions {
  /** The required `authorization` header; undefined: none. */
  readonly authorization?: string;
  readonly version?: object;
}

/**
 * A small server that answers `_bulk` as Elasticsearch and OpenSearch document it: a result for each item in the order of the request, 409 for an existing id,
 * failures of some items beside the success of others, 413 for a body that is too large.
 */
export async function startElastic({ authorization, version }: ElasticServerOptions = {}): Promise<ElasticServer> {
  const indices = new Map<string, Map<string, string>>();
  const made = new Map<string, unknown>();
  const streams = new Set<string>();

  const handle = ({ method, path, headers, body }: Request): Answer => {
    if (authorization !== undefined && headers.authorization !== authorization)
      return { status: 401, body: { error: { type: 'security_exception', reason: 'unable to authenticate user' } } };
    const [, index = '', step] = decodeURIComponent(path.split('?')[0] ?? '').split('/');
    if (index === '_security' && server.privileges !== undefined) {
      const [name = ''] = (JSON.parse(body.toString()) as { index: { names: string[] }[] }).index[0]!.names;
      return { status: 200, body: { username: 'u', has_all_requested: false, index: { [name]: server.privileges } } };
    }
    if (server.writeOnly && step !== '_bulk')
      return { status: 403, body: { error: { type: 'security_exception', reason: 'action is unauthorized' } } };
    if (index === '') return { status: 200, body: { version: version ?? { number: '8.15.0' } } };
    if (index === '_data_stream') return dataStream(step ?? '');
    if (step === '_refresh') return { status: 200, body: { _shards: { failed: 0 } } };
    if (step === '_search') {
      const ids = [...(indices.get(index)?.keys() ?? [])];
      const hits = ids.slice(0, JSON.parse(body.toString()).size).map((_id) => ({ _index: index, _id }));
      return { status: 200, body: { hits: { total: { value: ids.length, relation: 'eq' }, hits } } };
    }
    if (step === '_bulk') return bulk(index, headers, body);
    if (method === 'HEAD') return { status: indices.has(index) || streams.has(index) ? 200 : 404 };
    if (method === 'PUT') {
      if (indices.has(index))
        return { status: 400, body: { error: { type: 'resource_already_exists_exception', reason: 'it exists' } } };
      indices.set(index, new Map());
      made.set(index, JSON.parse(body.toString()));
      return { status: 200, body: { acknowledged: true } };
    }
    return { status: 405, body: { error: `Incorrect HTTP method for uri [${path}]`, status: 405 } };
  };

  const dataStream = (name: string): Answer =>
    streams.has(name)
      ? { status: 200, body: { data_streams: [{ name }] } }
      : { status: 404, body: { error: { type: 'index_not_found_exception', reason: `no such index [${name}]` } } };

  const bulk = (index: string, headers: Request['headers'], body: Buffer): Answer => {
    if (body.length > server.largest) return { status: 413, body: { error: 'Request Entity Too Large' } };
    const text = body.toString();
    if (headers['content-type'] !== 'application/x-ndjson' || !text.endsWith('\n'))
      return {
        status: 400,
        body: {
          error: { type: 'illegal_argument_exception', reason: 'The bulk request must be terminated by a newline' },
        },
      };
    const documents = indices.get(index) ?? new Map<string, string>();
    indices.set(index, documents);
    const lines = text.split('\n').slice(0, -1);
    const items = [];
    for (let at = 0; at < lines.length; at += 2) {
      const [[action, { _id }]] = Object.entries(JSON.parse(lines[at]!)) as [[string, { _id: string }]];
      items.push({ [action]: write({ index, documents, _id, action }, lines[at + 1]!) });
    }
    return { status: 200, body: { took: 1, items } };
  };

  const write = ({ index: _index, documents, _id, action }: Written, document: string) => {
    if (action === 'index' && server.createOnly)
      return {
        _index,
        _id,
        status: 403,
        error: { type: 'security_exception', reason: 'action [indices:data/write/index]' },
      };
    if (action === 'index' && streams.has(_index))
      return {
        _index,
        _id,
        ...refused(
          'illegal_argument_exception',
          'only write ops with an op_type of create are allowed in data streams',
        ),
      };
    if (action === 'create' && documents.has(_id)) {
      const reason = `[${_id}]: version conflict, document already exists (current version [1])`;
      return { _index, _id, status: 409, error: { type: 'version_conflict_engine_exception', reason } };
    }
    const parsed = JSON.parse(document) as Record<string, unknown>;
    if (streams.has(_index) && parsed['@timestamp'] === undefined)
      return {
        _index,
        _id,
        ...refused('document_parsing_exception', 'data stream timestamp field [@timestamp] is missing'),
      };
    const fault = server.item(_id, document);
    if (fault === 'busy')
      return {
        _index,
        _id,
        status: 429,
        error: { type: 'es_rejected_execution_exception', reason: 'rejected execution' },
      };
    if (fault === 'unavailable')
      return {
        _index,
        _id,
        status: 503,
        error: { type: 'unavailable_shards_exception', reason: 'primary shard is not active' },
      };
    if (fault !== undefined)
      return { _index, _id, status: fault.status, error: { type: fault.type, reason: fault.reason } };
    const was = documents.has(_id);
    documents.set(_id, document);
    return { _index, _id, result: was ? 'updated' : 'created', status: was ? 200 : 201 };
  };

  const unreliable = await startUnreliable(handle);
  const server: ElasticServer = Object.assign(unreliable, {
    indices,
    drop: (index: string) => void indices.delete(index),
    made,
    item: () => undefined,
    largest: Number.POSITIVE_INFINITY,
    writeOnly: false,
    createOnly: false,
    privileges: undefined,
    streams,
  });
  return server;
}

interface Written {
  readonly index: string;
  readonly documents: Map<string, string>;
  readonly _id: string;
  readonly action: string;
}

function refused(type: string, reason: string) {
  return { status: 400, error: { type, reason } };
}
