import { AuditlogError, EXIT, type ExitCode } from '../errors.js';
import type { Secret } from '../keys.js';
import type { Provider } from '../providers/provider.js';
import type { Fault, FaultKind } from './fault.js';
import type { HttpProxy } from './proxy.js';
import { headerOf } from './send.js';
import { pageTitle, serverMessage } from './servermessage.js';

/** What the words of an error are made of. */
export interface Circumstances {
  readonly url: URL;
  readonly provider: Provider;
  readonly key: Secret;
  readonly proxy: HttpProxy | undefined;
  /** Tries of this request, and whether there could have been more. */
  readonly attempts: number;
  readonly why: 'final' | 'attempts' | 'elapsed' | 'budget';
  /** Local clock, epoch ms. */
  readonly now: number;
}

interface Words {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly exit?: ExitCode;
}

type Explain = (fault: Fault, about: Circumstances) => Words;

/** The last fault of a request as an error for people, with the fault as its cause. Its text may quote the server: neutralise before showing. */
export function explain(fault: Fault, about: Circumstances): AuditlogError {
  const words = fault.kind === 'status' ? explainStatus(fault, about) : BY_KIND[fault.kind](fault, about);
  const hints = [words.hint, GAVE_UP[about.why](about)].filter((hint) => hint !== undefined && hint !== '');
  return new AuditlogError(words.message, words.exit ?? EXIT.server, hints.join('\n') || undefined, fault);
}

/** A wait that is longer than the user allows: when to come back. Times are epoch ms and ms. */
export function comeBack(fault: Fault, url: URL, until: number, maxWait: number): AuditlogError {
  const what = fault.kind === 'status' && fault.status! < 500 ? 'limits the requests' : 'is not ready';
  return new AuditlogError(
    `${url.host} ${what} (${fault.status ?? fault.kind}) until ${new Date(Math.ceil(until / 1000) * 1000).toISOString().replace('.000', '')}: longer than the ${inWords(maxWait)} that a wait may last`,
    EXIT.stopped,
    'Run the same again then, or allow longer waits: --max-wait 2h',
    fault,
  );
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

const GAVE_UP: Readonly<Record<Circumstances['why'], (about: Circumstances) => string>> = {
  final: () => '',
  attempts: ({ attempts }) => (attempts > 1 ? `Gave up after ${attempts} attempts.` : ''),
  elapsed: ({ attempts }) => `Gave up after ${attempts} attempts in 5 minutes.`,
  budget: () => 'Gave up: too many requests of this run had to be repeated. Try again later.',
};

const BY_KIND: Readonly<Record<Exclude<FaultKind, 'status'>, Explain>> = {
  expired: (fault, { provider }) => ({
    message: `the server no longer accepts the cursor, which has expired (${fault.status})${quote(fault, provider)}`,
    hint: 'Run the same command again.',
  }),
  reset: (_, { url }) => ({ message: `the connection to ${url.host} broke off`, hint: 'Try again later.' }),
  timeout: (_, { url, proxy }) => ({
    message: `${url.host} did not answer in time`,
    hint: proxy === undefined ? 'Try again later; is a proxy needed? Set HTTPS_PROXY.' : throughProxy(proxy),
  }),
  refused: (fault, { url, proxy }) => ({
    message: `cannot connect to ${proxy === undefined ? url.host : `the proxy ${proxy.url.host}`} (${fault.code})`,
    hint: proxy === undefined ? 'Check the base URL and the network.' : throughProxy(proxy),
  }),
  noName: (_, { url, proxy }) => ({
    message: `cannot resolve ${proxy === undefined ? url.hostname : `the proxy ${proxy.url.hostname}`}`,
    hint:
      proxy === undefined
        ? 'Check the base URL and the network; is a proxy needed? Set HTTPS_PROXY.'
        : throughProxy(proxy),
  }),
  nameBusy: (_, { url }) => ({
    message: `the name server did not answer for ${url.hostname}`,
    hint: 'Check the network.',
  }),
  tls: explainTls,
  proxy: (fault, about) =>
    fault.code === '407'
      ? wantsCredentials(about)
      : {
          message: `the proxy ${about.proxy?.url.host ?? ''} does not connect to the API (${fault.code})`,
          hint: about.proxy && throughProxy(about.proxy),
        },
  cutBody: (_, { url }) => ({
    message: `the answers of ${url.host} keep being cut off`,
    hint: 'A proxy or the network may be in the way.',
  }),
  badGzip: (_, { url }) => ({
    message: `the answers of ${url.host} arrive damaged`,
    hint: 'A proxy may be in the way.',
  }),
  badText: (_, { url }) => ({
    message: `the answer of ${url.host} is not valid UTF-8`,
    hint: 'Nothing of it was used: a log with replaced characters would be no evidence.',
  }),
  tooLarge: (fault, { url }) => ({
    message: `${url.host}: ${fault.message}`,
    hint: 'This is not what the API answers. Check the base URL.',
  }),
  webPage: (fault, { url }) => ({
    message: `got a web page instead of the API from ${url.host}${titleOf(fault)}`,
    hint: 'A proxy, VPN or captive portal may be in the way, or the base URL is wrong.',
  }),
  unknownShape: (fault, { url }) => ({
    message: `the API at ${url.host} answered in an unknown shape: ${fault.message}`,
    hint: 'Check the provider and the base URL.',
  }),
  unknown: (fault, { url }) => ({
    message: `the request to ${url.host} failed: ${fault.message}${fault.code === undefined ? '' : ` (${fault.code})`}`,
    exit: EXIT.local,
  }),
};

const BY_STATUS: Readonly<Record<number, Explain>> = {
  400: refused,
  401: (_, { key }) => ({
    message: `the API key was rejected (401): the key ${ending(key)}from ${key.from}`,
    hint: 'Check that it is active and for this environment. To save another: auditlog auth login',
    exit: EXIT.key,
  }),
  402: (fault, { provider }) => ({
    message: `the plan does not include this (402)${quote(fault, provider)}`,
    hint: provider.needs,
  }),
  403: (fault, { provider, key }) => ({
    message: `the key is valid but may not read audit logs (403)${quote(fault, provider)}`,
    hint: `${provider.needs} The key ${ending(key)}is from ${key.from}.`,
    exit: EXIT.key,
  }),
  404: (fault, { url, provider }) => ({
    message: `no such endpoint on ${url.host} (404): ${url.pathname}${quote(fault, provider)}`,
    hint: 'Check the base URL, the region and the org id.',
    exit: EXIT.usage,
  }),
  407: (_, about) => wantsCredentials(about),
  410: () => ({ message: 'this version of the API is gone (410)', hint: 'Update auditlog.' }),
  422: refused,
  429: (_, { url }) => ({
    message: `${url.host} keeps answering that there are too many requests (429)`,
    hint: 'Others may be using the same limit. Try again later, or with a lower --rate.',
  }),
};

function explainStatus(fault: Fault, about: Circumstances): Words {
  const status = fault.status!;
  const known = Object.hasOwn(BY_STATUS, status) ? BY_STATUS[status] : undefined;
  if (known !== undefined) return known(fault, about);
  if (status >= 300 && status < 400) return explainRedirect(fault, about);
  const { url, provider } = about;
  if (status < 300)
    return { message: `${url.host} answered ${status}, which the API never does`, hint: 'Check the base URL.' };
  return {
    message: `${url.host} answered ${status}${quote(fault, provider)}`,
    ...(status >= 500 ? { hint: 'The fault is on their side.' } : {}),
  };
}

/** Only where it leads is named: the rest of the address may hold tokens. */
function explainRedirect(fault: Fault, { url }: Circumstances): Words {
  const location = fault.response === undefined ? undefined : headerOf(fault.response, 'location');
  const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const where = target === undefined ? 'elsewhere' : target.origin === url.origin ? 'another path' : target.origin;
  return {
    message: `${url.host} redirects to ${where} (${fault.status}): redirects are never followed, and the key was not sent there`,
    hint: 'If that is the right place, name it: --base-url URL',
  };
}

function refused(fault: Fault, { provider }: Circumstances): Words {
  return {
    message: `the server refused the request (${fault.status})${quote(fault, provider) || ', and does not say why'}`,
    hint: 'Check the filters, the dates and the org id; --debug shows what was asked.',
    exit: EXIT.usage,
  };
}

function explainTls(fault: Fault, { url, now }: Circumstances): Words {
  const code = fault.code ?? '';
  const message = `the certificate of ${url.host} was not accepted (${code})`;
  if (/EXPIRED|NOT_YET_VALID/.test(code))
    return { message, hint: `This machine's clock says ${new Date(now).toISOString()}: is it right?` };
  if (/ALTNAME|HOSTNAME/.test(code)) return { message, hint: 'It is for another name. Check the base URL.' };
  if (/LEAF|LOCALLY|SELF_SIGNED|ISSUER/.test(code))
    return {
      message,
      hint: 'Is a proxy reading the traffic? Then name its certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    };
  return { message: `no secure connection to ${url.host} (${code})`, hint: 'Check the base URL.' };
}

function ending(key: Secret): string {
  return key.hint === '…' ? '' : `ending in ${key.hint} `;
}

function quote(fault: Fault, provider: Provider): string {
  const said = fault.response === undefined ? undefined : serverMessage(fault.response, provider.errorMessage);
  return said === undefined ? '' : `: ${said.replace(/\.$/, '')}`;
}

function titleOf(fault: Fault): string {
  if (fault.response === undefined) return '';
  const title = pageTitle(fault.response);
  const from = ['server', 'via'].flatMap((name) => {
    const value = headerOf(fault.response!, name);
    return value === undefined ? [] : [`${name}: ${value.slice(0, 80)}`];
  });
  const facts = [...(title === undefined ? [] : [`"${title}"`]), ...from];
  return facts.length === 0 ? '' : ` (${facts.join(', ')})`;
}

function wantsCredentials({ proxy }: Circumstances): Words {
  return {
    message: `the proxy${proxy === undefined ? '' : ` ${proxy.url.host}`} wants credentials (407)`,
    hint: `Give it some: ${proxy?.from ?? 'HTTPS_PROXY'}=http://USER:PASSWORD@HOST:PORT`,
  };
}

function throughProxy(proxy: HttpProxy): string {
  return `The proxy ${proxy.url.host} comes from $${proxy.from}; NO_PROXY names the hosts that need none.`;
}
