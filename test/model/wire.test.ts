import { connect } from 'node:net';
import { createGunzip, gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultName } from './faults.js';
import { makeEntries } from './makeentries.js';
import { type Model, startModel } from './server.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const entries = makeEntries({ n: 40, from: NOW - 86_400_000, to: NOW, shape: 'full' });

let model: Model;
afterEach(() => model.close());

async function withFault(fault: FaultName, more: object = {}): Promise<Model> {
  model = await startModel({ entries, now: NOW, script: [{ atRequest: 1, fault }], ...more });
  return model;
}

interface Raw {
  readonly head: string;
  readonly body: Buffer;
  /** How the connection ended: by an orderly end, by a reset, or not before we lost patience. */
  readonly ended: 'end' | 'reset' | 'open';
}

/** Asks over a bare socket and tells every byte, and how it ended. */
function askRaw({ base, key }: Model, { gzip = false, patience = 400 } = {}): Promise<Raw> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(base.port), base.hostname);
    const finish = (ended: Raw['ended']): void => {
      clearTimeout(timer);
      socket.destroy();
      const all = Buffer.concat(chunks);
      const gap = all.indexOf('\r\n\r\n');
      const cut = gap === -1 ? all.length : gap + 4;
      resolve({ head: all.subarray(0, cut).toString('latin1'), body: all.subarray(cut), ended });
    };
    const timer = setTimeout(() => finish('open'), patience);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => finish('end'));
    socket.on('error', () => finish('reset'));
    socket.write(
      `GET /orgs/c/audit-logs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n${gzip ? 'Accept-Encoding: gzip\r\n' : ''}\r\n`,
    );
  });
}

function lengthIn({ head }: Raw): number {
  return Number(/content-length: (\d+)/i.exec(head)?.[1]);
}

/** The page as it would have been. */
const whole = Buffer.from(`[${entries.map(({ text }) => text).join(',')}]`);

describe('a fault on the wire', () => {
  it('none: the page comes whole and the connection stays', async () => {
    model = await startModel({ entries, now: NOW });
    const raw = await askRaw(model);
    expect(raw.head).toContain('HTTP/1.1 200 OK');
    expect(raw.head).toContain('date: Fri, 20 Nov 2026 12:00:00 GMT');
    expect(raw.body.equals(whole)).toBe(true);
    expect(raw.ended).toBe('open');
  });

  it('rst-before-headers: not a byte, and a reset', async () => {
    expect(await askRaw(await withFault('rst-before-headers'))).toMatchObject({ head: '', ended: 'reset' });
  });

  it('close-before-headers: not a byte, and an orderly end', async () => {
    expect(await askRaw(await withFault('close-before-headers'))).toMatchObject({ head: '', ended: 'end' });
  });

  it('rst-mid-headers: half a head, and a reset', async () => {
    const raw = await askRaw(await withFault('rst-mid-headers'));
    expect(raw.head).toMatch(/^HTTP\/1\.1 200/);
    expect(raw.head).not.toContain('\r\n\r\n');
    expect(raw.ended).toBe('reset');
  });

  it('rst-mid-body: half the body that was announced, and a reset', async () => {
    const raw = await askRaw(await withFault('rst-mid-body'));
    expect(lengthIn(raw)).toBe(whole.length);
    expect(raw.body.equals(whole.subarray(0, whole.length >> 1))).toBe(true);
    expect(raw.ended).toBe('reset');
  });

  it('body-shorter-than-length: half the body that was announced, and an orderly end', async () => {
    const raw = await askRaw(await withFault('body-shorter-than-length'));
    expect(lengthIn(raw)).toBe(whole.length);
    expect(raw.body.length).toBe(whole.length >> 1);
    expect(raw.ended).toBe('end');
  });

  it('length-shorter-than-body: more than was announced', async () => {
    const raw = await askRaw(await withFault('length-shorter-than-body'));
    expect(lengthIn(raw)).toBe(whole.length >> 1);
    expect(raw.body.equals(whole)).toBe(true);
  });

  it('cut-chunked: one chunk, no last one', async () => {
    const raw = await askRaw(await withFault('cut-chunked'));
    expect(raw.head).toContain('transfer-encoding: chunked');
    expect(raw.body.toString('latin1')).toMatch(new RegExp(`^${(whole.length >> 1).toString(16)}\r\n`));
    expect(raw.body.toString('latin1')).not.toContain('\r\n0\r\n');
    expect(raw.ended).toBe('end');
  });

  it('cut-close-delimited: half a body, no length, and an orderly end', async () => {
    const raw = await askRaw(await withFault('cut-close-delimited'));
    expect(raw.head).not.toMatch(/content-length|transfer-encoding/);
    expect(raw.body.length).toBe(whole.length >> 1);
    expect(raw.ended).toBe('end');
  });

  it('gzip-truncated: all of the announced bytes, which end too soon', async () => {
    const raw = await askRaw(await withFault('gzip-truncated'), { gzip: true });
    expect(raw.body.length).toBe(lengthIn(raw));
    expect(() => gunzipSync(raw.body)).toThrow('unexpected end of file');
    expect(raw.body.subarray(0, 2).toString('hex')).toBe('1f8b');
  });

  it('gzip-no-trailer: everything but the eight bytes that vouch for it', async () => {
    const raw = await askRaw(await withFault('gzip-no-trailer'), { gzip: true });
    expect(() => gunzipSync(raw.body)).toThrow('unexpected end of file');
    const unpacked = await new Promise<number>((resolve) => {
      let size = 0;
      const gunzip = createGunzip();
      gunzip.on('data', (chunk: Buffer) => {
        size += chunk.length;
      });
      gunzip.on('error', () => resolve(size));
      gunzip.on('end', () => resolve(size));
      gunzip.end(raw.body);
    });
    expect(unpacked).toBe(whole.length);
  });

  it('gzip-bad-crc: a sum that does not fit', async () => {
    const raw = await askRaw(await withFault('gzip-bad-crc'), { gzip: true });
    expect(() => gunzipSync(raw.body)).toThrow('incorrect data check');
  });

  it('gzip-garbage-after: something behind the end', async () => {
    const raw = await askRaw(await withFault('gzip-garbage-after'), { gzip: true });
    expect(raw.body.toString('latin1')).toMatch(/garbage$/);
  });

  it('gzip-bomb: 48 MiB in a few kilobytes, which are JSON', async () => {
    const raw = await askRaw(await withFault('gzip-bomb'), { gzip: true, patience: 20_000 });
    expect(raw.body.length).toBeLessThan(100_000);
    const unpacked = gunzipSync(raw.body);
    expect(unpacked.length).toBe(48 * 1024 * 1024);
    expect(unpacked.toString('latin1', 0, 2)).toBe('[ ');
    expect(unpacked.at(-1)).toBe(0x5d);
  });

  it('gzip faults: left out for a client that takes no gzip', async () => {
    const raw = await askRaw(await withFault('gzip-truncated'));
    expect(raw.body.equals(whole)).toBe(true);
    expect(model.requests[0]?.fault).toBeUndefined();
  });

  it('stall-headers: nothing, for as long as anybody waits', async () => {
    expect(await askRaw(await withFault('stall-headers'))).toMatchObject({ head: '', ended: 'open' });
  });

  it('stall-body: half a body and then nothing, until its patience ends', async () => {
    const raw = await askRaw(await withFault('stall-body'));
    expect(raw).toMatchObject({ ended: 'open' });
    expect(raw.body.length).toBe(whole.length >> 1);
    await model.close();
    expect(await askRaw(await withFault('stall-body', { stallMs: 50 }))).toMatchObject({ ended: 'reset' });
  });

  it('slow-drip: a few bytes at a time', async () => {
    const raw = await askRaw(await withFault('slow-drip', { drip: { bytes: 1, everyMs: 20 } }));
    expect(raw.ended).toBe('open');
    expect(raw.body.length).toBeGreaterThan(1);
    expect(raw.body.length).toBeLessThan(40);
  });

  it('header-bomb: a header of 40 kB', async () => {
    const raw = await askRaw(await withFault('header-bomb'));
    expect(raw.head.length).toBeGreaterThan(40_000);
    expect(raw.body.equals(whole)).toBe(true);
  });

  it('not-http: another protocol', async () => {
    expect((await askRaw(await withFault('not-http'))).head).toMatch(/^SSH-2\.0/);
  });

  it('early-hints: an answer before the answer', async () => {
    const raw = await askRaw(await withFault('early-hints'));
    expect(raw.head).toMatch(/^HTTP\/1\.1 103 Early Hints/);
    expect(raw.body.includes('HTTP/1.1 200 OK')).toBe(true);
    expect(raw.body.subarray(-whole.length).equals(whole)).toBe(true);
  });

  it('chunked: two chunks, an end and a trailer', async () => {
    const raw = await askRaw(await withFault('chunked'));
    expect(raw.body.toString('latin1')).toMatch(/\r\n0\r\nx-trailer: 1\r\n\r\n$/);
  });

  it('close-delimited: the whole body of an old server', async () => {
    const raw = await askRaw(await withFault('close-delimited'));
    expect(raw.head).toMatch(/^HTTP\/1\.0 200/);
    expect(raw.body.equals(whole)).toBe(true);
    expect(raw.ended).toBe('end');
  });

  it('count-two-headers: the same header twice', async () => {
    const { head } = await askRaw(await withFault('count-two-headers'));
    expect(head.match(/pagination-count: \d+/g)).toEqual(['pagination-count: 40', 'pagination-count: 43']);
  });

  it('date-missing: no Date header at all', async () => {
    expect((await askRaw(await withFault('date-missing'))).head).not.toMatch(/^date:/im);
  });

  it('redirect-other: leads to a server that keeps what it is sent', async () => {
    const { head } = await askRaw(await withFault('redirect-other'));
    const location = /location: (\S+)/.exec(head)?.[1] ?? '';
    expect(location.startsWith(model.elsewhere.base.origin)).toBe(true);
    expect(model.elsewhere.requests).toEqual([]);
    await (await fetch(location, { headers: { 'x-tried': 'yes' } })).arrayBuffer();
    expect(model.elsewhere.requests[0]?.headers['x-tried']).toBe('yes');
  });

  it('is over with its request: the next is answered well', async () => {
    await withFault('rst-mid-body');
    await askRaw(model);
    expect((await askRaw(model)).body.equals(whole)).toBe(true);
    expect(model.requests.map(({ fault }) => fault)).toEqual(['rst-mid-body', undefined]);
    expect(model.connections()).toBe(2);
  });
});
