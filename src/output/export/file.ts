import { createHash, type Hash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { Segment } from '../../engine/source.js';
import { localError } from '../../errors.js';
import { writeFault } from '../../files/faults.js';
import { type OpenFile, writeAll } from '../../files/files.js';
import { type Checkpoint, type DurableSegment, type EndedFile, saveCheckpoint } from '../checkpoint.js';
import { gzipPacker, type Packer, plainPacker } from '../packer.js';
import { readBack } from './hash.js';
import { giveName, type LockedTarget, removeUnfinished } from './target.js';

export interface FinishedFile {
  readonly path: string;
  readonly bytes: number;
  /** Of the whole file, as read back from the disk unless it is larger than 1 GiB. */
  readonly sha256: string;
}

const CHECKPOINT_BYTES = 4 * 1024 * 1024;
const CHECKPOINT_MS = 1000;
const MOST_READ_BACK = 1024 ** 3;

/** A file that appears whole or not at all: `FILE.partial` until `finish`. */
export class ExportFile {
  readonly path: string;
  /** What an interrupted run had written durably; writing goes on after it. Undefined at the beginning of a file. */
  readonly resumed: { readonly plan: unknown; readonly segments: readonly Segment[] } | undefined;
  /** Set once everything is in the file, by this run or by an interrupted one: only `finish` is left to do. */
  ended: EndedFile | undefined;

  readonly #target: LockedTarget;
  readonly #file: OpenFile;
  readonly #packer: Packer;
  readonly #segments: DurableSegment[];
  #plan: unknown;
  #end: number;
  #segmentHash = createHash('sha256');
  /** Undefined for a resumed file. */
  readonly #wholeHash: Hash | undefined;
  /** It has its name already. */
  readonly #isNamed: boolean;
  /** Whether a write or sync failed: nothing after the last checkpoint can be trusted. */
  #isBroken = false;
  // The last checkpoint.
  #savedSegments: number;
  #savedEnd: number;
  #savedAt: number;

  constructor(target: LockedTarget, file: OpenFile, earlier: Checkpoint | undefined, isNamed = false) {
    const segments = earlier?.segments ?? [];
    this.path = target.path;
    this.resumed = earlier && { plan: earlier.plan, segments: segments.map(({ record }) => record) };
    this.ended = earlier?.ended;
    this.#target = target;
    this.#file = file;
    this.#isNamed = isNamed;
    this.#packer = target.options.gzip ? gzipPacker() : plainPacker();
    this.#segments = [...segments];
    this.#plan = earlier?.plan;
    this.#end = segments.at(-1)?.end ?? 0;
    this.#wholeHash = earlier === undefined ? createHash('sha256') : undefined;
    this.#savedSegments = segments.length;
    this.#savedEnd = this.#end;
    this.#savedAt = target.ctx.clock.monotonic();
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    await this.#put(await this.#packer.add(typeof bytes === 'string' ? Buffer.from(bytes) : bytes));
  }

  /** Ends a segment. The run can be resumed here after the next checkpoint: at once, or within a second or some megabytes. */
  async endSegment(record: Segment, plan: unknown): Promise<void> {
    await this.flush();
    this.#segments.push({ end: this.#end, sha256: this.#segmentHash.digest('hex'), record });
    this.#segmentHash = createHash('sha256');
    this.#plan = plan;
    const passed = this.#target.ctx.clock.monotonic() - this.#savedAt;
    if (this.#end - this.#savedEnd < CHECKPOINT_BYTES && passed < CHECKPOINT_MS) return;
    try {
      await this.#checkpoint();
    } catch (error) {
      throw writeFault(error, this.path);
    }
  }

  /** Writes everything to the file for those who read it; it is not durable yet. */
  async flush(): Promise<void> {
    await this.#put(await this.#packer.end());
  }

  /**
   * Makes everything durable and reads it back. `facts`: what the command needs to do the rest, as JSON; they are kept with the file, so that a run
   * that is interrupted from here on is finished by the next one without reading again. Absent: nothing is kept.
   */
  async seal(facts?: unknown): Promise<EndedFile> {
    if (this.ended !== undefined) return this.ended;
    const { files, state, options } = this.#target;
    try {
      await this.flush();
      // An empty file would not be valid gzip.
      if (this.#end === 0 && options.gzip) {
        const { gzipSync } = await import('node:zlib');
        await this.#put([gzipSync('')]);
      }
      await this.#orBroken(this.#file.sync());
      const ended: EndedFile = { bytes: this.#end, sha256: await this.#verifiedHash(), facts };
      if (facts === undefined) return ended;
      const { identity } = options;
      const [segments, plan] = [this.#segments, this.#plan];
      await saveCheckpoint(files, state, { format: 'auditlog-state-1', identity, segments, plan, ended });
      this.ended = ended;
      return ended;
    } catch (error) {
      throw writeFault(error, this.path);
    }
  }

  /** Seals the file, gives it its name, and then does `rest`, which must be safe to repeat: only after it is the run over. */
  async finish(facts?: unknown, rest?: (sealed: EndedFile) => Promise<void>): Promise<FinishedFile> {
    const { files, target, state, lock } = this.#target;
    try {
      const sealed = await this.seal(facts);
      const { bytes, sha256 } = sealed;
      if (!this.#isNamed) await this.#requireOwn();
      await this.#file.close();
      if (!this.#isNamed) await giveName(this.#target);
      await files.syncDirectory(dirname(target));
      await rest?.(sealed);
      await files.remove(state);
      await lock.release();
      return { path: this.path, bytes, sha256 };
    } catch (error) {
      throw writeFault(error, this.path);
    }
  }

  /** Removes everything: the file was only a step towards something else. */
  async discard(): Promise<void> {
    await this.#file.close();
    await removeUnfinished(this.#target);
    await this.#target.lock.release();
  }

  /** Stops here. Keeps what is durable, or removes everything when nothing is. Never rejects. */
  async abandon(): Promise<{ readonly resumable: boolean }> {
    const resumable = await this.#keepDurable();
    await this.#target.lock.release();
    return { resumable };
  }

  async #keepDurable(): Promise<boolean> {
    if (this.ended !== undefined) {
      await this.#file.close().catch(() => {});
      return true;
    }
    try {
      if (!this.#isBroken && this.#segments.length > this.#savedSegments) await this.#checkpoint();
    } catch {
      // The previous checkpoint is still valid.
    }
    const own = await this.#isOwn().catch(() => false);
    await this.#file.close().catch(() => {});
    if (!own) return false;
    // Segments without rows are not worth resuming from.
    if (this.#segments.slice(0, this.#savedSegments).some(({ record }) => record.rows > 0)) return true;
    await removeUnfinished(this.#target).catch(() => {});
    return false;
  }

  async #put(blocks: readonly Uint8Array[]): Promise<void> {
    for (const block of blocks) {
      await this.#orBroken(writeAll(this.#file, block, this.#end));
      this.#segmentHash.update(block);
      this.#wholeHash?.update(block);
      this.#end += block.length;
    }
  }

  async #checkpoint(): Promise<void> {
    const { files, ctx, state, options } = this.#target;
    // A failed sync reports what was lost only once.
    await this.#orBroken(this.#file.sync());
    const { identity } = options;
    const [segments, plan] = [this.#segments, this.#plan];
    await saveCheckpoint(files, state, { format: 'auditlog-state-1', identity, segments, plan });
    this.#savedSegments = segments.length;
    this.#savedEnd = this.#end;
    this.#savedAt = ctx.clock.monotonic();
  }

  async #orBroken(operation: Promise<void>): Promise<void> {
    try {
      await operation;
    } catch (error) {
      this.#isBroken = true;
      throw writeFault(error, this.path);
    }
  }

  /** Whether the name is still that of the open file: a run on another machine does not see that we are writing. */
  async #isOwn(): Promise<boolean> {
    const { files, partial } = this.#target;
    return (await files.look(partial))?.identity === (await this.#file.identity());
  }

  async #requireOwn(): Promise<void> {
    if (await this.#isOwn()) return;
    // Reports a missing folder as such.
    await this.#target.files.syncDirectory(dirname(this.#target.partial));
    throw localError(
      `${this.path}.partial was removed or replaced while it was written`,
      'Stop the other run of the same export',
    );
  }

  /** The hash of the file, after comparing what the disk returns with what was written. */
  async #verifiedHash(): Promise<string> {
    if (this.#end > MOST_READ_BACK && this.#wholeHash !== undefined) return this.#wholeHash.digest('hex');
    const sha256 = await readBack(this.#file, this.#segments, this.#end);
    const isSame =
      sha256 !== undefined &&
      (await this.#file.size()) === this.#end &&
      (this.#wholeHash === undefined || this.#wholeHash.digest('hex') === sha256);
    if (isSame) return sha256;
    throw localError(
      `${basename(this.#target.partial)} differs from what was written to it`,
      'Do not trust this disk: the file keeps its temporary name',
    );
  }
}
