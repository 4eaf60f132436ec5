import { type Context, realContext } from './context.js';
import { EXIT, type ExitCode } from './errors.js';
import { type Failure, failureOf } from './failure.js';
import { VERSION } from './version.js';

/**
 * Runs one command line (without node's own two words) and gives its exit code. What goes wrong is told on stderr, here and nowhere else;
 * it never rejects. Everything is imported when it is needed, so that `--version` costs hardly more than starting node.
 */
export async function run(argv: readonly string[], ctx: Context = realContext()): Promise<ExitCode> {
  try {
    if (argv[0] === '--version' || argv[0] === '-V') {
      await ctx.stdout.write(`${VERSION}\n`);
      return EXIT.ok;
    }
    const { performLine } = await import('./commands/program.js');
    return await performLine(ctx, argv);
  } catch (error) {
    const failure = failureOf(error);
    await tell(ctx, failure, argv.includes('--debug') && error instanceof Error ? error.stack : undefined);
    return failure.exitCode;
  }
}

async function tell(ctx: Context, { message, hint }: Failure, stack: string | undefined): Promise<void> {
  if (message === undefined) return;
  const [{ safe }, { makeScrubber }] = await Promise.all([import('./terminal/text.js'), import('./http/redact.js')]);
  const scrub = makeScrubber([ctx.env.AUDITLOG_API_KEY ?? '']);
  const parts = [`error: ${message}`, hint, stack].filter((part) => part !== undefined);
  const lines = parts.flatMap((part) => part.split('\n')).map((line) => safe(scrub(line)));
  // Where stderr is closed there is nobody to tell.
  await ctx.stderr.write(`${lines.join('\n')}\n`).catch(() => undefined);
}
