import type { Context } from '../../context.js';
import { checkLive } from '../../doctor/live/check.js';
import { type ConnectionChoice, connect } from '../../profile.js';
import type { Provider } from '../../providers/provider.js';
import { openNotingClient } from '../job/client.js';
import type { Notes } from '../say/notes.js';
import type { FileFinding } from './answer.js';
import { answerSample, type VendorSample } from './sample.js';

/** The findings from the vendor's own answers. */
export interface LiveCheck {
  /** The vendor, with its variables replaced. */
  readonly provider: Provider;
  readonly sample: VendorSample;
  readonly findings: readonly FileFinding[];
  readonly requests: number;
  /** Removes the key from texts of the answers. */
  readonly scrub: (text: string) => string;
}

/** Tests a vendor's file against the API. Rejects if there is no usable answer. */
export async function askVendor(
  ctx: Context,
  choice: ConnectionChoice,
  notes: Notes,
  file: string,
): Promise<LiveCheck> {
  const connection = await connect(ctx, { ...choice, provider: file });
  const client = openNotingClient(ctx, connection, notes, {});
  try {
    const { provider } = connection;
    const { findings, requests, first, scrub } = await checkLive(client, connection, () => ctx.clock.now());
    const isListMissing = findings.some(({ path }) => path === '$.items');
    const sample =
      first === undefined || isListMissing ? { entries: [], wrong: [] } : answerSample(provider, first.body, file);
    const wrong = findings.map(({ path, text }): FileFinding => ({ weight: 'wrong', text: `${path}: ${text}` }));
    return { provider, sample, findings: wrong, requests, scrub };
  } finally {
    await client.close();
    await connection.close();
  }
}
