import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unpacked } from '../../src/input/bytes.js';
import { damageOf } from '../../src/input/damage.js';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(bytes: Buffer, size = 1000): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of unpacked(pieces(bytes, size), damageOf('a.gz'))) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

const text = randomBytes(300_000).toString('hex');
const packed = gzipSync(text);

describe('compressed bytes', () => {
  test.each([1, 2, 3, 1000, 1 << 20])('are unpacked, %i at a time', async (size) => {
    const small = gzipSync('{"id":"a"}\n');
    expect((await unpack(small, size)).toString()).toBe('{"id":"a"}\n');
  });

  test('are unpacked part after part', async () => {
    const parts = Buffer.concat([packed, gzipSync('and more'), gzipSync('')]);
    expect((await unpack(parts)).toString()).toBe(`${text}and more`);
  });

  test.each([packed.length - 1, packed.length - 8, packed.length - 9, 1000, 12, 3])(
    'that end at byte %i are cut off',
    async (end) => {
      await expect(unpack(packed.subarray(0, end))).rejects.toThrow('a.gz: the compressed data are cut off');
    },
  );

  test('with a flipped bit are damaged', async () => {
    const damaged = Buffer.from(packed);
    damaged[packed.length - 6]! ^= 1;
    await expect(unpack(damaged)).rejects.toThrow('a.gz: the compressed data are damaged');
  });

  test.each([1, 3, 200_000])('with %i bytes behind them are refused', async (length) => {
    await expect(unpack(Buffer.concat([packed, Buffer.alloc(length, 'x')]))).rejects.toThrow(
      /a\.gz: .*compressed data/,
    );
  });
});

test('bytes that are not gzip stay as they are, without a byte order mark', async () => {
  expect((await unpack(Buffer.from('{"a":1}'))).toString()).toBe('{"a":1}');
  expect((await unpack(Buffer.from('x'))).toString()).toBe('x');
  expect((await unpack(Buffer.alloc(0))).length).toBe(0);
  for (const size of [1, 2, 3, 100])
    expect((await unpack(Buffer.from('\ufeff{"a":1}'), size)).toString()).toBe('{"a":1}');
  expect((await unpack(gzipSync('\ufeffx'), 1)).toString()).toBe('x');
});

test('whoever stops early lets go of the source', async () => {
  let closed = false;
  const source = (async function* () {
    try {
      for (;;) yield packed;
    } finally {
      closed = true;
    }
  })();
  for await (const part of unpacked(source, damageOf('a'))) {
    expect(part.length).toBeGreaterThan(0);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(closed).toBe(true);
});

test('an error of the source is told as it is', async () => {
  const source = (async function* () {
    yield packed.subarray(0, 5000);
    throw new Error('the disk is gone');
  })();
  const read = async () => {
    for await (const _ of unpacked(source, damageOf('a'))) void _;
  };
  await expect(read()).rejects.toThrow('the disk is gone');
});
