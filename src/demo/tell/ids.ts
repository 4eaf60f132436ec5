import { hash } from '../random.js';

/** An id in the form of an example, different for each number: a number, a UUID, hexadecimal digits, or any text. */
export function idLike(example: unknown, seed: number, n: number): string | number {
  if (typeof example === 'number') return 100_000 + n;
  const text = typeof example === 'string' ? example : '';
  if (/^\d+$/.test(text)) return `${text.slice(0, 1)}${String(n).padStart(Math.max(8, text.length - 1), '0')}`;
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) return uuid(seed, n);
  if (/^[0-9a-f]{12,}$/.test(text)) return digits(seed, n, text.length);
  const prefix = /^[A-Za-z]{1,12}[_-](?=.)/.exec(text)?.[0] ?? '';
  return `${prefix}${letters(seed, n)}`;
}

function uuid(seed: number, n: number): string {
  const all = digits(seed, n, 32);
  return `${all.slice(0, 8)}-${all.slice(8, 12)}-4${all.slice(13, 16)}-8${all.slice(17, 20)}-${all.slice(20)}`;
}

/** Contains the number itself, so that no two are equal. */
function digits(seed: number, n: number, length: number): string {
  let text = n.toString(16).padStart(8, '0');
  for (let part = 0; text.length < length; part += 1)
    text += hash(seed + part, n)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, length);
}

function letters(seed: number, n: number): string {
  let text = '';
  for (let part = 0; part < 2; part += 1)
    text += hash(seed + part, n)
      .toString(36)
      .padStart(6, '0');
  return `${text}${n.toString(36)}`;
}
