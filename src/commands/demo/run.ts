import type { Context } from '../../context.js';
import { localError } from '../../errors.js';
import { signedHeaders } from '../../providers/auth.js';
import type { Provider } from '../../providers/provider.js';

export interface Serving {
  /** 0: any free port. */
  readonly port: number;
  /** The vendor of the API; undefined: the default. */
  readonly vendor: string | undefined;
}

/** Serves the made-up log until Ctrl-C. */
export async function serveDemo(ctx: Context, { port, vendor }: Serving): Promise<void> {
  const [{ startDemo }, { findProvider }] = await Promise.all([
    import('../../demo/server.js'),
    import('../../providers/index.js'),
  ]);
  const provider = findProvider(vendor ?? 'invent');
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
        ...(vendor === undefined ? [] : [`export AUDITLOG_PROVIDER='${provider.name}'`]),
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

/** A command that reads the newest entry without this program. */
function curlLine({ auth, path, paging }: Provider, org: string): string {
  const headers = Object.entries(signedHeaders(auth, '$AUDITLOG_API_KEY')).map(
    ([name, value]) => `-H "${name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}: ${value}"`,
  );
  return `curl -i ${headers.join(' ')} "$AUDITLOG_BASE_URL${path.replace('{org}', org)}?${paging.size}=1"`;
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
