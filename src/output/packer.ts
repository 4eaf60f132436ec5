import { createGzip, type Gzip } from 'node:zlib';

/** Turns the output of a format into blocks of a file. */
export interface Packer {
  /** Adds bytes; returns the blocks that are ready. */
  add(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
  /** Ends a segment; returns the rest of it. */
  end(): Promise<readonly Uint8Array[]>;
}

/** Bytes of a block, whatever the batches are, so that compression gives the same bytes each time. */
const BLOCK = 128 * 1024;

export function plainPacker(): Packer {
  return blocks(
    async (block) => [block],
    async () => [],
  );
}

/** One gzip member a segment: together they are a gzip file, and each can be written without the previous ones. */
export function gzipPacker(): Packer {
  let gzip: Gzip | undefined;
  let ready: Buffer[] = [];
  let failure: Error | undefined;
  const taken = (): readonly Uint8Array[] => {
    if (failure !== undefined) throw failure;
    const blocks = ready;
    ready = [];
    return blocks;
  };
  const open = (): Gzip => {
    const opened = createGzip({ level: 6 });
    opened.on('data', (data: Buffer) => ready.push(data));
    opened.on('error', (error) => {
      failure = error;
    });
    return opened;
  };
  return blocks(
    async (block) => {
      gzip ??= open();
      const stream = gzip;
      await new Promise<void>((resolve, reject) => stream.write(block, (error) => (error ? reject(error) : resolve())));
      return taken();
    },
    async () => {
      if (gzip === undefined) return [];
      const stream = gzip;
      gzip = undefined;
      await new Promise<void>((resolve, reject) => {
        stream.once('end', resolve);
        stream.once('error', reject);
        stream.end();
      });
      return taken();
    },
  );
}

function blocks(
  write: (block: Uint8Array) => Promise<readonly Uint8Array[]>,
  finish: () => Promise<readonly Uint8Array[]>,
): Packer {
  let pending: Uint8Array[] = [];
  let size = 0;
  const flush = async (): Promise<readonly Uint8Array[]> => {
    if (size === 0) return [];
    const block = pending.length === 1 ? (pending[0] as Uint8Array) : Buffer.concat(pending, size);
    pending = [];
    size = 0;
    return write(block);
  };
  return {
    async add(bytes) {
      const out: Uint8Array[] = [];
      for (let start = 0; start < bytes.length; ) {
        const part = bytes.subarray(start, start + BLOCK - size);
        pending.push(part);
        size += part.length;
        start += part.length;
        if (size === BLOCK) out.push(...(await flush()));
      }
      return out;
    },
    end: async () => [...(await flush()), ...(await finish())],
  };
}
