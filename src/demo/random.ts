/** Random numbers, the same for the same seed. Small integers, because a demo draws a hundred thousand before its first answer. */
export interface Random {
  /** A whole number from 0 up to, not including, `n`. */
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  /** True in `n` of a hundred draws. */
  percent(n: number): boolean;
}

export function randomFrom(seed: number): Random {
  let state = seed | 0;
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    return (scramble(state) >>> 1) % n;
  };
  return { below, pick: (list) => list[below(list.length)]!, percent: (n) => below(100) < n };
}

/** A number from 0 to 2^31 - 1 that depends on every bit of both. */
export function hash(a: number, b: number): number {
  return scramble(Math.imul(a, 0x9e3779b1) ^ scramble(b | 0)) >>> 1;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** An id such as `al_7wHuTTRIfOM537zxuAHi6g`: 22 characters that are the same for the same seed and number. */
export function idOf(prefix: string, seed: number, number: number): string {
  let id = `${prefix}_`;
  for (let part = 0; part < 6; part += 1) {
    let bits = hash(seed + Math.imul(part, 0x51ed27), number);
    for (let i = part < 4 ? 4 : 3; i > 0; i -= 1) {
      id += BASE62[bits % 62];
      bits = Math.trunc(bits / 62);
    }
  }
  return id;
}

function scramble(bits: number): number {
  let x = bits | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
