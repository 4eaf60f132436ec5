import { suggest } from '../suggest.js';

/** Codes that vendors use besides ISO 3166: unknown, Europe, Asia/Pacific, proxies, satellites, Tor. */
const OTHERS: ReadonlySet<string> = new Set(['XX', 'EU', 'AP', 'A1', 'A2', 'O1', 'T1', 'ZZ']);
/** Other English names. */
const ALIASES: Readonly<Record<string, string>> = {
  __proto__: null as never,
  'czech republic': 'CZ',
  england: 'GB',
  'great britain': 'GB',
  holland: 'NL',
  'korea, republic of': 'KR',
  'russian federation': 'RU',
  turkey: 'TR',
  'united states of america': 'US',
  usa: 'US',
  'viet nam': 'VN',
};
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'nb', 'da', 'fi', 'pl', 'ja', 'zh'];

/** The code of a country from a code in any case (`no`, `UK` for GB) or an English name; undefined for anything else. */
export function countryCode(text: string): string | undefined {
  if (/^[a-z][a-z0-9]$/i.test(text)) return codeOf(text.toUpperCase());
  const name = text.toLowerCase();
  return ALIASES[name] ?? namesIn('en').get(name);
}

/** The code that a mistaken text most likely means, and the country's name. */
export function meantCountry(text: string): { readonly code: string; readonly name: string } | undefined {
  const wanted = text.toLowerCase();
  const found = LANGUAGES.map((language) => namesIn(language).get(wanted)).find((code) => code !== undefined);
  const near = found === undefined ? suggest(text, namesIn('en').keys()) : undefined;
  const code = ALIASES[wanted] ?? found ?? (near === undefined ? undefined : namesIn('en').get(near));
  return code === undefined ? undefined : { code, name: nameOf('en', code) ?? code };
}

/** Compares countries by code or name, because some vendors' entries have codes and others names. */
export function countryMatcher(wanted: readonly string[]): (country: string | undefined) => boolean {
  const codes = new Set(wanted.map(folded));
  const known = new Map<string, boolean>();
  return (country) => {
    if (country === undefined) return false;
    let isWanted = known.get(country);
    if (isWanted === undefined) {
      isWanted = codes.has(folded(country));
      if (known.size < 1000) known.set(country, isWanted);
    }
    return isWanted;
  };
}

function folded(text: string): string {
  return countryCode(text) ?? text.toLowerCase();
}

function codeOf(code: string): string | undefined {
  if (OTHERS.has(code)) return code;
  if (!/^[A-Z]{2}$/.test(code) || nameOf('en', code) === undefined) return undefined;
  return canonical(code);
}

/** The current code for a former one, such as UK. */
function canonical(code: string): string {
  return Intl.getCanonicalLocales(`und-${code}`)[0]?.slice(4) ?? code;
}

function nameOf(language: string, code: string): string | undefined {
  return new Intl.DisplayNames([language], { type: 'region', fallback: 'none' }).of(code);
}

/** Codes by the lower-case names of their countries. */
function namesIn(language: string): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`));
  return new Map(
    codes.flatMap((code) => {
      const name = names.of(code)?.toLowerCase();
      return name === undefined || canonical(code) !== code ? [] : [[name, code] as const];
    }),
  );
}
