import type { Confirmed } from '../../days/ending.js';
import type { ExpectedFiles, Holding, Repair } from '../../days/holding.js';
import type { TakenDays } from '../../destinations/destination.js';
import type { Segment, Verdict } from '../../engine/source.js';
import { addRows, type HandoverResult } from '../deliver/handover.js';
import { Quarantine } from '../deliver/quarantine.js';
import { orgFolder } from '../paths.js';
import { loadAcknowledged, unacknowledged } from '../state/acknowledged.js';
import {
  loadOrgCheckpoint,
  newestOf,
  newOrgCheckpoint,
  type OrgCheckpoint,
  saveOrgCheckpoint,
  sums,
} from '../state/checkpoint.js';
import { type GoneDay, learnGone } from '../state/gone.js';
import { Ledger } from '../state/ledger.js';
import { RefusedEntries } from '../state/refused.js';
import type { Glanced } from './glance.js';
import { type CollectedOrg, type Gap, prefixOf } from './result.js';
import type { OrgWorld } from './world.js';

/** One reading, all of it at the destination. */
export interface Transferred {
  /** The checkpoint before it. */
  readonly began: OrgCheckpoint;
  readonly segments: readonly Segment[];
  readonly verdict: Verdict;
  readonly result: HandoverResult;
  /** Where the log begins now, if that is later than it did. */
  readonly edge: Partial<OrgCheckpoint>;
}

/** One cycle of one organization: its durable checkpoint, and what it will report. */
export class OrgCycle {
  readonly world: OrgWorld;
  /** The folder of what is remembered of the organization. */
  readonly path: string;
  readonly ledger: Ledger;
  readonly refused: RefusedEntries;
  /** Closed days whose counts are what they were, so far in this cycle. */
  readonly confirmed: Confirmed[] = [];
  #checkpoint: OrgCheckpoint;
  /** The head of the chain as this cycle left it; undefined: nothing is remembered. */
  #head: string | undefined;
  #repair: Repair | undefined;
  /** Whether somebody else changed the files while this cycle ran. */
  #isForeign = false;
  readonly #lateBefore: number;
  #delivered = 0;
  #read = 0;
  readonly #gaps: Gap[] = [];
  readonly #gone: GoneDay[] = [];
  readonly #unseen = new Map<string, number>();
  #isStale = false;

  private constructor(world: OrgWorld, path: string, checkpoint: OrgCheckpoint) {
    this.world = world;
    this.path = path;
    this.ledger = new Ledger(world.folder.files, path);
    this.refused = new RefusedEntries({ ...world.folder, path });
    this.#checkpoint = checkpoint;
    this.#lateBefore = checkpoint.late;
    this.#head = checkpoint.holding?.head;
  }

  /** Loads how far the collector got. */
  static async open(world: OrgWorld): Promise<OrgCycle> {
    const { folder, org } = world;
    const path = orgFolder(folder, org);
    await folder.makeFolder(path);
    const { checkpoint, damaged } = await loadOrgCheckpoint(folder.files, path);
    if (damaged > 0)
      world.say(
        checkpoint === undefined
          ? `${org}: both checkpoints are damaged; all history is read again, and nothing is delivered twice`
          : `${org}: a checkpoint is damaged; going on from the other one`,
      );
    return new OrgCycle(world, path, checkpoint ?? newOrgCheckpoint(org));
  }

  get checkpoint(): OrgCheckpoint {
    return this.#checkpoint;
  }

  async save(change: Partial<OrgCheckpoint>): Promise<void> {
    // What somebody else does to the files meanwhile may undo what a span says is there.
    const unsure = this.#isForeign ? { spans: this.#checkpoint.spans, open: null } : {};
    const checkpoint = { ...this.#checkpoint, ...change, ...unsure, generation: this.#checkpoint.generation + 1 };
    this.#checkpoint = checkpoint;
    await saveOrgCheckpoint(this.world.folder.files, this.path, checkpoint);
  }

  /** For one reading. */
  openQuarantine(): Quarantine {
    const { world, refused: entries } = this;
    return new Quarantine({
      entries,
      serverNow: world.serverNow,
      say: (text) => world.say(`${prefixOf(world.org)}${text}`),
    });
  }

  /** An entry that was refused before is at the destination now. */
  async countRetried(): Promise<void> {
    this.#delivered += 1;
    await this.save({ delivered: this.#checkpoint.delivered + 1 });
  }

  doubt(gap: Gap): void {
    this.#gaps.push(gap);
  }

  get isDoubtful(): boolean {
    return this.#gaps.length > 0;
  }

  /** Whether a reading of this cycle saw the log as it was earlier. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Entries that changed files do not hold any more, and that were an alarm before: they stay one. */
  unseenOf(day: string): number {
    return this.#unseen.get(day) ?? 0;
  }

  /** Whether days that were lost at the destination are brought again. */
  get repairs(): boolean {
    return this.#repair !== undefined;
  }

  beginRepair(head: string, repair: Repair): void {
    this.#head = head;
    this.#repair = repair;
  }

  /** Remembers what files the destination holds. */
  async adopt(holding: Holding, change: Partial<OrgCheckpoint> = {}): Promise<void> {
    this.#head = holding.head;
    await this.save({ ...change, holding });
  }

  expected(): ExpectedFiles {
    return { head: this.#head, repair: this.#repair };
  }

  /** Files were written. */
  took({ holding, asExpected, dropped }: TakenDays): void {
    for (const { day, rows } of dropped)
      this.world.say(
        `${prefixOf(this.world.org)}dropped ${rows} late ${rows === 1 ? 'event' : 'events'} of ${day}: the files of that day were pruned`,
      );
    this.#head = holding.head;
    if (this.#repair !== undefined) this.#repair = { ...this.#repair, mend: false };
    if (!asExpected && !this.#isForeign) this.doubt({ from: undefined, to: undefined, why: FOREIGN });
    this.#isForeign ||= !asExpected;
    // Saved with the spans that were read into these files.
    if (!this.#isForeign) this.#checkpoint = { ...this.#checkpoint, holding };
  }

  /**
   * Adds what a whole reading delivered to the report, and saves it with `change`. `isStale`: the reading saw the log as it was earlier, so what it
   * lacks is not gone.
   */
  async learn(
    { began, verdict, result, edge, isStale = false }: Transferred & { readonly isStale?: boolean },
    change: Partial<OrgCheckpoint>,
  ): Promise<void> {
    const { world } = this;
    const before = this.#checkpoint;
    this.#isStale ||= isStale;
    const { fresh, oldest, sealedTo } = result;
    this.#delivered += fresh;
    this.#read += verdict.fetched;
    const isLess = before.sealedTo !== null && (sealedTo ?? '') < before.sealedTo;
    // A checkpoint of an earlier version remembers only how many entries there were.
    const isFewer = began.holding === undefined && result.held < began.delivered;
    const lost = world.delivery.kind === 'files' && (isLess || isFewer);
    if (lost) this.doubt({ from: undefined, to: before.sealedTo ?? undefined, why: LOST });
    // Remarks on days that are read again in each cycle are not repeated.
    if (fresh > 0) for (const remark of verdict.remarks) world.say(`${prefixOf(world.org)}${remark}`);
    await this.save({
      gone: isStale ? before.gone : this.#learnGone(result, verdict),
      oldest:
        before.oldest === null || (oldest !== undefined && oldest < before.oldest) ? (oldest ?? null) : before.oldest,
      sealedTo: sealedTo ?? before.sealedTo,
      includesDay: before.includesDay || world.through?.includesDay() === true,
      newest: newestOf(before, result.newest),
      ...sums(began, result),
      ...change,
      ...edge,
      ...(lost ? { spans: [], sealedTo: null, readAt: null, open: null } : {}),
    });
  }

  /** A reading that was not reconciled may lack entries that are there. What is gone and comes back is forgotten. */
  #learnGone(result: HandoverResult, { notes }: Verdict): readonly GoneDay[] {
    const before = this.#checkpoint.gone;
    if (notes.length > 0) return before;
    const changed = new Set(Object.keys(this.#checkpoint.owed ?? {}));
    const { gone, found, unseen } = learnGone(before, result, { at: this.world.serverNow(), changed });
    this.#gone.push(...found);
    for (const { day, rows } of unseen) addRows(this.#unseen, day, rows);
    return gone;
  }

  /** Saves what a look at the newest entries delivered. */
  async learnGlance({ open, delivered }: Glanced, readAt: number): Promise<void> {
    if (open === undefined && delivered === undefined) return;
    const before = this.#checkpoint;
    this.#delivered += delivered?.fresh ?? 0;
    await this.save({
      delivered: before.delivered + (delivered?.fresh ?? 0),
      newest: newestOf(before, delivered?.newest),
      ...(open === undefined ? {} : { open, readAt, cycles: before.cycles + 1 }),
    });
  }

  async result(status: 'verified' | 'uncounted'): Promise<CollectedOrg> {
    const { spans, late, sealedTo, gone } = this.#checkpoint;
    const acknowledged = await loadAcknowledged(this.world.folder.files, this.path);
    return {
      org: this.world.org,
      status: this.#gaps.length > 0 ? 'unreconciled' : status,
      delivered: this.#delivered,
      late: late - this.#lateBefore,
      gone: this.#gone,
      unacknowledged: unacknowledged(gone, acknowledged),
      refused: (await this.refused.names()).length,
      gaps: this.#gaps,
      unconfirmed: spans.filter(({ count }) => count === null).length,
      sealedTo,
      read: this.#read,
    };
  }
}

const FOREIGN = 'the archive was changed while this cycle ran: the next cycle reads again what is missing';

const LOST = 'the destination no longer has what was there: the next cycle brings all of it again';
