import type { Context } from './context.js';
import type { ExitCode } from './errors.js';
import { VERSION } from './version.js';

/**
 * Runs one command line (without node's own two words) and gives its exit code. What goes wrong is told on stderr, here and nowhere else;
 * it never rejects. Everything is imported when it is needed, so that `--version` costs hardly more than starting node.
 */
export async function run(argv: readonly string[], world?: Context): Promise<ExitCode> {
  const told = await quickAnswer(argv);
  if (told !== undefined && world === undefined && (await (await import('./context/print.js')).print(told))) return 0;
  const [{ discreet }, real] = await Promise.all([
    import('./main/discreet.js'),
    world ?? import('./context.js').then(({ realContext }) => realContext()),
  ]);
  const ctx = discreet(real);
  try {
    if (told === undefined) return await (await import('./commands/program.js')).performLine(ctx, argv);
    await ctx.stdout.write(told);
    return 0;
  } catch (error) {
    return await tell(ctx, error, argv.includes('--debug'));
  }
}

/** What can be said without looking at the line as a whole. */
async function quickAnswer([first, ...more]: readonly string[]): Promise<string | undefined> {
  if (first === '--version' || first === '-V') return `${VERSION}\n`;
  if (more.length > 0 || !(first === undefined || ['--help', '-h', 'help'].includes(first))) return undefined;
  return (await import('./commands/overview.js')).overview();
}

async function tell(ctx: Context, error: unknown, debug: boolean): Promise<ExitCode> {
  const [{ failureOf }, { safe }] = await Promise.all([import('./failure.js'), import('./terminal/text.js')]);
  const { message, hint, exitCode } = failureOf(error);
  if (message === undefined) return exitCode;
  const stack = debug && error instanceof Error ? error.stack : undefined;
  const parts = [`error: ${message}`, hint, stack].filter((part) => part !== undefined);
  const lines = parts.flatMap((part) => part.split('\n')).map(safe);
  // Where stderr is closed there is nobody to tell.
  await ctx.stderr.write(`${lines.join('\n')}\n`).catch(() => undefined);
  return exitCode;
}
