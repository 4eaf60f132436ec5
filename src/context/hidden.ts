/** The parts of `tty.ReadStream` that are used. */
export interface Terminal {
  on(event: 'data' | 'end' | 'error', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data' | 'end' | 'error', listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
  setRawMode(on: boolean): unknown;
}

/** The world of a hidden question. */
export interface Hidden {
  readonly input: Terminal;
  /** Prints the question. */
  readonly write: (text: string) => void;
  /** Whether what is typed is shown. */
  readonly shows?: boolean;
  /** Whether Enter ends the answer; else it goes on on the next line. */
  readonly isWhole?: ((typed: string) => boolean) | undefined;
  /** Called for Ctrl-C, which raw mode leaves to us. */
  readonly interrupt: () => void;
  readonly signal: AbortSignal;
}

/** Characters; a paste may be anything. */
const LONGEST = 65_536;
/** Arrow keys and the like. */
const MOVES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.)/g;

/** Keys that change what is typed so far. */
const EDITS: Readonly<Record<string, ((typed: string) => string) | undefined>> = {
  '\x7f': shorter,
  '\b': shorter,
  '\x15': () => '',
};

/**
 * Asks, and shows nothing of the answer unless `shows` is set. Enter, Ctrl-D or the terminal's end ends it; backspace and Ctrl-U correct it. Rejects with the signal's
 * reason when that aborts. Restores the terminal in every case.
 */
export function readHidden(prompt: string, hidden: Hidden): Promise<string> {
  const { input, write, interrupt, signal, shows = false, isWhole = () => true } = hidden;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const decoder = new TextDecoder();
    let typed = '';

    const settle = (work: () => void): void => {
      input.off('data', onData);
      input.off('end', onEnd);
      input.off('error', onEnd);
      signal.removeEventListener('abort', onAbort);
      input.setRawMode(false);
      input.pause();
      write('\n');
      work();
    };
    const onAbort = (): void => settle(() => reject(signal.reason));
    const onEnd = (): void => settle(() => resolve(typed));
    const onData = (chunk: Buffer) => {
      for (const key of decoder.decode(chunk, { stream: true }).replace(MOVES, '')) {
        if (key === '\x03') return interrupt();
        const isEnter = key === '\r' || key === '\n';
        if (key === '\x04' || (isEnter && isWhole(typed))) return onEnd();
        const edit = EDITS[key];
        if (edit !== undefined) typed = edit(typed);
        else if ((isEnter || key >= ' ') && typed.length < LONGEST) typed += isEnter ? '\n' : key;
        if (shows) write(edit === undefined ? key : `\r\x1b[K${prompt}${typed}`);
      }
    };

    signal.addEventListener('abort', onAbort, { once: true });
    // Before the question, as a terminal that is not raw yet would show what is typed.
    input.setRawMode(true);
    write(prompt);
    input.on('data', onData);
    input.on('end', onEnd);
    input.on('error', onEnd);
    input.resume();
  });
}

/** Without the last character, which may be two halves of a pair. */
function shorter(typed: string): string {
  return [...typed].slice(0, -1).join('');
}
