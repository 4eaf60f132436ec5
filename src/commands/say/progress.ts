import type { Context, OutputPort } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { Client } from '../../http/client.js';
import { type ColorChoice, colorLevel } from '../../terminal/color.js';
import { cut, safe } from '../../terminal/text.js';
import type { Watch } from '../write/watch.js';
import { paceLine, type Sample, withSample } from './pace.js';

/** Shows how far a reading is, until stopped. */
export interface ProgressLine extends Watch {
  stop(): void;
}

export const SILENT: ProgressLine = { stop: () => {} };

/** Room that a line must leave: the spinner itself and the last column. */
const MARGIN = 4;

const SAMPLE_MS = 500;

/** Whether stderr is a terminal that can redraw a line. Where it is not, there is no progress to see. */
export function canSpin(ctx: Context): boolean {
  const { stderr, env } = ctx;
  return stderr.isTTY && stderr.columns() > 0 && env.TERM !== 'dumb' && (env.CI ?? '') === '';
}

/**
 * A line at the bottom of the terminal that tells, while it runs, how many events came, how fast, and how long it will take.
 * It is not there during the first `quietMs`: what soon ends leaves no trace between the lines of whoever reads our output.
 */
export async function openProgress(
  ctx: Context,
  client: Client,
  color: ColorChoice,
  quietMs = 0,
): Promise<ProgressLine> {
  const { default: ora } = await import('ora');
  let reading: Reading | undefined;
  let samples: readonly Sample[] = [];
  const sample = () => {
    const at = ctx.clock.monotonic();
    if (reading === undefined || at - (samples.at(-1)?.at ?? -SAMPLE_MS) < SAMPLE_MS) return;
    samples = withSample(samples, { at, arrived: reading.progress().arrived });
  };
  const line = () => {
    sample();
    return reading === undefined
      ? 'connecting'
      : paceLine(reading.progress(), samples, client.stats().rate, ctx.clock.now());
  };
  const spinner = ora({
    stream: terminalOf(ctx.stderr) as unknown as NodeJS.WriteStream,
    isEnabled: true,
    // Else ora takes the terminal's input, and Ctrl-C with it.
    discardStdin: false,
    hideCursor: false,
    color: colorLevel(ctx.env, ctx.stderr, color) > 0 ? 'cyan' : false,
    spinner: { frames: ['-', '\\', '|', '/'], interval: 120 },
    // Asked anew for each frame.
    prefixText: () => cut(safe(line()), Math.max(10, ctx.stderr.columns() - MARGIN)),
    text: '',
  });
  const ended = new AbortController();
  ctx.clock.sleep(quietMs, ended.signal).then(
    () => {
      if (!ended.signal.aborted) spinner.start();
    },
    () => undefined,
  );
  return {
    begin: (begun) => {
      reading = begun;
    },
    stop: () => {
      ended.abort();
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
