import type { Context } from '../../context.js';
import { localError } from '../../errors.js';
import { partsOf, signedHeaders } from '../../providers/auth.js';
import { namesOrg } from '../../providers/org.js';
import type { Provider } from '../../providers/provider.js';

export interface Serving {
  /** 0: any free port. */
  readonly port: number;
  /** The vendor of the API, by its name or its file; undefined: the default. */
  readonly vendor: string | undefined;
}

/** Serves the made-up log until Ctrl-C. */
export async function serveDemo(ctx: Context, { port, vendor }: Serving): Promise<void> {
  const [{ startDemo, DEMO_ORG }, { demoValues }, { findProviderFile }] = await Promise.all([
    import('../../demo/server.js'),
    import('../../demo/file.js'),
    import('../../profile/provider.js'),
  ]);
  const found = await findProviderFile(ctx, { text: vendor ?? 'invent', from: '--provider' });
  const file = found.origin === 'built in' ? found.provider.name : found;
  const options = { port, now: ctx.clock.now(), foreground: true, provider: file };
  const served = await startDemo(options).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw localError(`port ${port} is taken`, 'Use any free port: --port 0');
  });
  try {
    const base = served.base.href.replace(/\/$/, '');
    const { provider } = served;
    const values = [...demoValues(found.provider)].map(([name, value]) => `${name}=${value}`);
    const needsOrg = namesOrg(provider) && provider.defaultOrg === undefined;
    const named = found.path ?? provider.name;
    await ctx.stdout.write(
      [
        `# A made-up audit log, at ${base} until Ctrl-C. In another terminal:`,
        `export AUDITLOG_BASE_URL='${base}'`,
        `export AUDITLOG_API_KEY='${served.key}'`,
        ...(vendor === undefined ? [] : [`export AUDITLOG_PROVIDER='${named}'`]),
        ...(values.length === 0 ? [] : [`export AUDITLOG_VARS='${values.join(',')}'`]),
        ...(needsOrg ? [`export AUDITLOG_ORG='${DEMO_ORG}'`] : []),
        'auditlog list',
        ...curlLine(provider, needsOrg ? DEMO_ORG : served.org),
        '',
      ].join('\n'),
    );
    await stopped(ctx.signal);
  } finally {
    await served.close();
  }
}

/** A command that reads the newest entry without this program; undefined if that takes a token, a body or a range. */
function curlLine({ auth, method, path, paging, dates, logs }: Provider, org: string): readonly string[] {
  const isPlain = auth.type === 'header' && Object.keys(partsOf(auth)).length === 0 && logs === undefined;
  if (!isPlain || method === 'POST' || dates.required === true) return [];
  const headers = Object.entries(signedHeaders(auth, '$AUDITLOG_API_KEY')).map(
    ([name, value]) => `-H "${name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}: ${value}"`,
  );
  const size = paging.size === undefined ? '' : `?${paging.size}=1`;
  return [`curl -i ${headers.join(' ')} "$AUDITLOG_BASE_URL${path.replace('{org}', org)}${size}"`];
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
