import { createHash } from 'node:crypto';
import type { Context } from '../../context.js';
import { openExportFile } from '../../output/export.js';
import { openStream } from '../../output/stream.js';

/** The target of a report: a file that appears whole or not at all, a pipe, or standard output. */
export interface ReportFile {
  write(bytes: Uint8Array): Promise<void>;
  finish(): Promise<{ readonly bytes: number; readonly sha256: string }>;
  /** Deletes what was written. Never rejects. */
  abandon(): Promise<void>;
}

/** Opens the target before anything is requested. Rejects with a usage error if the file exists, unless `force`. */
export async function openReportFile(ctx: Context, path: string | undefined, force: boolean): Promise<ReportFile> {
  if (path === undefined) return streamed({ write: (bytes) => ctx.stdout.write(bytes), close: async () => {} });
  const stream = await openStream(ctx, path, { gzip: false });
  if (stream !== undefined)
    return streamed({
      write: (bytes) => stream.write(bytes),
      close: async () => {
        await stream.endSegment();
        await stream.close();
      },
    });
  const file = await openExportFile(ctx, path, {
    force,
    restart: false,
    gzip: false,
    identity: { format: 'report' },
  });
  return {
    write: (bytes) => file.write(bytes),
    finish: () => file.finish(),
    abandon: async () => {
      await file.abandon();
    },
  };
}

function streamed({
  write,
  close,
}: {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}): ReportFile {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    write: async (block) => {
      hash.update(block);
      bytes += block.length;
      await write(block);
    },
    finish: async () => {
      await close();
      return { bytes, sha256: hash.digest('hex') };
    },
    abandon: async () => {
      await close().catch(() => {});
    },
  };
}
