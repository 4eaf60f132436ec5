import type { OutputPort } from '../../context/ports.js';
import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { Client } from '../../http/client.js';
import { type ColorChoice, colorLevel } from '../../terminal/color.js';
import { cut, safe } from '../../terminal/text.js';
import type { Verbosity } from './notes.js';
import { paceLine, type SpeedSample, withSample } from './pace.js';

/** Shows the progress of a reading. */
export interface ProgressLine {
  readonly begin: (reading: Reading) => void;
  readonly stop: () => void;
}

export const SILENT: ProgressLine = { begin: () => {}, stop: () => {} };

/** Cells that a line must leave free: the spinner and the last column. */
const MARGIN = 4;

const SAMPLE_MS = 500;

/** Whether to show a progress line: on a terminal that can redraw a line, unless notes are silent or print each request. */
export function hasProgress({ stderr, env }: Context, { quiet, debug }: Verbosity): boolean {
  if (quiet === true || debug === true) return false;
  return stderr.isTTY && stderr.columns() > 0 && env.TERM !== 'dumb' && (env.CI ?? '') === '';
}

/**
 * A line at the bottom of the terminal: events so far, speed, and time left. It appears after `quietMs`, so that a short run leaves no trace between
 * the lines of a program that reads our output.
 */
export async function openProgress(
  ctx: Context,
  client: Client,
  color: ColorChoice,
  quietMs = 0,
): Promise<ProgressLine> {
  const { default: ora } = await import('ora');
  let reading: Reading | undefined;
  let samples: readonly SpeedSample[] = [];
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
    // Ora would take the terminal's input, and Ctrl-C with it.
    discardStdin: false,
    hideCursor: false,
    color: colorLevel(ctx.env, ctx.stderr, color) > 0 ? 'cyan' : false,
    spinner: { frames: ['-', '\\', '|', '/'], interval: 120 },
    // Called for each frame.
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

/** The parts of a terminal that ora needs, over our own stderr. */
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
