import { type Config, readConfig, SETTINGS, type SettingName, type Settings } from './config.js';
import type { Context } from './context.js';
import { usageError } from './errors.js';
import type { Secret } from './keys.js';
import { parseBase, parseMaxWait, parseOrgs, parseRate, parseZone } from './profile/parse.js';
import { type Choice, pickProfile } from './profile/pick.js';
import type { Provider } from './providers/provider.js';

/** Everything needed to ask one vendor as one identity: what flags, environment, profile and defaults came to, in that order. */
export interface Connection {
  readonly provider: Provider;
  /** The API's base, without a trailing slash in its path. */
  readonly base: URL;
  /** At least one; as named by the user, or the provider's default. */
  readonly orgs: readonly string[];
  /** Read when first needed; rejects with a `keyError` that says where a key was looked for. */
  readonly key: () => Promise<Secret>;
  /** Requests a minute; undefined: no limit of ours (`--rate off`). */
  readonly rate: number | undefined;
  /** Longest single wait, ms (`--max-wait`). */
  readonly maxWait: number;
  /** IANA zone, `UTC` or `local`. */
  readonly zone: string;
  /** The profile's name, for messages; undefined when none is used. */
  readonly profile: string | undefined;
  /** Never through a proxy, whatever the environment says: the embedded demo server. */
  readonly direct?: boolean;
  /** Ends what was started for this connection alone, such as the embedded demo server. */
  readonly close: () => Promise<void>;
}

/** Where to connect and as whom, as typed. */
export interface ConnectionChoice {
  readonly profile?: string;
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly org?: readonly string[];
  readonly demo?: boolean;
  readonly rate?: string;
  readonly maxWait?: string;
  readonly tz?: string;
  readonly quiet?: boolean;
}

/** The profile that keys are saved under when none is named. */
export const DEFAULT_PROFILE = 'default';

const DEFAULT_MAX_WAIT = 900_000;
const USUAL_PROVIDER: Choice = { text: 'invent', from: 'the default' };

/**
 * What the flags, the environment (`AUDITLOG_PROFILE`, `_PROVIDER`, `_BASE_URL`, `_ORG`, `_TZ`), the profile and the defaults come to, each winning over those after it. Empty variables count for nothing.
 * Starts the embedded server for `demo`, which asks nothing saved and no environment for where to go and which key to use.
 * `saved` stands for what is saved, when it is about to be. Asks no server and reads no key yet. Throws a usage error that names the flag, variable or profile that is wrong; a warning goes to stderr unless `quiet`.
 */
export async function connect(ctx: Context, flags: ConnectionChoice, saved?: Config): Promise<Connection> {
  if (flags.demo === true) return connectDemo(ctx, flags);
  const config = saved ?? (await readConfig(ctx));
  const profile = pickProfile(ctx, flags.profile, config);
  const pick = (name: SettingName): Choice | undefined => choose(ctx, flags, config, profile, name);
  const { openProvider } = await import('./profile/provider.js');
  const provider = await openProvider(ctx, pick('provider') ?? USUAL_PROVIDER);
  const base = parseBase(pick('baseUrl'), provider);
  const { findKey } = await import('./keys/find.js');
  let key: Promise<Secret> | undefined;
  return {
    provider,
    base,
    orgs: parseOrgs(pick('org'), provider),
    key: () => {
      key ??= findKey(ctx, { profile: profile ?? DEFAULT_PROFILE, origin: base.origin });
      return key;
    },
    rate: await rateFor(ctx, flags, pick('rate'), provider),
    maxWait: parseMaxWait(pick('maxWait')) ?? DEFAULT_MAX_WAIT,
    zone: parseZone(pick('tz')),
    profile,
    close: async () => {},
  };
}

/** The vendor alone, as `connect` finds it: for what needs no address and no organization. */
export async function chooseProvider(
  ctx: Context,
  flags: Pick<ConnectionChoice, 'profile' | 'provider'>,
): Promise<Provider> {
  const config = await readConfig(ctx);
  const profile = pickProfile(ctx, flags.profile, config);
  const { openProvider } = await import('./profile/provider.js');
  return openProvider(ctx, choose(ctx, flags, config, profile, 'provider') ?? USUAL_PROVIDER);
}

async function connectDemo(ctx: Context, flags: ConnectionChoice): Promise<Connection> {
  const other = (['baseUrl', 'profile'] as const).find((name) => flags[name] !== undefined);
  if (other !== undefined) throw usageError(`--demo has its own ${DEMO_HAS[other]}`, 'Leave one of the two flags out.');
  const tz = choose(ctx, flags, undefined, undefined, 'tz');
  const rate = flags.rate === undefined ? undefined : parseRate({ text: flags.rate, from: '--rate' });
  const maxWait = parseMaxWait(choose(ctx, { ...flags }, undefined, undefined, 'maxWait')) ?? DEFAULT_MAX_WAIT;
  const zone = parseZone(tz);
  const [{ startDemo }, { PROVIDERS }, { makeSecret }] = await Promise.all([
    import('./demo/server.js'),
    import('./providers/index.js'),
    import('./keys.js'),
  ]);
  const name = flags.provider ?? USUAL_PROVIDER.text;
  const provider = PROVIDERS.find((one) => one.name === name);
  if (provider === undefined)
    throw usageError(
      `there is no demo of ${name}`,
      `There are demos of ${PROVIDERS.map((one) => one.name).join(', ')}.`,
    );
  const orgs = parseOrgs(flags.org === undefined ? undefined : { text: flags.org.join(','), from: '--org' }, provider);
  const demo = await startDemo({ now: ctx.clock.now(), provider: provider.name });
  const key = makeSecret(demo.key, 'the demo');
  return {
    provider,
    base: demo.base,
    orgs,
    key: async () => key,
    rate,
    maxWait,
    zone,
    profile: undefined,
    direct: true,
    close: () => demo.close(),
  };
}

/**
 * Who said what `connect` goes by, in the words of messages: `--org`, `$AUDITLOG_ORG`, `profile eu`, `the saved settings`; undefined where nobody did, so that the default holds.
 * Throws as `connect` does for settings and profiles that cannot be read.
 */
export async function originsOf(
  ctx: Context,
  flags: ConnectionChoice,
): Promise<Readonly<Partial<Record<SettingName | 'profile', string>>>> {
  const demo = flags.demo === true;
  const config = demo ? undefined : await readConfig(ctx);
  const profile = config === undefined ? undefined : pickProfile(ctx, flags.profile, config);
  const world = demo ? { ...ctx, env: {} } : ctx;
  const from = SETTINGS.map(({ name }) => [name, choose(world, flags, config, profile, name)?.from] as const);
  const named = [
    ['--profile', flags.profile],
    ['$AUDITLOG_PROFILE', world.env.AUDITLOG_PROFILE || undefined],
    ['the saved settings', config?.profile],
  ].find(([, name]) => name !== undefined);
  return Object.fromEntries([...from, ['profile', named?.[0]]].filter(([, text]) => text !== undefined));
}

const DEMO_HAS = {
  baseUrl: 'address: --base-url does not go with it',
  profile: 'settings: --profile does not go with it',
} as const;

const VARIABLES: Readonly<Partial<Record<SettingName, string>>> = {
  provider: 'AUDITLOG_PROVIDER',
  baseUrl: 'AUDITLOG_BASE_URL',
  org: 'AUDITLOG_ORG',
  tz: 'AUDITLOG_TZ',
};

const FLAGS: Readonly<Record<SettingName, string>> = {
  provider: '--provider',
  baseUrl: '--base-url',
  org: '--org',
  rate: '--rate',
  maxWait: '--max-wait',
  tz: '--tz',
};

/** The text that wins, and where it came from. */
function choose(
  { env }: Context,
  flags: ConnectionChoice,
  config: Config | undefined,
  profile: string | undefined,
  name: SettingName,
): Choice | undefined {
  const flag = flags[name];
  if (flag !== undefined) return { text: joined(flag), from: FLAGS[name] };
  const variable = VARIABLES[name];
  const value = variable === undefined ? '' : (env[variable] ?? '').trim();
  if (value !== '') return { text: value, from: `$${variable}` };
  const saved = (profile === undefined ? undefined : config?.profiles.get(profile))?.[name];
  if (saved !== undefined) return { text: joined(saved), from: `profile ${profile}` };
  const common: Settings[SettingName] = config?.defaults[name];
  return common === undefined ? undefined : { text: joined(common), from: 'the saved settings' };
}

function joined(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(',');
}

async function rateFor(ctx: Context, flags: ConnectionChoice, choice: Choice | undefined, provider: Provider) {
  if (choice === undefined) return provider.rate.default;
  const rate = parseRate(choice);
  const { limit } = provider.rate;
  if (rate !== undefined && limit !== undefined && rate > limit && flags.quiet !== true)
    await ctx.stderr.write(
      `warning: ${choice.from} ${rate} is more than the ${limit} requests a minute that ${provider.title} allows: expect to be held up.\n`,
    );
  return rate;
}
