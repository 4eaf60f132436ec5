import { meantOf } from '../config/settings.js';
import { type Config, checkProfileName } from '../config.js';
import type { Context } from '../context.js';
import { usageError } from '../errors.js';

/** A value as somebody wrote it, and where: for messages. */
export interface Choice {
  readonly text: string;
  readonly from: string;
}

/** The profile to use: the flag's, `$AUDITLOG_PROFILE`, the one in use; undefined when there is none. Throws a usage error when there is none of that name. */
export function pickProfile(
  { env }: Pick<Context, 'env'>,
  flag: string | undefined,
  config: Config,
): string | undefined {
  const variable = env.AUDITLOG_PROFILE ?? '';
  const named: Choice | undefined =
    flag !== undefined
      ? { text: flag, from: '--profile' }
      : variable !== ''
        ? { text: variable, from: '$AUDITLOG_PROFILE' }
        : config.profile !== undefined
          ? { text: config.profile, from: 'the saved settings' }
          : undefined;
  if (named === undefined) return config.profiles.has('default') ? 'default' : undefined;
  const { text, from } = named;
  checkProfileName(text);
  if (config.profiles.has(text) || text === 'default') return text;
  const known = [...config.profiles.keys()];
  throw usageError(
    `there is no profile "${text}" (${from})`,
    known.length === 0 ? `To make it: auditlog profile add ${text}` : meantOf(text, known),
  );
}
