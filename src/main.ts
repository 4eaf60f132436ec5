import type { Context } from './context.js';
import type { ExitCode } from './errors.js';

/** Runs one command line (without node and the script) and returns its exit code. It alone prints errors to stderr. Never rejects. */
export async function run(argv: readonly string[], world?: Context): Promise<ExitCode> {
  const [{ discreet }, real] = await Promise.all([
    import('./main/discreet.js'),
    world ?? import('./context.js').then(({ realContext }) => realContext()),
  ]);
  const ctx = discreet(real);
  try {
    const [first] = argv;
    if (first === '--version' || first === '-V')
      await ctx.stdout.write((await import('./quick/version.js')).versionLine());
    else if (argv.length < 2 && (first === undefined || ['--help', '-h', 'help'].includes(first)))
      await (await import('./commands/program.js')).printHelp(ctx, (await import('./quick/help.js')).helpText());
    else if (first === 'complete' && argv[1] === '--grammar')
      await (await import('./commands/program.js')).printGrammar(ctx);
    else if (first === 'complete') await (await import('./quick/complete.js')).completeWord(ctx, argv);
    else return await (await import('./commands/program.js')).performLine(ctx, argv);
    return 0;
  } catch (error) {
    return await report(ctx, error, argv.includes('--debug'));
  }
}

async function report(ctx: Context, error: unknown, debug: boolean): Promise<ExitCode> {
  const [{ failureOf }, { safe }] = await Promise.all([import('./failure.js'), import('./terminal/text.js')]);
  const { message, hint, exitCode } = failureOf(error);
  if (message === undefined) return exitCode;
  const stack = debug && error instanceof Error ? error.stack : undefined;
  const parts = [`error: ${message}`, hint, stack].filter((part) => part !== undefined);
  const lines = parts.flatMap((part) => part.split('\n')).map(safe);
  // A closed stderr has no reader.
  await ctx.stderr.write(`${lines.join('\n')}\n`).catch(() => undefined);
  return exitCode;
}
