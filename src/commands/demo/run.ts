import { InvalidArgumentError } from 'commander';
import type { Context } from '../../context.js';
import { localError } from '../../errors.js';
import type { Provider } from '../../providers/provider.js';
import type { Define } from '../command.js';
import { flag } from '../flags/options.js';
import { explain } from '../help.js';
import type { GlobalFlags } from '../program.js';

const DEFAULT_PORT = 4180;

interface DemoFlags extends GlobalFlags {
  readonly provider?: string;
  readonly port?: number;
}

/** `auditlog demo`: serves the made-up log until Ctrl-C, and prints the lines that ask it from another terminal. */
export const demo: Define = (command, perform) => {
  explain(command, {
    does: 'Serves a made-up organization on this machine, with 18 months of events, as the real API would. Ctrl-C ends it.',
    examples: [
      ['auditlog demo', 'then paste the printed lines into another terminal'],
      ['auditlog demo --port 0', 'on any free port'],
      ['auditlog demo --provider chipp', "the same history, as another vendor's API tells it"],
      ['auditlog list --demo', 'all in one: serve, ask, end'],
    ],
  });
  command.addOption(flag('--port <n>', `the port (default: ${DEFAULT_PORT}; 0: any)`).argParser(toPort));
  command.addOption(flag('--provider <name>', 'invent (default), chipp, rpawatch or yura'));
  command.action(perform(serve));
};

async function serve(ctx: Context, flags: DemoFlags): Promise<void> {
  const [{ startDemo }, { findProvider }] = await Promise.all([
    import('../../demo/server.js'),
    import('../../providers/index.js'),
  ]);
  const port = flags.port ?? DEFAULT_PORT;
  const provider = findProvider(flags.provider ?? 'invent');
  const options = { port, now: ctx.clock.now(), foreground: true, provider: provider.name };
  const served = await startDemo(options).catch((error: unknown) => {
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
        ...(flags.provider === undefined ? [] : [`export AUDITLOG_PROVIDER='${provider.name}'`]),
        'auditlog list',
        curlLine(provider, served.org),
        '',
      ].join('\n'),
    );
    await stopped(ctx.signal);
  } finally {
    await served.close();
  }
}

/** Asks for the newest entry without us. */
function curlLine({ auth, path, paging }: Provider, org: string): string {
  const name = auth.header.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  const key = `${auth.scheme === undefined ? '' : `${auth.scheme} `}$AUDITLOG_API_KEY`;
  return `curl -i -H "${name}: ${key}" "$AUDITLOG_BASE_URL${path.replace('{org}', org)}?${paging.size}=1"`;
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
