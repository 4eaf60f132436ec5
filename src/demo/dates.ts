import type { DateParameters } from '../providers/provider.js';
import { DAY_MS, dayStart } from '../time.js';

/**
 * `read` returns the first ms of a date, NaN for anything else. The date covers `lasts` ms, and a range that includes the date includes
 * them all.
 */
export interface DateForm {
  readonly read: (text: string) => number;
  readonly lasts: number;
  readonly shape: string;
}

/** How a vendor's dates are read. */
export function dateForm({ format, pattern }: Pick<DateParameters, 'format' | 'pattern'>): DateForm {
  return format === 'pattern' ? patternForm(pattern ?? 'YYYY-MM-DD') : FORMS[format];
}

const FORMS: Readonly<Record<Exclude<DateParameters['format'], 'pattern'>, DateForm>> = {
  day: { read: dayStart, lasts: DAY_MS, shape: 'a date such as 2026-03-01' },
  instant: { read: instant, lasts: 1, shape: 'a time such as 2026-03-01T09:00:00Z' },
  'instant-s': {
    read: (text) => (/\.\d/.test(text) ? Number.NaN : instant(text)),
    lasts: 1,
    shape: 'a time such as 2026-03-01T09:00:00Z',
  },
  'epoch-ms': { read: (text) => digits(text, 1), lasts: 1, shape: 'milliseconds since 1970' },
  'epoch-s': { read: (text) => digits(text, 1000), lasts: 1, shape: 'seconds since 1970' },
};

function instant(text: string): number {
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
}

function digits(text: string, unit: number): number {
  return /^\d{1,15}$/.test(text) ? Number(text) * unit : Number.NaN;
}

const PARTS = /YYYY|MM|DD|HH|mm|ss/g;

function patternForm(pattern: string): DateForm {
  const names = [...pattern.matchAll(PARTS)].map(([name]) => name);
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const form = new RegExp(`^${escaped.replace(PARTS, (part) => `(\\d{${part.length}})`)}$`);
  const read = (text: string): number => {
    const found = form.exec(text);
    if (found === null) return Number.NaN;
    const part = (name: string, usual: string): string => {
      const at = names.indexOf(name);
      return at === -1 ? usual : found[at + 1]!;
    };
    const day = `${part('YYYY', '')}-${part('MM', '01')}-${part('DD', '01')}`;
    if (Number.isNaN(dayStart(day))) return Number.NaN;
    return Date.parse(`${day}T${part('HH', '00')}:${part('mm', '00')}:${part('ss', '00')}Z`);
  };
  return { read, lasts: names.includes('HH') ? 1 : DAY_MS, shape: `such as ${pattern}` };
}
