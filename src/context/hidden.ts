/** The part of `tty.ReadStream` that is needed. */
export interface Terminal {
  on(event: 'data' | 'end' | 'error', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data' | 'end' | 'error', listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
  setRawMode(on: boolean): unknown;
}

/** What a hidden question needs of the world. */
export interface Hidden {
  readonly input: Terminal;
  /** Where the question stands; what is typed does not. */
  readonly write: (text: string) => void;
  /** What Ctrl-C does elsewhere: in raw mode the terminal leaves it to us. */
  readonly interrupt: () => void;
  readonly signal: AbortSignal;
}

/** Nobody types this much, but a paste may be anything. */
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
 * Asks and shows nothing of the answer. Enter, Ctrl-D or the terminal's end ends it; backspace and Ctrl-U correct it.
 * The terminal is as before when it settles, also after Ctrl-C or when the signal aborts: then it rejects with the signal's reason.
 */
export function readHidden(prompt: string, { input, write, interrupt, signal }: Hidden): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const decoder = new TextDecoder();
    let typed = '';

    const restore = (): void => {
      input.off('data', onData);
      input.off('end', onEnd);
      input.off('error', onEnd);
      signal.removeEventListener('abort', onAbort);
      input.setRawMode(false);
      input.pause();
      write('\n');
    };
    const onAbort = (): void => {
      restore();
      reject(signal.reason);
    };
    const onEnd = (): void => {
      restore();
      resolve(typed);
    };
    const onData = (chunk: Buffer): void => {
      for (const key of decoder.decode(chunk, { stream: true }).replace(MOVES, '')) {
        if (key === '\x03') {
          interrupt();
          return;
        }
        if (key === '\r' || key === '\n' || key === '\x04') {
          onEnd();
          return;
        }
        const edit = EDITS[key];
        if (edit !== undefined) typed = edit(typed);
        else if (key >= ' ' && typed.length < LONGEST) typed += key;
      }
    };

    signal.addEventListener('abort', onAbort, { once: true });
    // Before the question: who sees it may type at once, and a terminal that is not raw yet would show it.
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
