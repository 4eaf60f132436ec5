import { resolve } from 'node:path';
import { withSettings } from '../../config/edit.js';
import { readTextFile } from '../../config/json.js';
import { type Config, readConfig } from '../../config/read.js';
import { checkProfileName, type Settings } from '../../config/settings.js';
import { changeConfig } from '../../config/write.js';
import type { Context } from '../../context.js';
import { keyError, usageError } from '../../errors.js';
import { saveKey } from '../../keys/save.js';
import type { Secret } from '../../keys.js';
import { keyMaker } from '../../profile/key.js';
import { type ConnectionChoice, connect, DEFAULT_PROFILE, missingOf } from '../../profile.js';
import { isServiceAccount, joinParts, jsonObject, partsOf } from '../../providers/auth.js';
import type { Provider } from '../../providers/provider.js';
import { only } from '../flags/flag.js';
import type { SecretChoice } from '../flags/secret.js';
import type { Notes } from '../say/notes.js';
import { tryKey } from './try.js';

/** Asks for a key, tries it with one request, and then saves it with the given provider, address, variables and organization. */
export async function saveNewKey(
  ctx: Context,
  given: ConnectionChoice,
  choice: SecretChoice,
  notes: Notes,
): Promise<void> {
  const before = await readConfig(ctx);
  const where = await withVariables(ctx, given, choice, before);
  const after = withPlace(before, where);
  const connection = await connect(ctx, where, after);
  const profile = connection.profile ?? DEFAULT_PROFILE;
  const { provider, tokens } = connection;
  const { origin } = connection.base;
  const written = await askForKey(ctx, choice, provider, origin);
  let key = keyMaker(provider.auth)(written.text, written.from);
  // If the vendor rotates refresh tokens, the trial has just invalidated the given one.
  const onRotation = (next: Secret): void => {
    key = next;
  };
  const first = key;
  await tryKey(ctx, { ...connection, key: async () => first }, notes, { onRotation });
  const { store, place } = await saveKey(ctx, { profile, origin, tokens }, key, { insecure: choice.insecure });
  if (after !== before) await changeConfig(ctx, (config) => withPlace(config, where));
  notes.say(`The key ${key.hint} works. Saved in ${place}, for ${origin}, as profile ${profile}.`);
  if (store === 'file' && !choice.insecure)
    notes.say('No keychain can be reached from here: the file is readable by you alone, but not encrypted.');
  if (profile !== (before.profile ?? DEFAULT_PROFILE))
    notes.say(`To use it: --profile ${profile}, or from now on: auditlog profile use ${profile}`);
}

/** Asks on the terminal for variables that have no value. */
async function withVariables(
  ctx: Context,
  where: ConnectionChoice,
  choice: SecretChoice,
  saved: Config,
): Promise<ConnectionChoice> {
  if (!ctx.stdin.isTTY || !choice.mayPrompt) return where;
  const { file, missing } = await missingOf(ctx, where, withPlace(saved, where));
  const vars: string[] = [];
  for (const name of missing) {
    const { about = name, example } = file.variables?.[name] ?? {};
    const value = await ctx.stdin.readShown(
      `${file.title}: ${about}${example === undefined ? '' : ` (such as ${example})`}: `,
    );
    vars.push(`${name}=${value.trim()}`);
  }
  return vars.length === 0 ? where : { ...where, vars: [...(where.vars ?? []), ...vars] };
}

/** The settings with the given address; unchanged if none was given. */
function withPlace(config: Config, { profile: named, ...where }: ConnectionChoice): Config {
  const profile = named === undefined ? (config.profile ?? DEFAULT_PROFILE) : checkProfileName(named);
  const given = only(where, ['provider', 'baseUrl', 'tokenUrl', 'org']);
  const vars = joinVariables(config.profiles.get(profile)?.vars ?? [], where.vars ?? []);
  const place: Settings = { ...given, ...(where.vars === undefined ? {} : { vars }) };
  const isNew = named !== undefined && profile !== DEFAULT_PROFILE && !config.profiles.has(profile);
  return isNew || Object.keys(place).length > 0 ? withSettings(config, profile, place) : config;
}

/** The variables of a profile, overridden by others. */
function joinVariables(saved: readonly string[], given: readonly string[]): readonly string[] {
  const nameOf = (one: string): string => one.split('=', 1)[0]!;
  const names = new Set(given.map(nameOf));
  return [...saved.filter((one) => !names.has(nameOf(one))), ...given];
}

/** A key, and where it was read from. */
interface WrittenKey {
  readonly text: string;
  readonly from: string;
}

const INPUT = 'standard input';

async function askForKey(
  ctx: Context,
  { piped, mayPrompt }: SecretChoice,
  { auth }: Provider,
  origin: string,
): Promise<WrittenKey> {
  if (piped && !ctx.stdin.isTTY) return { text: (await ctx.stdin.readAll(65_536)).toString('utf8'), from: INPUT };
  if (!ctx.stdin.isTTY || !mayPrompt)
    throw usageError(
      !mayPrompt && ctx.stdin.isTTY
        ? '--no-input: cannot ask for the key'
        : 'cannot ask for the key: standard input is not a terminal',
      'To read it from there: auditlog auth login --with-token < key.txt',
    );
  if (isServiceAccount(auth)) return askForAccount(ctx, origin);
  const parts = Object.entries(partsOf(auth));
  if (parts.length === 0)
    return { text: await ctx.stdin.readHidden(`API key for ${origin} (not shown): `), from: INPUT };
  const typed = new Map<string, string>();
  for (const [name, { about, shown = false }] of parts) {
    const question = `${about.charAt(0).toUpperCase()}${about.slice(1)}, for ${origin}`;
    const answer = shown
      ? await ctx.stdin.readShown(`${question}: `)
      : await ctx.stdin.readHidden(`${question} (not shown): `);
    if (answer.trim() === '') throw keyError(`${about} is missing`, 'Nothing was saved');
    typed.set(name, answer.trim());
  }
  return { text: joinParts(auth, typed), from: INPUT };
}

/** The JSON of a service account, pasted, or the path of its file. */
async function askForAccount(ctx: Context, origin: string): Promise<WrittenKey> {
  const isWhole = (typed: string): boolean => !typed.trimStart().startsWith('{') || jsonObject(typed) !== undefined;
  const question = `JSON of the service account for ${origin}, or the path of its file (not shown): `;
  const typed = (await ctx.stdin.readHidden(question, isWhole)).trim();
  if (typed === '' || typed.startsWith('{')) return { text: typed, from: INPUT };
  const path = resolve(ctx.cwd, typed.replace(/^~(?=[/\\])/, ctx.home));
  const text = await readTextFile(path).catch(() => undefined);
  // The rejected text may be part of a key.
  if (text === undefined) throw usageError('cannot read that file', 'Nothing was saved');
  return { text, from: path };
}
