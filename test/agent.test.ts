import { expect, test } from 'vitest';
import { describeAgent, readAgent } from '../src/agent.js';

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each<[agent: string, phrase: string | undefined]>([
  [`${MAC} ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`, 'Chrome 141 on macOS'],
  [`${WINDOWS} ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.3537.57`, 'Edge 141 on Windows'],
  [`${WINDOWS} ${WEBKIT} Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0`, 'Opera 124 on Windows'],
  [`${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15`, 'Safari 26 on macOS'],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0', 'Firefox 144 on Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
    'Safari 26 on iPhone',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.0.0 Mobile/15E148 Safari/604.1',
    'Chrome 141 on iPad',
  ],
  [`Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36`, 'Chrome 141 on Android phone'],
  [`Mozilla/5.0 (Linux; Android 14; SM-X910) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`, 'Chrome 141 on Android'],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`, 'Chrome 141 on ChromeOS'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/141.0.0.0 Safari/537.36`, 'Headless Chrome 141 on Linux'],
  ['Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko', 'Internet Explorer 11 on Windows'],
  ['curl/8.14.1', 'curl 8'],
  ['python-requests/2.32.4', 'Python requests 2'],
  ['Go-http-client/2.0', 'Go program 2'],
  ['invent-sdk-node/3.2.0', 'invent-sdk-node 3.2'],
  ['Mozilla/5.0 (compatible; nothing known)', undefined],
  ['', undefined],
  ['<script>alert(1)</script>', undefined],
])('the program and device in: %s', (agent, phrase) => {
  expect(describeAgent(agent)).toBe(phrase);
});

test('the program and the device are separate', () => {
  expect(readAgent(`${MAC} Gecko/20100101 Firefox/144.0`)).toEqual({ program: 'Firefox 144', device: 'macOS' });
  expect(readAgent(MAC)).toEqual({ program: undefined, device: 'macOS' });
});

test('a huge text costs no more than a short one', () => {
  const long = `${'Android '.repeat(200_000)}Trident/`.repeat(5);
  expect(readAgent(long)).toEqual({ program: undefined, device: 'Android' });
});
