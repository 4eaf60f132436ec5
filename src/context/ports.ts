import { constants, fstatSync, readFileSync, statSync } from 'node:fs';

/** A stream for text or bytes. */
export interface OutputPort {
  readonly isTTY: boolean;
  /**
   * Whether writes are lost: it is the null device opened for reading and writing, which Node also uses to replace a closed stream. Known on Linux
   * only.
   */
  readonly goesNowhere?: () => boolean;
  /** Current width in cells; 0 when unknown. */
  columns(): number;
  /** Current height in lines; 0 when unknown. */
  rows(): number;
  /**
   * Resolves when the chunk is handed over. Once the stream has failed, rejects with its error, such as EPIPE. Rejects with the signal's reason if
   * the reader does not take the chunk within a second after a stop.
   */
  write(chunk: string | Uint8Array): Promise<void>;
}

export interface InputPort {
  readonly isTTY: boolean;
  /** Everything until the end. Rejects beyond `maxBytes`. */
  readAll(maxBytes: number): Promise<Buffer>;
  /** Everything as it arrives; can be iterated once. Rejects with the signal's reason when stopped. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Prompts on the terminal without showing what is typed. `isWhole`: whether Enter ends the answer; otherwise it continues on the next line. */
  readHidden(prompt: string, isWhole?: (typed: string) => boolean): Promise<string>;
  /** Prompts on the terminal, and shows what is typed. */
  readShown(prompt: string): Promise<string>;
}

/** The time that a write to a slow reader may still take after a stop, ms. */
const GRACE = 1000;

/** `open` creates the stream at its first use, because that costs start-up time. */
export function outputPort(descriptor: number, open: () => NodeJS.WriteStream, signal: AbortSignal): OutputPort {
  let stream: NodeJS.WriteStream | undefined;
  let failure: Error | undefined;
  const opened = () => {
    if (stream === undefined) {
      stream = open();
      // Without a listener, the error of a write that nobody awaits would end the process.
      stream.on('error', (error: Error) => {
        failure ??= error;
      });
    }
    return stream;
  };
  return {
    get isTTY() {
      return opened().isTTY === true;
    },
    columns: () => opened().columns ?? 0,
    rows: () => opened().rows ?? 0,
    goesNowhere: () => goesNowhere(descriptor),
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        const giveUp = () => setTimeout(() => reject(signal.reason), GRACE).unref();
        if (signal.aborted) giveUp();
        else signal.addEventListener('abort', giveUp, { once: true });
        opened().write(chunk, (error) => {
          signal.removeEventListener('abort', giveUp);
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}

/** Node replaces a closed stream by the null device, opened for reading and writing, as other programs open it for a child. Only Linux shows the mode. */
function goesNowhere(descriptor: number): boolean {
  try {
    if (fstatSync(descriptor).rdev !== statSync('/dev/null').rdev) return false;
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & 3) === constants.O_RDWR;
  } catch {
    return false;
  }
}

/** `write` prints the question of a hidden prompt, `interrupt` is Ctrl-C in it. */
export function inputPort(
  open: () => NodeJS.ReadStream,
  signal: AbortSignal,
  prompt: { readonly write: (text: string) => void; readonly interrupt: () => void },
): InputPort {
  return {
    get isTTY() {
      return open().isTTY === true;
    },
    readAll: async (maxBytes) => {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of open()) {
        const bytes = Buffer.from(chunk);
        size += bytes.length;
        if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes on standard input`);
        chunks.push(bytes);
      }
      return Buffer.concat(chunks);
    },
    chunks: async function* () {
      const stream = open();
      const stop = () => stream.destroy(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        for await (const chunk of stream) yield Buffer.from(chunk);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    readHidden: async (question, isWhole) => {
      const { readHidden } = await import('./hidden.js');
      return readHidden(question, { input: open(), signal, ...prompt, isWhole });
    },
    readShown: async (question) => {
      const { readHidden } = await import('./hidden.js');
      return readHidden(question, { input: open(), signal, ...prompt, shows: true });
    },
  };
}
