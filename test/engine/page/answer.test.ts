import { describe, expect, test } from 'vitest';
import { pageReader } from '../../../src/engine/page/answer.js';
import { Fault } from '../../../src/http/fault.js';
import type { ApiResponse } from '../../../src/http/send.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';

const NOW = Date.parse('2026-11-20T14:00:00Z');
const URL_ASKED = new URL('https://api.acme.example/v1/audit');

const acme: Provider = {
  ...invent,
  name: 'acme',
  items: 'data.items',
  total: { path: 'meta.total' },
  paging: { style: 'cursor', cursor: 'after', size: 'limit', max: 50, next: 'meta.next' },
  fields: { id: 'id', time: 'at', action: 'what', actor: { name: 'who' } },
};

function responseOf(body: string, date: string | undefined = new Date(NOW).toUTCString()): ApiResponse {
  const headers = new Map([['content-type', ['application/json']]]);
  if (date !== undefined) headers.set('date', [date]);
  return { status: 200, headers, body: Buffer.from(body), sentAt: NOW, receivedAt: NOW };
}

function read(body: string, provider: Provider = acme, date?: string) {
  return pageReader(provider)(responseOf(body, ...(date === undefined ? [] : [date])), URL_ASKED);
}

function faultOf(body: string, provider: Provider = acme): string {
  try {
    read(body, provider);
    return 'accepted';
  } catch (error) {
    if (error instanceof Fault) return `${error.kind}: ${error.message}`;
    throw error;
  }
}

describe('a list that is null or left out', () => {
  const uncounted: Provider = { ...acme, total: undefined };
  const headed: Provider = { ...acme, total: { header: 'x-total' } };

  test.each<[body: string, provider: Provider]>([
    ['{"data":{"items":null},"meta":{"total":0}}', acme],
    ['{"data":{"items":null}}', acme],
    ['{"data":{},"meta":{"total":0}}', acme],
    ['{"data":{},"meta":{"total":"0"}}', acme],
    ['{"data":null,"meta":{"total":0}}', acme],
    ['{"meta":{"total":0}}', acme],
    ['{"meta":{"total":0},"error":null,"errors":[],"ok":true,"message":"nothing found"}', acme],
    ['{"data":{}}', uncounted],
    ['{}', uncounted],
    ['{}', headed],
    ['{"meta":{"next":"abc"}}', uncounted],
    ['{"data":{"items":null},"code":0,"message":"ok"}', uncounted],
    ['{"data":{"items":null},"code":200,"message":"success"}', uncounted],
    ['{"success":true,"warnings":["slow"]}', uncounted],
    ['{"status":"ok","status_code":200}', uncounted],
    ['{"success":true,"message":"no logs","data":{"items":null}}', uncounted],
    ['{"code":"0","msg":"ok","data":null}', uncounted],
    ['null', { ...uncounted, items: '' }],
  ])('is an empty one in %s, and the page says so', (body, provider) => {
    const { entries, isListMissing } = read(body, provider);
    expect(entries).toEqual([]);
    expect(isListMissing).toBe(true);
  });

  test('differs from an empty list', () => {
    expect(read('{"data":{"items":[]},"meta":{"total":0}}')).not.toHaveProperty('isListMissing');
  });

  test.each<[body: string, provider: Provider, message: RegExp]>([
    ['{"data":{}}', acme, /no list at data\.items, and no count at meta\.total/],
    [' null ', { ...headed, items: '' }, /null in place of a list/],
    ['{}', acme, /no count at meta\.total/],
    ['{"meta":{"total":null}}', acme, /no count at meta\.total/],
    ['{"meta":{"total":0},"error":"missing_scope"}', acme, /holds an error/],
    ['{"data":{"items":null},"errors":[{"message":"x"}]}', acme, /holds an error/],
    ['{"ok":false}', uncounted, /holds an error/],
    ['{"ok":false,"data":{"items":[]}}', uncounted, /holds an error beside an empty list/],
    ['{"data":{"items":[]},"errors":[{"message":"x"}]}', uncounted, /holds an error beside an empty list/],
    ['{"success":false}', uncounted, /holds an error/],
    ['{"Success":"false"}', uncounted, /holds an error/],
    ['{"error_message":"x"}', uncounted, /holds an error/],
    ['{"errorMessage":"x"}', uncounted, /holds an error/],
    ['{"fault":{"faultstring":"x"}}', uncounted, /holds an error/],
    ['{"exception":"x"}', uncounted, /holds an error/],
    ['{"message":"Not found"}', uncounted, /holds an error/],
    ['{"code":40100,"message":"token expired","data":null}', uncounted, /holds an error/],
    ['{"detail":"Not authenticated"}', uncounted, /holds an error/],
    ['{"type":"about:blank","title":"Forbidden","status":403}', uncounted, /holds an error/],
    ['{"status":"error"}', uncounted, /holds an error/],
    ['{"statusCode":500,"data":{"items":null}}', uncounted, /holds an error/],
    ['{"result":{"reason":"x"}}', { ...uncounted, errorMessage: 'result.reason' }, /holds an error/],
    ['{"entries":[{"id":"1"}]}', uncounted, /no list at data\.items, but there is one at entries/],
    ['{"data":{"rows":[{"id":"1"}]}}', uncounted, /no list at data\.items, but there is one at data\.rows/],
    ['{"data":"x"}', uncounted, /holds no list of entries/],
    ['{"data":{"items":"x"}}', uncounted, /holds no list of entries/],
    ['{"data":{"items":{}}}', uncounted, /holds no list of entries/],
    ['{"data":{"items":false}}', uncounted, /holds no list of entries/],
    ['{"data":[]}', uncounted, /holds no list of entries/],
    ['null', uncounted, /holds no list of entries/],
    ['[]', uncounted, /holds no list of entries/],
    ['"ok"', uncounted, /holds no list of entries/],
    ['{}', { ...uncounted, items: '' }, /holds no list of entries/],
  ])('never hides an error: %s', (body, provider, message) => {
    expect(faultOf(body, provider)).toMatch(/^unknownShape: /);
    expect(faultOf(body, provider)).toMatch(message);
  });
});

describe('a key that holds dots', () => {
  const odata: Provider = {
    ...acme,
    items: 'value',
    total: { path: '@odata.count' },
    paging: { style: 'link', size: '$top', max: 50, next: '@odata.nextLink' },
  };

  test('is found around the entries', () => {
    const next = 'https://api.acme.example/v1/audit?page=2';
    const page = read(`{"@odata.count":1237,"@odata.nextLink":"${next}","value":[{"id":"1"}]}`, odata);
    expect(page).toMatchObject({ count: 1237, next });
  });

  test('is found in entries', () => {
    const fields = { ...acme.fields, id: 'event.id', time: 'event.at' };
    const { entries } = read('{"value":[{"event.id":"1","event.at":"2026-11-20T13:00:00Z"}]}', { ...odata, fields });
    expect(entries).toMatchObject([{ id: '1', time: NOW - 3_600_000 }]);
  });
});

describe('rows that are not entries', () => {
  const listed: Provider = { ...acme, items: '' };
  const good = (n: number) => `{"id":"${n}","at":"2026-11-20T13:00:00Z","what":"a"}`;

  test.each([
    'null',
    '"text"',
    '7',
    '[1]',
    'true',
    `{"id":"d","at":"2026-11-20T13:00:00Z","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ])('%.20s is an entry as its own text', (odd) => {
    const { entries } = read(`[${good(1)}, ${odd},${good(2)}]`, listed);
    expect(entries.map(({ raw }) => raw.toString())).toEqual([good(1), odd, good(2)]);
    const [, found] = entries;
    if (odd.startsWith('{')) expect(found).toMatchObject({ id: 'd', time: NOW - 3_600_000, odd: 'too-deep' });
    else expect(found).toMatchObject({ id: undefined, time: Number.NaN, odd: 'not-an-object' });
    expect(read(`[${odd}]`, listed).entries).toHaveLength(1);
  });

  test('a list without any object is another list', () => {
    expect(faultOf('[1,2,3]', listed)).toMatch(/an entry in the answer is not an object/);
  });

  test('invalid JSON in an entry fails the page', () => {
    expect(faultOf(`[${good(1)},nul]`, listed)).toMatch(/^cutBody: /);
    expect(faultOf(`[${good(1)},${'['.repeat(100_000)}${']'.repeat(99_999)}}]`, listed)).toMatch(/^cutBody: /);
  });
});

describe('times that cannot be those of entries', () => {
  const seconds: Provider = { ...acme, items: '', timeFormat: 'epoch-s' };
  const millis: Provider = { ...seconds, timeFormat: 'epoch-ms' };
  const rows = (times: readonly (number | string)[]) =>
    `[${times.map((at, n) => `{"id":"${n}","what":"a","at":${JSON.stringify(at)}}`).join(',')}]`;
  const many = (at: number | string, n = 10) => Array.from({ length: n }, () => at);

  test.each<[string, readonly (number | string)[], Provider]>([
    ['seconds read as ms', many(NOW / 1000), millis],
    ['of 1970 as text', many('1970-01-21T09:30:00Z'), { ...seconds, timeFormat: 'rfc3339' }],
    ['far ahead', many(NOW / 1000 + 90 * 86_400), seconds],
    ['some of them in no format', [...many(NOW / 1000, 9), 'soon'], millis],
  ])('fail a page when all are: %s', (_, times, provider) => {
    expect(faultOf(rows(times), provider)).toMatch(
      /^unknownShape: times such as \d{4}-[^ ]*Z: is timeFormat right\? \(epoch-s, epoch-ms, epoch-us or epoch-ns\)$/,
    );
  });

  test('of milliseconds read as seconds are in no year that can be written', () => {
    expect(faultOf(rows(many(NOW)), seconds)).toMatch(/tells a time that can be read at at: is timeFormat right\?$/);
  });

  test('become NaN if some of a page are impossible', () => {
    const good = NOW / 1000;
    const bad = [0, 946_684_799, good + 2 * 86_400, good + 10 * 86_400];
    const { entries } = read(rows([good, ...bad, 946_684_800, good + 2 * 86_400 - 1]), seconds);
    expect(entries.map(({ time }) => Number.isNaN(time))).toEqual([false, true, true, true, true, false, false]);
  });

  test('become NaN on a page of few entries', () => {
    expect(read(rows(many(0, 9)), seconds).entries.every(({ time }) => Number.isNaN(time))).toBe(true);
  });

  test('are never too late if the server does not send its clock', () => {
    const { entries } = read(rows(many(NOW / 1000 + 900 * 86_400)), seconds, 'today');
    expect(entries.every(({ time }) => !Number.isNaN(time))).toBe(true);
  });

  test('are judged by the later of the two clocks', () => {
    const { entries } = read(rows(many(NOW / 1000)), seconds, 'Fri, 01 Mar 2024 00:00:00 GMT');
    expect(entries.every(({ time }) => !Number.isNaN(time))).toBe(true);
  });
});
