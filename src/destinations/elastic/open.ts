import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import type { Provider } from '../../providers/provider.js';
import type { Schema } from '../../schemas/schema.js';
import type { Destination, DestinationOptions, OpenDestination, StreamDelivery } from '../destination.js';
import { openBatches } from '../shared/batch.js';
import { parseHttpUrl } from '../shared/url.js';
import { checkElastic } from './check.js';
import { askIndex, type ElasticCluster, type ElasticProduct, makeIndex, openCluster } from './cluster.js';
import { openDocuments } from './document.js';
import { ELASTIC_INDEX } from './mapping.js';

const ELASTIC: ElasticProduct = { what: 'Elasticsearch', keys: 'ApiKey', form: 'elastic+https://host:9200/index' };
const OPENSEARCH: ElasticProduct = {
  what: 'OpenSearch',
  keys: undefined,
  form: 'opensearch+https://user@host:9200/index',
};

/** Both products recommend requests of a few megabytes. */
const LIMITS = { rows: 1000, bytes: 4 * 1024 * 1024 };

/** `elastic+https://[user@]host[:port]/index`: documents in an index or a data stream. Without a user the secret is an API key. */
export const openElastic: OpenDestination = (ctx, url, options) => open(ctx, url, options, ELASTIC);

/** `opensearch+https://user@host[:port]/index`: the same. */
export const openOpenSearch: OpenDestination = (ctx, url, options) => open(ctx, url, options, OPENSEARCH);

function open(
  ctx: Context,
  url: string,
  { provider, schema, hears }: DestinationOptions,
  product: ElasticProduct,
): Destination {
  const target = parseHttpUrl(url, { form: product.form, parameters: [] });
  refuseName(target.name, product.form);
  if (schema?.isJson === false)
    throw usageError(
      `${product.what} takes documents, and ${schema.name} is lines of text`,
      'Choose --schema ecs or ocsf.',
    );
  return {
    shown: target.shown,
    idempotent: true,
    origin: target.base.origin,
    check: () => checkElastic(ctx, target, product, hears),
    async open(beforeMaking) {
      const cluster = await openCluster(ctx, target, product, hears);
      try {
        if ((await askIndex(cluster, target.name)) === 'missing') {
          await beforeMaking?.();
          await makeIndex(cluster, target.name, ELASTIC_INDEX);
        }
        return deliver(cluster, provider, schema ?? (await ecs(provider)));
      } catch (error) {
        await cluster.outbound.close();
        throw error;
      }
    },
  };
}

/** Refuses names that both products refuse, and patterns that name several indices. */
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
