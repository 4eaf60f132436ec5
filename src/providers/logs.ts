import { usageError } from '../errors.js';
import { suggest } from '../suggest.js';
import { takesDays } from './dates.js';
import type { DateParameters, Provider, WireFilter } from './provider.js';

/** The names of a vendor's logs; none for a vendor with a single log. */
export function logNames({ logs }: Pick<Provider, 'logs'>): readonly string[] {
  return Object.keys(logs ?? {});
}

/** A vendor as requests for one of its logs need it. */
export function forLog(provider: Provider, name: string | undefined): Provider {
  const { logs, ...rest } = provider;
  const log = name === undefined ? undefined : logs?.[name];
  if (log === undefined) return provider;
  const { title: _, fixed, ...own } = log;
  return { ...rest, ...own, ...(fixed === undefined ? {} : { fixed: { ...rest.fixed, ...fixed } }) };
}

/** A vendor with one of its logs alone: `vendor/log`. Throws a usage error that suggests the nearest log. */
export function oneLog(provider: Provider, name: string): Provider {
  const names = logNames(provider);
  if (!names.includes(name)) {
    const near = suggest(name, names);
    const meant = near === undefined ? '' : `Did you mean ${provider.name}/${near}? `;
    const known =
      names.length === 0 ? `It has a single log: --provider ${provider.name}` : `Its logs: ${names.join(', ')}`;
    throw usageError(`${provider.title} has no log "${name}"`, `${meant}${known}`);
  }
  const title = `${provider.title}: ${provider.logs![name]!.title}`;
  return { ...forLog(provider, name), name: `${provider.name}/${name}`, title };
}

/** A vendor whose logs are read together, with what all of them support. Throws a usage error if they have nothing in common. */
export function allLogs(provider: Provider): Provider {
  const names = logNames(provider);
  const logs = names.map((name) => forLog(provider, name));
  if (logs.length === 0) return provider;
  return {
    ...provider,
    filters: commonFilters(logs),
    dates: commonDates(provider, logs),
    // Requests take the parameters of their own log, including those that it inherits from the vendor.
    logs: Object.fromEntries(
      names.map((name, n) => [name, { ...provider.logs![name]!, filters: logs[n]!.filters, dates: logs[n]!.dates }]),
    ),
  };
}

function commonFilters(logs: readonly Provider[]): Provider['filters'] {
  const names = Object.keys(logs[0]!.filters) as WireFilter[];
  const common = names.filter((name) => logs.every(({ filters }) => filters[name] !== undefined));
  return Object.fromEntries(common.map((name) => [name, logs[0]!.filters[name]]));
}

function commonDates(provider: Provider, logs: readonly Provider[]): DateParameters {
  const all = logs.map(({ dates }) => dates);
  const isTaken = (end: 'from' | 'to') => all.every((dates) => takesDays(dates)[end]);
  const required = all.some((dates) => dates.required === true);
  if (required && !isTaken('from'))
    throw usageError(
      `the logs of ${provider.title} cannot be read together: only some of them take a range of days`,
      `Name one: --provider ${provider.name}/${logNames(provider)[0]}`,
    );
  const least = (key: 'defaultDays' | 'longestDays') => {
    const known = all.flatMap((dates) => dates[key] ?? []);
    return known.length === 0 ? {} : { [key]: Math.min(...known) };
  };
  const { from, to, search, ...first } = all.find(({ format }) => format !== 'day') ?? all[0]!;
  const { required: _, defaultDays: __, longestDays: ___, ...form } = first;
  return {
    ...form,
    // Requests have the parameters of their own log: here it only matters whether there are any.
    ...(isTaken('from') ? { from: from ?? search?.parameter ?? 'from' } : {}),
    ...(isTaken('from') && isTaken('to') ? { to: to ?? search?.parameter ?? 'to' } : {}),
    ...(required ? { required } : {}),
    ...least('defaultDays'),
    ...least('longestDays'),
  };
}
