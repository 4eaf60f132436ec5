import type { Context } from '../../context.js';
import type { Hearing } from '../../http/outbound.js';
import type { CheckFinding } from '../destination.js';
import { checkWay, findingsOf } from '../shared/check.js';
import type { HttpTarget } from '../shared/url.js';
import { openCollector, SPLUNK } from './collector.js';

/** Every finding, in order. */
const FINDINGS = ['address', 'tls', 'collector', 'token', 'acknowledgement', 'index'];

/** Checks the connection, the collector and its token. Sends no event. */
export function checkSplunk(ctx: Context, target: HttpTarget, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  return findingsOf(FINDINGS, look(ctx, target, hears));
}

async function* look(ctx: Context, target: HttpTarget, hears?: Hearing): AsyncGenerator<CheckFinding, void> {
  const way = await checkWay(ctx, target.base, SPLUNK);
  yield* way;
  if (way.at(-1)?.status === 'failed') return;
  const collector = await openCollector(ctx, target, hears);
  try {
    await collector.health();
    yield { name: 'collector', status: 'ok', what: 'it is well' };
    await collector.knowsToken();
    yield { name: 'token', status: 'ok', what: 'it is accepted' };
    yield (await collector.acknowledges()) ? ACKNOWLEDGED : UNACKNOWLEDGED;
    const index = target.name === '' ? 'its own index' : target.name;
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
