import type { Config } from './config/read.js';
import { SETTINGS, type SettingName } from './config/settings.js';
import type { Context } from './context.js';
import { usageError } from './errors.js';
import type { Secret } from './keys.js';
import { keyMaker, missingKeyAdvice } from './profile/key.js';
import { parseMaxWait, parseOrgs, parseRate, parseTimeout, parseZone } from './profile/parse.js';
import { type Choice, namedProfile, pickSetting, readSources, type Sources } from './profile/pick.js';
import { placeOf, withTokenUrl } from './profile/place.js';
import { missingVariables, variablesFrom } from './profile/variables.js';
import { allLogs } from './providers/logs.js';
import { namesOrg } from './providers/org.js';
import type { Provider } from './providers/provider.js';

/** Everything needed to request one vendor's log with one identity. */
export interface Connection {
  /** With its variables replaced, except for `{org}`, and with the final address of its tokens. */
  readonly provider: Provider;
  /** The API's base, without a trailing slash in its path. */
  readonly base: URL;
  /** At least one; as named by the user, or the provider's default. */
  readonly orgs: readonly string[];
  /** The values of the vendor's variables, each `name=value`. */
  readonly vars?: readonly string[];
  /** The address for tokens, if the user names one. */
  readonly tokenUrl?: string | undefined;
  /** The origin where tokens are made, if it differs from that of the base: a saved key has to be bound to it, too. */
  readonly tokens?: string | undefined;
  /** Reads the key when it is first needed, and again if the last one was `refused`. Rejects with a `keyError` that names the places searched. */
  readonly key: (refused?: Secret) => Promise<Secret>;
  /** Requests a minute; undefined: no limit of ours (`--rate off`). */
  readonly rate: number | undefined;
  /** Longest single wait, ms (`--max-wait`). */
  readonly maxWait: number;
  /** How long a request may go without an answer, or between two pieces of it, ms (`--timeout`); undefined: the default. */
  readonly timeout?: number | undefined;
  /** IANA zone, `UTC` or `local`. */
  readonly zone: string;
  /** The profile's name, for messages; undefined when none is used. */
  readonly profile: string | undefined;
  /** Never through a proxy, whatever the environment says: the embedded demo server. */
  readonly direct?: boolean;
  /** Ends what was started for this connection alone, such as the embedded demo server. */
  readonly close: () => Promise<void>;
}

/** The address and the identity, as typed. */
export interface ConnectionChoice extends Readonly<Partial<Record<Exclude<SettingName, 'org' | 'vars'>, string>>> {
  readonly org?: readonly string[];
  /** Variables of the vendor's address, each `name=value`. */
  readonly vars?: readonly string[];
  /** No request will be sent, such as for an earlier export, so variables may be missing. */
  readonly offline?: boolean;
  readonly profile?: string;
  readonly demo?: boolean;
  readonly quiet?: boolean;
}

/** The profile for saved keys if none is named. */
export const DEFAULT_PROFILE = 'default';

const DEFAULT_MAX_WAIT = 900_000;
const DEFAULT_PROVIDER: Choice = { text: 'invent', from: 'the default' };

/**
 * Combines flags, environment (`AUDITLOG_PROFILE`, `_PROVIDER`, `_BASE_URL`, `_TOKEN_URL`, `_ORG`, `_VARS`, `_TZ`), profile and defaults, each
 * overriding the next; `saved` replaces the saved settings. Starts the embedded server for `demo`. Sends no request and reads no key yet. Throws a
 * usage error that names the wrong flag, variable or profile; a warning goes to stderr unless `quiet`.
 */
export async function connect(ctx: Context, flags: ConnectionChoice, saved?: Config): Promise<Connection> {
  const other = (['baseUrl', 'profile'] as const).find((name) => flags.demo === true && flags[name] !== undefined);
  if (other !== undefined) throw usageError(`--demo has its own ${DEMO_HAS[other]}`, 'Leave one of the two flags out');
  const sources = await readSources(ctx, flags, saved);
  if (flags.demo === true) return connectDemo(ctx, sources);
  const { profile } = sources;
  const pick = (name: SettingName): Choice | undefined => pickSetting(sources, name);
  const { openProvider } = await import('./profile/provider.js');
  const file = await openProvider(ctx, pick('provider') ?? DEFAULT_PROVIDER);
  const { provider, base, vars, tokenUrl, tokens } = placeOf(sources, file, flags.offline === true);
  const { findKey } = await import('./keys/find.js');
  let key: Promise<Secret> | undefined;
  return {
    provider,
    base,
    vars,
    tokenUrl,
    tokens,
    orgs:
      flags.offline === true && pick('org') === undefined
        ? [provider.defaultOrg ?? '']
        : parseOrgs(pick('org'), provider),
    key: (refused) => {
      if (refused !== undefined) key = undefined;
      const owner = { profile: profile ?? DEFAULT_PROFILE, origin: base.origin, tokens };
      key ??= findKey(ctx, owner, keyMaker(provider.auth), missingKeyAdvice(provider, flags, vars));
      return key;
    },
    rate: await rateFor(ctx, pick('rate'), provider, flags.quiet === true),
    maxWait: parseMaxWait(pick('maxWait')) ?? DEFAULT_MAX_WAIT,
    timeout: parseTimeout(pick('timeout')),
    zone: parseZone(pick('tz')),
    profile,
    close: async () => {},
  };
}

/** The vendor of a choice, and the names of its variables without a value. Throws like `connect` for unusable settings. */
export async function missingOf(
  ctx: Context,
  flags: ConnectionChoice,
  saved: Config,
): Promise<{ readonly file: Provider; readonly missing: readonly string[] }> {
  const sources = await readSources(ctx, flags, saved);
  const { openProvider } = await import('./profile/provider.js');
  const file = await openProvider(ctx, pickSetting(sources, 'provider') ?? DEFAULT_PROVIDER);
  const isBaseNamed = pickSetting(sources, 'baseUrl') !== undefined;
  return { file, missing: missingVariables(file, variablesFrom(sources, file), isBaseNamed) };
}

/** The vendor alone, as `connect` finds it, if no address and no organization are needed. */
export async function chooseProvider(ctx: Context, flags: VendorChoice): Promise<Provider> {
  const { openProvider } = await import('./profile/provider.js');
  return (await namedProvider(ctx, flags)) ?? openProvider(ctx, DEFAULT_PROVIDER);
}

/** Like `chooseProvider`; undefined if neither flag, environment, profile nor a saved setting names a vendor. */
export async function namedProvider(ctx: Context, flags: VendorChoice): Promise<Provider | undefined> {
  const choice = pickSetting(await readSources(ctx, flags), 'provider');
  if (choice === undefined) return undefined;
  const { openProvider } = await import('./profile/provider.js');
  return openProvider(ctx, choice);
}

type VendorChoice = Pick<ConnectionChoice, 'profile' | 'provider'>;

const DEMO_HAS = {
  baseUrl: 'address: --base-url does not go with it',
  profile: 'settings: --profile does not go with it',
} as const;

async function connectDemo(ctx: Context, sources: Sources): Promise<Connection> {
  const pick = (name: SettingName): Choice | undefined => pickSetting(sources, name);
  const rated = pick('rate');
  const rate = rated && parseRate(rated);
  const maxWait = parseMaxWait(pick('maxWait')) ?? DEFAULT_MAX_WAIT;
  const timeout = parseTimeout(pick('timeout'));
  const zone = parseZone(pick('tz'));
  const [{ startDemo, DEMO_ORG }, { findProviderFile }] = await Promise.all([
    import('./demo/server.js'),
    import('./profile/provider.js'),
  ]);
  const found = await findProviderFile(ctx, pick('provider') ?? DEFAULT_PROVIDER);
  // Vendors whose organizations have names of their own get one for the demo.
  const { defaultOrg = namesOrg(found.provider) ? DEMO_ORG : undefined } = found.provider;
  const orgs = parseOrgs(pick('org'), { ...found.provider, defaultOrg });
  const file = found.origin === 'built in' ? found.provider.name : found;
  const demo = await startDemo({ now: ctx.clock.now(), provider: file });
  const key = keyMaker(demo.provider.auth)(demo.key, 'the demo');
  return {
    provider: allLogs(withTokenUrl(demo.provider, demo.base)),
    base: demo.base,
    orgs,
    key: async () => key,
    rate,
    maxWait,
    timeout,
    zone,
    profile: undefined,
    direct: true,
    close: () => demo.close(),
  };
}

/**
 * The source of each setting, in the words of messages: `--org`, `$AUDITLOG_ORG`, `profile eu`, `the saved settings`; none for a default. Throws like
 * `connect` if settings and profiles cannot be read.
 */
export async function originsOf(
  ctx: Context,
  flags: ConnectionChoice,
): Promise<Readonly<Partial<Record<SettingName | 'profile', string>>>> {
  const sources = await readSources(ctx, flags);
  const { env, config } = sources;
  const origins = SETTINGS.map(({ name }) => [name, pickSetting(sources, name)?.from] as const);
  const profile = ['profile', namedProfile(flags.profile, env, config)?.from] as const;
  return Object.fromEntries([...origins, profile].filter(([, from]) => from !== undefined));
}

async function rateFor(ctx: Context, choice: Choice | undefined, provider: Provider, quiet: boolean) {
  if (choice === undefined) return provider.rate.default;
  const rate = parseRate(choice);
  const { limit } = provider.rate;
  if (rate !== undefined && limit !== undefined && rate > limit && !quiet)
    await ctx.stderr.write(
      `warning: ${choice.from} ${rate} is more than the ${limit} requests a minute that ${provider.title} allows: expect to be held up.\n`,
    );
  return rate;
}
