import type { Context, OutputPort } from '../context.js';
import { cut, safe } from '../terminal/text.js';

/** A line at the bottom of the terminal that tells how far the work is, while it runs. */
export interface Spinner {
  stop(): void;
}

/** Room that a line must leave: the spinner itself and the last column. */
const MARGIN = 4;

/** Whether stderr is a terminal that can redraw a line. Where it is not, there is no progress to see. */
export function canSpin(ctx: Context): boolean {
  const { stderr, env } = ctx;
  return stderr.isTTY && stderr.columns() > 0 && env.TERM !== 'dumb' && (env.CI ?? '') === '';
}

/** Shows `line()`, asked anew for each frame, until stopped. `colour`: whether the spinner may be coloured. */
export async function openSpinner(ctx: Context, colour: boolean, line: () => string): Promise<Spinner> {
  const { default: ora } = await import('ora');
  const spinner = ora({
    stream: terminalOf(ctx.stderr) as unknown as NodeJS.WriteStream,
    isEnabled: true,
    // With the default ora takes the terminal's input away, and Ctrl-C with it.
    discardStdin: false,
    hideCursor: false,
    color: colour ? 'cyan' : false,
    spinner: { frames: ['-', '\\', '|', '/'], interval: 120 },
    prefixText: () => cut(safe(line()), Math.max(10, ctx.stderr.columns() - MARGIN)),
    text: '',
  }).start();
  return {
    stop: () => {
      spinner.stop();
    },
  };
}

/** As much of a terminal as ora needs, over our own stderr. */
function terminalOf(port: OutputPort): object {
  const write = (text: string): boolean => {
    port.write(text).catch(() => undefined);
    return true;
  };
  return {
    isTTY: true,
    get columns() {
      return port.columns();
    },
    get rows() {
      return port.rows();
    },
    write,
    cursorTo: (column: number) => write(`\x1b[${column + 1}G`),
    moveCursor: (_columns: number, lines: number) => write(lines < 0 ? `\x1b[${-lines}A` : `\x1b[${lines}B`),
    clearLine: () => write('\x1b[0K'),
    once: () => undefined,
    removeListener: () => undefined,
  };
}
