import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { keyScrubber } from '../../http/redact.js';
import type { Range } from '../../time.js';
import { StreamHandover } from '../deliver/stream.js';
import { type CollectorRun, orgWorld } from './live.js';
import { OrgCycle } from './state.js';
import type { OrgWorld } from './world.js';

/** What a replay of one organization delivered. */
export interface ReplayedOrg {
  readonly org: string;
  readonly rows: number;
  /** Where the server's count and its entries do not agree. May quote the server: neutralise before showing. */
  readonly notes: readonly string[];
  /** Entries that the destination rejects, of all runs. */
  readonly refused: number;
}

/** Delivers every entry of a range once more, whatever the ledger says. How far the collector got stays as it was. */
export async function runReplay(ctx: Context, collecting: CollectorRun, range: Range): Promise<readonly ReplayedOrg[]> {
  const secret = await collecting.connection.key();
  const key = { hint: secret.hint, scrub: keyScrubber(collecting.connection.provider.auth, secret) };
  const replayed: ReplayedOrg[] = [];
  for (const org of collecting.connection.orgs)
    replayed.push(await replayOrg(orgWorld(ctx, collecting, org, key), range));
  return replayed;
}

async function replayOrg(world: OrgWorld, { from, before }: Range): Promise<ReplayedOrg> {
  const { delivery, org, flushRows } = world;
  if (delivery.kind === 'files')
    throw usageError(
      '--replay does not apply to day files: each cycle compares them with the server',
      'Compare every day: leave --replay, --from and --to out, and add --deep',
    );
  const cycle = await OrgCycle.open(world);
  const begin = world.from === undefined || (from !== undefined && from > world.from) ? from : world.from;
  const reading = world.read({ from: begin, before }, { counted: true });
  const quarantine = cycle.openQuarantine();
  const handover = new StreamHandover({ delivery, ledger: cycle.ledger, quarantine, org, flushRows, again: true });
  let rows = 0;
  for await (const batch of reading.batches) {
    rows += batch.entries.length;
    await handover.take(batch);
    if (batch.segmentEnd !== undefined) await handover.windowEnd(batch.segmentEnd);
  }
  await handover.end();
  return { org, rows, notes: reading.verdict().notes, refused: (await cycle.refused.names()).length };
}
