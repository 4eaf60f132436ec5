import type { DateParameters } from './provider.js';

/** Days as `YYYY-MM-DD`, both included; undefined: no limit there. */
export interface Days {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Whether the vendor can be asked for the days from, and up to, a day; what it cannot is trimmed here. */
export function takesDays({ from, to, search }: DateParameters): { readonly from: boolean; readonly to: boolean } {
  return { from: from !== undefined || search !== undefined, to: to !== undefined || search !== undefined };
}

/** The parameters that ask for these days, in the vendor's own way; none for an end that is not limited or cannot be asked. */
export function dateParameters(dates: DateParameters, days: Days): readonly (readonly [name: string, value: string])[] {
  const { search } = dates;
  const from = days.from === undefined ? undefined : START[dates.format](days.from);
  const to = days.to === undefined ? undefined : END[dates.format](days.to);
  if (search !== undefined) {
    const words = from === undefined ? search.to : to === undefined ? search.from : search.both;
    if (from === undefined && to === undefined) return [];
    return [[search.parameter, words.replace('{from}', from ?? '').replace('{to}', to ?? '')]];
  }
  const parameters: [string, string][] = [];
  if (dates.from !== undefined && from !== undefined) parameters.push([dates.from, from]);
  if (dates.to !== undefined && to !== undefined) parameters.push([dates.to, to]);
  return parameters;
}

type Write = (day: string) => string;

const LAST_MS = 86_399_999;

const START: Readonly<Record<DateParameters['format'], Write>> = {
  day: (day) => day,
  instant: (day) => `${day}T00:00:00.000Z`,
  'epoch-ms': (day) => String(Date.parse(day)),
  'epoch-s': (day) => String(Date.parse(day) / 1000),
};

const END: Readonly<Record<DateParameters['format'], Write>> = {
  day: (day) => day,
  instant: (day) => `${day}T23:59:59.999Z`,
  'epoch-ms': (day) => String(Date.parse(day) + LAST_MS),
  // A whole second: those that are finer are in the next day, which is asked for as well.
  'epoch-s': (day) => String(Date.parse(day) / 1000 + 86_399),
};
