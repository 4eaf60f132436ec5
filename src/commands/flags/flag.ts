import { InvalidArgumentError, Option } from 'commander';

export function flag(flags: string, help: string): Option {
  return new Option(flags, help);
}

/** A flag that may be repeated. */
export function list(flags: string, help: string): Option {
  return new Option(flags, help).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
}

/** A flag whose value is a whole number from 1. */
export function count(flags: string, help: string): Option {
  return new Option(flags, help).argParser((value: string) => {
    const number = Number(value);
    if (!/^\d{1,15}$/.test(value) || number < 1) throw new InvalidArgumentError('a whole number from 1');
    return number;
  });
}

/** The given flags among these names. */
export function only<Flags extends object, Name extends keyof Flags>(
  flags: Flags,
  names: readonly Name[],
): Pick<Flags, Name> {
  const given = names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]]));
  return Object.fromEntries(given) as Pick<Flags, Name>;
}
