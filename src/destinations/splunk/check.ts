import type { Context } from '../../context.js';
import type { Hearing } from '../../http/outbound.js';
import type { CheckFinding } from '../destination.js';
import { checkConnection, checkWay } from '../shared/check.js';
import { ok, skipped, warning } from '../shared/finding.js';
import type { HttpTarget } from '../shared/url.js';
import { openCollector, SPLUNK, type SplunkCollector } from './collector.js';

/** Checks the connection, the collector and its token. Sends no event. */
export function checkSplunk(ctx: Context, target: HttpTarget, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  return checkConnection({
    names: ['address', 'tls', 'collector', 'token', 'acknowledgement', 'index'],
    way: () => checkWay(ctx, target.base, SPLUNK),
    open: () => openCollector(ctx, target, hears),
    look: (collector) => look(collector, target.name === '' ? 'its own index' : target.name),
  });
}

async function* look(collector: SplunkCollector, index: string): AsyncGenerator<CheckFinding, void> {
  await collector.health();
  yield ok('collector', 'it is well');
  await collector.knowsToken();
  yield ok('token', 'it is accepted');
  yield (await collector.acknowledges())
    ? ok('acknowledgement', 'the token has indexer acknowledgement: delivered means indexed')
    : warning(
        'acknowledgement',
        'the token has no indexer acknowledgement: delivered means received, and what Splunk loses before it is indexed is lost',
        'Turn on "Enable indexer acknowledgement" for the token, where this Splunk offers it',
      );
  yield skipped('index', `whether the token may write to ${index} shows with the first event`);
}
