import { InvalidArgumentError } from 'commander';
import type { Context } from '../context.js';
import { localError } from '../errors.js';
import type { Define } from './command.js';
import { explain } from './help.js';
import { flag } from './options.js';
import type { GlobalFlags } from './program.js';

const DEFAULT_PORT = 4180;

interface DemoFlags extends GlobalFlags {
  readonly port?: number;
}

/** `auditlog demo`: serves the made-up log until Ctrl-C, and prints the lines that ask it from another terminal. */
export const demo: Define = (command, perform) => {
  explain(command, {
    does: 'Serves a made-up organization on this machine, with 18 months of events, as the real API would. Ctrl-C ends it.',
    examples: [
      ['auditlog demo', 'then paste the printed lines into another terminal'],
      ['auditlog demo --port 0', 'on any free port'],
      ['auditlog list --demo', 'all in one: serve, ask, end'],
    ],
  });
  command.addOption(flag('--port <n>', `the port (default: ${DEFAULT_PORT}; 0: any)`).argParser(toPort));
  command.action(perform(serve));
};

async function serve(ctx: Context, flags: DemoFlags): Promise<void> {
  const { startDemo } = await import('../demo/server.js');
  const port = flags.port ?? DEFAULT_PORT;
  const served = await startDemo({ port, now: ctx.clock.now(), foreground: true }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw localError(`port ${port} is taken`, 'Another demo may be running. --port 0 takes any free port.');
  });
  try {
    const base = served.base.href.replace(/\/$/, '');
    await ctx.stdout.write(
      [
        `# A made-up audit log, at ${base} until Ctrl-C. In another terminal:`,
        `export AUDITLOG_BASE_URL='${base}'`,
        `export AUDITLOG_API_KEY='${served.key}'`,
        'auditlog list',
        `curl -i -H "Authorization: Bearer $AUDITLOG_API_KEY" "$AUDITLOG_BASE_URL/orgs/${served.org}/audit-logs?take=1"`,
        '',
      ].join('\n'),
    );
    await stopped(ctx.signal);
  } finally {
    await served.close();
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) throw new InvalidArgumentError('It must be a port, 0 to 65535.');
  return port;
}
