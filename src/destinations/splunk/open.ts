import type { Context } from '../../context.js';
import type { Hearing } from '../../http/outbound.js';
import { toEvent } from '../../providers/normalize.js';
import type { Provider } from '../../providers/provider.js';
import type { Schema } from '../../schemas/schema.js';
import type { CheckFinding, OpenDestination, StreamDelivery } from '../destination.js';
import { openBatches } from '../shared/batch.js';
import { checkWay, findingsOf } from '../shared/check.js';
import { entryName } from '../shared/identity.js';
import { type HttpPlace, parseHttpUrl } from '../shared/url.js';
import { openCollector, SPLUNK, type SplunkCollector } from './collector.js';
import { type SplunkMeta, splunkEvent, splunkText } from './event.js';

const SPLUNK_FORM = 'splunk+https://host:8088/index';

/** Splunk Cloud takes a request of a megabyte. */
const LIMITS = { rows: 1000, bytes: 512 * 1024 };

/**
 * `splunk+https://host:8088[/index][?sourcetype=...]`: events over the HTTP Event Collector of Splunk. It knows no ids of events: what is delivered again after an interruption is
 * there twice, and tells so by the same `key`. The token is the destination's secret.
 */
export const openSplunk: OpenDestination = (ctx, url, { provider, schema, hears }) => {
  const place = parseHttpUrl(url, { form: SPLUNK_FORM, parameters: ['sourcetype'] });
  return {
    shown: place.shown,
    idempotent: false,
    origin: place.base.origin,
    check: () => findingsOf(FINDINGS, looking(ctx, place, hears)),
    open: async () =>
      deliver(await openCollector(ctx, place, hears), metaOf(place, provider, schema), provider, schema),
  };
};

function metaOf({ name, parameters }: HttpPlace, provider: Provider, schema: Schema | undefined): SplunkMeta {
  const source = `auditlog:${provider.name}`;
  return {
    host: provider.base === undefined ? provider.name : new URL(provider.base).host,
    source,
    sourcetype: parameters.get('sourcetype') ?? (schema === undefined ? source : `${source}:${schema.name}`),
    index: name === '' ? undefined : name,
  };
}

function deliver(
  collector: SplunkCollector,
  meta: SplunkMeta,
  provider: Provider,
  schema: Schema | undefined,
): StreamDelivery {
  const batches = openBatches(LIMITS, collector.send);
  return {
    kind: 'stream',
    async put({ org, entries }) {
      for (const entry of entries) {
        const text = schema === undefined ? entry.raw : splunkText(schema, schema.line(toEvent(provider, entry), org));
        await batches.add({ body: splunkEvent(meta, org, entry, text), name: entryName(org, entry) });
      }
    },
    async flush() {
      await batches.flush();
      await collector.indexed();
    },
    close: () => collector.close(),
  };
}

const FINDINGS = ['address', 'tls', 'collector', 'token', 'acknowledgement', 'index'];

async function* looking(ctx: Context, place: HttpPlace, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  const way = await checkWay(ctx, place.base, SPLUNK);
  yield* way;
  if (way.at(-1)?.status === 'failed') return;
  const collector = await openCollector(ctx, place, hears);
  try {
    await collector.health();
    yield { name: 'collector', status: 'ok', what: 'it is well' };
    await collector.knowsToken();
    yield { name: 'token', status: 'ok', what: 'it is accepted' };
    yield (await collector.acknowledges()) ? ACKNOWLEDGED : UNACKNOWLEDGED;
    const index = place.name === '' ? 'its own index' : place.name;
    yield {
      name: 'index',
      status: 'skipped',
      what: `whether the token may write to ${index} shows with the first event`,
    };
  } finally {
    await collector.close();
  }
}

const ACKNOWLEDGED: CheckFinding = {
  name: 'acknowledgement',
  status: 'ok',
  what: 'the token has indexer acknowledgement: delivered means indexed',
};

const UNACKNOWLEDGED: CheckFinding = {
  name: 'acknowledgement',
  status: 'warning',
  what: 'the token has no indexer acknowledgement: delivered means received, and what Splunk loses before it is indexed is lost',
  fix: 'Turn on "Enable indexer acknowledgement" for the token, where this Splunk offers it.',
};
