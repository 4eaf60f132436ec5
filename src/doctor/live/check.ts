import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import { timesUntil } from '../../providers/times.js';
import { type LiveAnswer, type LiveFinding, LiveRequests } from './ask.js';
import { firstPage, judgeFirst } from './first.js';
import { judgeQuiet, judgeRange } from './range.js';
import { secondPage } from './second.js';

export type { LiveFinding } from './ask.js';

/** What a vendor's own answers show of its file. */
export interface LiveReport {
  readonly findings: readonly LiveFinding[];
  readonly requests: number;
  /** The first page that was answered. */
  readonly first: LiveAnswer | undefined;
  /** Removes the key from a text of the answers. */
  readonly scrub: (text: string) => string;
}

/** Compares a vendor's file with what the vendor answers, in at most ten requests. Rejects where the key is refused or there is no usable answer. */
export async function checkLive(
  client: Client,
  { provider, base, orgs }: Pick<Connection, 'provider' | 'base' | 'orgs'>,
  clock: () => number,
): Promise<LiveReport> {
  const requests = new LiveRequests(client, { provider, base, org: orgs[0] ?? '' });
  const report = (findings: readonly LiveFinding[], first?: LiveAnswer): LiveReport => ({
    findings,
    requests: requests.count,
    first,
    scrub: requests.scrub,
  });
  const first = await firstPage(requests, provider, clock());
  if (first === undefined) return report([]);
  const { answer } = first;
  if (answer.refused !== undefined) return report(first.findings);
  // The server's clock, not ours, says what is in the future.
  const now = clock() + client.stats().skew;
  const shown = [...first.findings, ...judgeFirst(provider, answer, now)];
  const { entries } = answer;
  const { after, before } = timesUntil(now);
  // Without times nothing can be said of ranges, and pages may be anything.
  if (entries === undefined || entries.every(({ time }) => !(time >= after && time < before)))
    return report(shown, answer);
  const second = await secondPage(requests, provider, first);
  const isFromZero = second.findings.some(({ path, text }) => path === '$.paging.first' && text.endsWith(': 0'));
  const question = isFromZero ? { ...first.question, place: { page: 0 } } : first.question;
  const known = { entries: [...entries, ...second.entries], question };
  // These shift what a range gives.
  const isShifted = [...shown, ...second.findings].some(({ path }) => ['$.timeZone', '$.paging.style'].includes(path));
  const ranged = isShifted ? [] : await judgeRange(requests, provider, known);
  const quiet = ranged.length > 0 ? [] : await judgeQuiet(requests, provider, known);
  return report([...shown, ...second.findings, ...ranged, ...quiet], answer);
}
