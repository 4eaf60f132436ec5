import type { Context } from '../../context.js';
import { EXIT, usageError } from '../../errors.js';
import type { Hearing } from '../../http/outbound.js';
import type { Provider } from '../../providers/provider.js';
import type { Schema } from '../../schemas/schema.js';
import type { CheckFinding, OpenDestination, StreamDelivery } from '../destination.js';
import { openBatches } from '../shared/batch.js';
import { checkWay, findingsOf } from '../shared/check.js';
import { type HttpPlace, parseHttpUrl } from '../shared/url.js';
import {
  askIndex,
  askPrivileges,
  askVersion,
  type ElasticCluster,
  type ElasticPrivileges,
  type ElasticProduct,
  type IndexState,
  makeIndex,
  openCluster,
} from './cluster.js';
import { openDocuments } from './document.js';
import { ELASTIC_INDEX } from './mapping.js';

const ELASTIC_FORM = 'elastic+https://host:9200/index';
const OPENSEARCH_FORM = 'opensearch+https://user@host:9200/index';

const ELASTIC: ElasticProduct = { what: 'Elasticsearch', keys: 'ApiKey' };
const OPENSEARCH: ElasticProduct = { what: 'OpenSearch', keys: undefined };

/** Requests of a few megabytes are what both products recommend. */
const LIMITS = { rows: 1000, bytes: 4 * 1024 * 1024 };

/** `elastic+https://[user@]host[:port]/index`: documents in an index or a data stream. Without a user the destination's secret is an API key. */
export const openElastic: OpenDestination = (ctx, url, options) => open(ctx, url, options, ELASTIC, ELASTIC_FORM);

/** `opensearch+https://user@host[:port]/index`: the same. */
export const openOpenSearch: OpenDestination = (ctx, url, options) =>
  open(ctx, url, options, OPENSEARCH, OPENSEARCH_FORM);

function open(
  ctx: Context,
  url: string,
  { provider, schema, hears }: Parameters<OpenDestination>[2],
  product: ElasticProduct,
  form: string,
): ReturnType<OpenDestination> {
  const place = parseHttpUrl(url, { form, parameters: [] });
  refuseName(place.name, form);
  if (schema?.isJson === false)
    throw usageError(
      `${product.what} takes documents, and ${schema.name} is lines of text`,
      'Choose --schema ecs or ocsf.',
    );
  return {
    shown: place.shown,
    idempotent: true,
    origin: place.base.origin,
    check: () => findingsOf(FINDINGS, looking(ctx, place, product, hears)),
    async open(beforeMaking) {
      const words = schema ?? (await ecs(provider));
      const cluster = await openCluster(ctx, place, product, hears);
      try {
        if ((await askIndex(cluster, place.name)) === 'missing') {
          await beforeMaking?.();
          await makeIndex(cluster, place.name, ELASTIC_INDEX);
        }
        return deliver(cluster, provider, words);
      } catch (error) {
        await cluster.outbound.close();
        throw error;
      }
    },
  };
}

/** What both products refuse as the name of an index, and what would name several. */
function refuseName(name: string, form: string): void {
  if (name === '') throw usageError('which index?', `Such as ${form}`);
  if (name !== name.toLowerCase() || /[\\/*?"<>| ,#:]|^[-_+]|^\.\.?$/.test(name) || Buffer.byteLength(name) > 255)
    throw usageError(
      `${JSON.stringify(name)} is not the name of an index`,
      'Names of indices are in lower case, without blanks and without any of \\ / * ? " < > | , # :',
    );
}

async function ecs(provider: Provider): Promise<Schema> {
  const { openSchema } = await import('../../schemas/index.js');
  return openSchema('ecs', { provider });
}

function deliver(cluster: ElasticCluster, provider: Provider, schema: Schema): StreamDelivery {
  const batches = openBatches(LIMITS, cluster.create);
  const documentOf = openDocuments(provider, schema);
  return {
    kind: 'stream',
    async put({ org, entries }) {
      for (const entry of entries) await batches.add(documentOf(org, entry));
    },
    flush: () => batches.flush(),
    close: () => cluster.outbound.close(),
  };
}

const FINDINGS = ['address', 'tls', 'sign-in', 'index', 'privileges'];

async function* looking(
  ctx: Context,
  place: HttpPlace,
  product: ElasticProduct,
  hears?: Hearing,
): AsyncGenerator<CheckFinding, void> {
  const way = await checkWay(ctx, place.base, product.what);
  yield* way;
  if (way.at(-1)?.status === 'failed') return;
  const cluster = await openCluster(ctx, place, product, hears);
  try {
    const version = await askVersion(cluster);
    yield {
      name: 'sign-in',
      status: 'ok',
      what: `accepted by ${version ?? `${product.what}, which does not tell its version`}`,
    };
    const state = await askIndex(cluster, place.name);
    yield { name: 'index', ...INDEX[state](place.name) };
    yield { name: 'privileges', ...privileges(state, await askPrivileges(cluster, place.name)) };
  } finally {
    await cluster.outbound.close();
  }
}

function privileges(state: IndexState, found: ElasticPrivileges | undefined): Omit<CheckFinding, 'name'> {
  if (found === undefined)
    return { status: 'skipped', what: 'whether documents may be created shows with the first event' };
  if (!found.create)
    return {
      status: 'failed',
      what: 'documents may not be created there',
      fix: 'Give the user or the key the privilege create_doc for the index.',
      exit: EXIT.key,
    };
  if (state === 'missing' && !found.make)
    return {
      status: 'failed',
      what: 'documents may be created there, but not the index, which is not there',
      fix: 'Make the index first, or give the privilege auto_configure.',
      exit: EXIT.key,
    };
  return { status: 'ok', what: 'documents may be created there' };
}

const INDEX: Readonly<Record<IndexState, (name: string) => Omit<CheckFinding, 'name'>>> = {
  index: (name) => ({ status: 'ok', what: `${name} is there; events that its mapping does not take are told` }),
  missing: (name) => ({ status: 'ok', what: `${name} is not there yet: it is made with the first delivery` }),
  unseen: (name) => ({
    status: 'skipped',
    what: `${name} may not be looked at: if it is not there, it is made by its first document, as the server's templates say`,
    fix: 'The privilege view_index_metadata shows it.',
  }),
  stream: (name) => ({
    status: 'warning',
    what: `${name} is a data stream: ids are known within its newest index alone`,
    fix: 'An event that is delivered again after a rollover is there twice. An index, or an alias of one, holds each once.',
  }),
};
