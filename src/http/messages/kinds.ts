import { EXIT } from '../../errors.js';
import type { Fault, StatuslessKind } from '../fault.js';
import { headerOf } from '../send.js';
import { type Circumstances, type FaultText, nameOf, proxyHint, wantsCredentials } from './about.js';
import { pageTitle, quotable, quote, saysFailure } from './server.js';
import { explainTls } from './tls.js';

type Hint = string | ((about: Circumstances) => string);

/** A message, and the hint: for both, or for the API and for destinations; with `proxied` for the proxy, where there is one. */
interface Phrase {
  readonly message: (fault: Fault, about: Circumstances) => string;
  readonly both?: string;
  readonly api?: Hint;
  readonly destination?: Hint;
  readonly proxied?: true;
}

/** Explains a fault that is no answer with an error status. */
export function explainKind(kind: StatuslessKind, fault: Fault, about: Circumstances): FaultText {
  if (kind === 'tls') return explainTls(fault, about);
  if (kind === 'proxy' && fault.code === '407') return wantsCredentials(about);
  const { message, both, api, destination, proxied } = PHRASES[kind];
  const hint = both ?? ('what' in about.by ? destination : api);
  return {
    message: message(fault, about),
    hint: (proxied && proxyHint(about)) ?? (typeof hint === 'function' ? hint(about) : hint),
    ...(kind === 'unknown' ? { exit: EXIT.local } : {}),
  };
}

const CHECK_ADDRESS = 'Is this its address?';

const PHRASES: Readonly<Record<Exclude<StatuslessKind, 'tls'>, Phrase>> = {
  expired: {
    message: (fault, { by }) =>
      `the server no longer accepts the cursor, which has expired (${fault.status})${quote(fault, by)}`,
    api: 'Run the same command again',
  },
  reset: {
    message: (_, about) => `the connection to ${nameOf(about)} broke off`,
    api: ({ url }) => `Try again later${url.protocol === 'http:' ? '\nIf this is its port for https: https://' : ''}`,
    destination: ({ url }) => `Is the server well, and is this its port${forTls(url)}?`,
  },
  timeout: {
    message: (_, about) => `${nameOf(about)} did not answer in time`,
    api: 'Try again later; is a proxy needed? Set HTTPS_PROXY. If the server is that slow: --timeout 2m',
    destination: ({ url }) => `Is it reachable from here, and is this its port${forTls(url)}?`,
    proxied: true,
  },
  refused: {
    message: ({ code }, about) =>
      `cannot connect to ${about.proxy ? `the proxy ${about.proxy.url.host}` : nameOf(about)} (${code})`,
    api: 'Check the base URL and the network',
    destination: 'Is it running, and is this its port?',
    proxied: true,
  },
  noName: {
    message: (_, { url, proxy }) =>
      `cannot resolve ${proxy === undefined ? url.hostname : `the proxy ${proxy.url.hostname}`}`,
    api: 'Check the base URL and the network; is a proxy needed? Set HTTPS_PROXY',
    destination: 'Check the name and the network',
    proxied: true,
  },
  nameBusy: {
    message: (_, { url }) => `the name server did not answer for ${url.hostname}`,
    both: 'Check the network',
  },
  proxy: {
    message: ({ code }, about) =>
      `the proxy ${about.proxy?.url.host ?? ''} does not connect to ${'what' in about.by ? nameOf(about) : 'the API'} (${code})`,
    proxied: true,
  },
  cutBody: {
    message: (_, about) => `the answers of ${nameOf(about)} keep being cut off`,
    both: 'A proxy or the network may be in the way',
  },
  badGzip: {
    message: ({ code = '' }, about) =>
      UNASKED.test(code)
        ? `${nameOf(about)} compresses its answers in a way that was not asked for (${code})`
        : `the answers of ${nameOf(about)} arrive damaged`,
    both: 'A proxy may be in the way',
  },
  badText: {
    message: (_, about) => `the answer of ${nameOf(about)} is not valid UTF-8`,
    api: 'Nothing of it was used: replaced characters would change the evidence',
    destination: CHECK_ADDRESS,
  },
  tooLarge: {
    message: (fault, about) => `${nameOf(about)}: ${fault.message}`,
    api: 'Check the base URL',
    destination: CHECK_ADDRESS,
  },
  webPage: {
    message: (fault, about) =>
      'what' in about.by
        ? `${nameOf(about)} answered with a web page${pageFacts(fault)}`
        : `got a web page instead of the API from ${nameOf(about)}${pageFacts(fault)}`,
    api: 'A proxy, VPN or captive portal may be in the way, or the base URL is wrong',
    destination: 'Is this its address and port? A proxy may be in the way',
  },
  unknownShape: {
    message: (fault, about) => {
      const who = `${'what' in about.by ? '' : 'the API at '}${nameOf(about)}`;
      return saysFailure(fault.response)
        ? `${who} answered ${fault.status}, but with an error${quote(fault, about.by) || ' that it does not name'}`
        : `${who} answered in an unknown shape: ${fault.message}`;
    },
    api: 'Check the provider and the base URL',
    destination: CHECK_ADDRESS,
  },
  protocol: {
    message: ({ message }, about) => `cannot read the answers of ${nameOf(about)}: ${message}`,
    api: 'Check the base URL: its scheme and its port',
    destination: CHECK_ADDRESS,
  },
  unknown: {
    message: ({ message, code }, about) =>
      `the request to ${nameOf(about)} failed: ${message}${code === undefined ? '' : ` (${code})`}`,
  },
};

/** Names of content encodings, which are the codes of answers that were not asked for in them. */
const UNASKED = /^[a-z][a-z-]{1,9}(?:, ?[a-z-]{2,10}){0,3}$/;

function forTls(url: URL): string {
  return url.protocol === 'https:' ? ' for https' : '';
}

/** The title of a web page, and who says that it sent or passed it on. */
function pageFacts({ response }: Fault): string {
  if (response === undefined) return '';
  const title = pageTitle(response);
  const from = ['server', 'via'].flatMap((name) => {
    const value = headerOf(response, name);
    return value === undefined ? [] : [`${name}: ${quotable(response, value, 80)}`];
  });
  const facts = [...(title === undefined ? [] : [`"${title}"`]), ...from];
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}
