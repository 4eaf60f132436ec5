import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import type { Schema } from '../../schemas/schema.js';
import type { OpenDestination } from '../destination.js';
import { deliverInBatches } from '../shared/batch.js';
import { type HttpTarget, parseHttpUrl } from '../shared/url.js';
import { checkSplunk } from './check.js';
import { openCollector } from './collector.js';
import { type SplunkMeta, splunkEvent, splunkText } from './event.js';

const SPLUNK_FORM = 'splunk+https://host:8088/index';

/** Splunk Cloud limits a request to one megabyte. */
const LIMITS = { rows: 1000, bytes: 512 * 1024 };

/** `splunk+https://host:8088[/index][?sourcetype=...]`: events over the HTTP Event Collector, which has no ids: a redelivered one exists twice, with the same `key`. */
export const openSplunk: OpenDestination = (ctx, url, { provider, schema, hears }) => {
  const target = parseHttpUrl(url, { form: SPLUNK_FORM, parameters: ['sourcetype'] });
  return {
    shown: target.shown,
    idempotent: false,
    origin: target.base.origin,
    check: () => checkSplunk(ctx, target, hears),
    open: async () => {
      const collector = await openCollector(ctx, target, hears);
      const meta = metaOf(target, provider, schema);
      return deliverInBatches({
        limits: LIMITS,
        send: (rows) => collector.send(rows),
        bodyOf: (org, entry) => {
          const text =
            schema === undefined ? entry.raw : splunkText(schema, schema.line(toEvent(provider, entry), org));
          return splunkEvent(meta, org, entry, text);
        },
        settled: () => collector.indexed(),
        close: () => collector.close(),
      });
    },
  };
};

function metaOf({ name, parameters }: HttpTarget, provider: Provider, schema: Schema | undefined): SplunkMeta {
  const source = `auditlog:${provider.name}`;
  return {
    host: provider.base === undefined ? provider.name : new URL(provider.base).host,
    source,
    sourcetype: parameters.get('sourcetype') ?? (schema === undefined ? source : `${source}:${schema.name}`),
    index: name === '' ? undefined : name,
  };
}
