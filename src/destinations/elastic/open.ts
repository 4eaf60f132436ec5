import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import type { Schema } from '../../schemas/schema.js';
import { formatInstant, UTC } from '../../time.js';
import type { DeliveredEntry, Destination, DestinationOptions, OpenDestination } from '../destination.js';
import { deliverInBatches } from '../shared/batch.js';
import { entryKey, isEarlierKey } from '../shared/identity.js';
import { schemaOr } from '../shared/schema.js';
import { parseHttpUrl } from '../shared/url.js';
import { checkElastic } from './check.js';
import { type ElasticProduct, openCluster } from './cluster.js';
import { askHeld, askIndex, makeIndex } from './state.js';

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

function open(ctx: Context, url: string, options: DestinationOptions, product: ElasticProduct): Destination {
  const { provider, schema, hears } = options;
  const target = parseHttpUrl(url, { form: product.form, parameters: [], takesUser: true });
  refuseName(target.name, product.form);
  if (schema?.isJson === false)
    throw usageError(
      `--schema ${schema.name} does not apply to ${product.what}: it takes documents, not lines of text`,
      'Choose --schema ecs or ocsf',
    );
  return {
    shown: target.shown,
    idempotent: true,
    origin: target.base.origin,
    check: () => checkElastic(ctx, target, product, hears),
    async open(beforeMaking) {
      const cluster = await openCluster(ctx, target, product, hears);
      try {
        const state = await askIndex(cluster, target.name);
        const held = state === 'index' || state === 'stream' ? await askHeld(cluster, target.name) : undefined;
        if (held?.ids.some(isEarlierKey) === true) throw earlier(target.name, product);
        // It is not there, or somebody has deleted every document.
        if (state === 'missing' || held?.total === 0) await beforeMaking?.();
        if (state === 'missing') await makeIndex(cluster, target.name);
        const delivered = await schemaOr('ecs', options);
        return deliverInBatches({
          limits: LIMITS,
          send: (rows) => cluster.write(rows, state === 'stream' ? 'create' : 'index'),
          bodyOf: (org, entry) => documentOf(provider, delivered, org, entry),
          close: cluster.close,
        });
      } catch (error) {
        await cluster.close();
        throw error;
      }
    },
  };
}

/** Refuses names that both products refuse, and patterns that name several indices. */
function refuseName(name: string, form: string): void {
  if (name === '') throw usageError('missing name of an index', `Example: ${form}`);
  if (name !== name.toLowerCase() || /[\\/*?"<>| ,#:]|^[-_+]|^\.\.?$/.test(name) || Buffer.byteLength(name) > 255)
    throw usageError(
      `invalid name of an index: ${JSON.stringify(name)}`,
      'Use lower case, without blanks and without any of \\ / * ? " < > | , # :',
    );
}

function earlier(name: string, { form }: ElasticProduct): Error {
  return usageError(
    `index ${name} has documents of an earlier version: redelivered events would be duplicates`,
    `Make a collector for a new index: auditlog collect NAME --create --dest ${form}\nOr delete the index and run this again: it is created and filled`,
  );
}

/** The two lines of an entry in a `_bulk` request: the action, and the document in a schema that is JSON. */
function documentOf(provider: Provider, schema: Schema, org: string, entry: DeliveredEntry): Buffer {
  const action = JSON.stringify({ index: { _id: entryKey(org, entry) } });
  const line = schema.line(toEvent(provider, entry), org);
  // Data streams and dashboards need `@timestamp`, which only ECS has.
  const time = schema.name === 'ecs' ? '' : formatInstant(entry.time, UTC);
  const document = time === '' ? line : `{"@timestamp":"${time}",${line.slice(1)}`;
  return Buffer.from(`${action}\n${document}\n`);
}
