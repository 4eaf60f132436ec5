import { AuditlogError, EXIT, type ExitCode } from '../errors.js';
import type { Fault, FaultKind } from './fault.js';
import type { HttpProxy } from './proxy.js';
import { headerOf } from './send.js';
import { pageTitle, serverMessage } from './servermessage.js';

/** What the words of a destination's error are made of. */
export interface OutboundCircumstances {
  /** What it is, such as `ClickHouse`. */
  readonly what: string;
  readonly secretFrom: string | undefined;
  readonly url: URL;
  readonly proxy: HttpProxy | undefined;
  readonly attempts: number;
  readonly why: 'final' | 'attempts' | 'elapsed' | 'budget';
  /** Local clock, epoch ms. */
  readonly now: number;
}

interface Words {
  readonly says: string;
  readonly hint?: string | undefined;
  readonly exit?: ExitCode;
}

type Explain = (fault: Fault, about: OutboundCircumstances) => Words;

/** The last fault of a request to a destination, as an error for people with the fault as its cause. May quote the server: neutralise before showing. */
export function explainOutbound(fault: Fault, about: OutboundCircumstances): AuditlogError {
  const words = fault.kind === 'status' ? explainStatus(fault, about) : BY_KIND[fault.kind](fault, about);
  const hint = [words.hint, gaveUp(about)].filter((line) => line !== undefined).join('\n');
  const message = `${about.what} at ${about.url.host} ${words.says}`;
  return new AuditlogError(message, words.exit ?? EXIT.server, hint === '' ? undefined : hint, fault);
}

function gaveUp({ why, attempts }: OutboundCircumstances): string | undefined {
  if (why === 'budget') return 'Gave up: too many requests of this run had to be repeated. Try again later.';
  return attempts > 1 ? `Gave up after ${attempts} attempts.` : undefined;
}

const BY_KIND: Readonly<Record<Exclude<FaultKind, 'status'>, Explain>> = {
  expired: explainStatus,
  reset: (_, about) => ({
    says: 'broke off the connection',
    hint: `Is the server well, and is this its port${forTls(about)}?`,
  }),
  timeout: (_, about) => ({
    says: 'did not answer in time',
    hint: throughProxy(about) ?? `Is it reachable from here, and is this its port${forTls(about)}?`,
  }),
  refused: (fault, about) => ({
    says: `cannot be connected to (${fault.code})`,
    hint: throughProxy(about) ?? 'Is it running, and is this its port?',
  }),
  noName: (_, about) => ({
    says: 'cannot be found: its name does not resolve',
    hint: throughProxy(about) ?? 'Check the name and the network.',
  }),
  nameBusy: () => ({ says: 'cannot be found: the name server did not answer', hint: 'Check the network.' }),
  tls: explainTls,
  proxy: (fault, about) => ({ says: `is not reached through the proxy (${fault.code})`, hint: throughProxy(about) }),
  cutBody: () => ({ says: 'keeps cutting its answers off', hint: 'A proxy or the network may be in the way.' }),
  badGzip: () => ({ says: 'gives damaged answers', hint: 'A proxy may be in the way.' }),
  badText: () => ({ says: 'gives answers that are no UTF-8', hint: 'Is this its address?' }),
  tooLarge: (fault) => ({ says: `gives too large an answer: ${fault.message}`, hint: 'Is this its address?' }),
  webPage: (fault) => {
    const title = fault.response === undefined ? undefined : pageTitle(fault.response);
    return {
      says: `answered with a web page${title === undefined ? '' : ` ("${title}")`}`,
      hint: 'Is this its address and port? A proxy may be in the way.',
    };
  },
  unknownShape: (fault) => ({ says: `answered in an unknown shape: ${fault.message}`, hint: 'Is this its address?' }),
  unknown: (fault) => ({
    says: `could not be asked: ${fault.message}${fault.code === undefined ? '' : ` (${fault.code})`}`,
    exit: EXIT.local,
  }),
};

function explainStatus(fault: Fault, about: OutboundCircumstances): Words {
  const status = fault.status!;
  const said = fault.response === undefined ? undefined : serverMessage(fault.response, undefined);
  const quote = said === undefined ? '' : `: ${said.replace(/\.$/, '')}`;
  if (status === 401 || status === 403) return unwelcome(status, quote, about);
  if (status === 407) return { says: 'is behind a proxy that wants credentials (407)', hint: throughProxy(about) };
  if (status >= 300 && status < 400) return redirected(fault, about);
  if (status === 429)
    return { says: 'keeps answering that there are too many requests (429)', hint: 'Try again later.' };
  return {
    says: `answered ${status}${quote}`,
    hint: status >= 500 ? 'The fault is on its side.' : 'Check its address; --debug shows what was asked.',
    exit: status >= 500 ? EXIT.server : EXIT.usage,
  };
}

function unwelcome(status: number, quote: string, { secretFrom }: OutboundCircumstances): Words {
  if (secretFrom === undefined)
    return {
      says: `wants a sign-in (${status})${quote}`,
      hint: 'Save its password or token: auditlog destination login URL. Or set AUDITLOG_DEST_SECRET, or AUDITLOG_DEST_SECRET_FILE.',
      exit: EXIT.key,
    };
  return {
    says: `refuses the secret from ${secretFrom} (${status})${quote}`,
    hint: 'Check it, and what it may do there. To save another: auditlog destination login URL',
    exit: EXIT.key,
  };
}

/** Only where it leads is named: the rest of the address may hold tokens. */
function redirected(fault: Fault, { url }: OutboundCircumstances): Words {
  const location = fault.response === undefined ? undefined : headerOf(fault.response, 'location');
  const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const where = target === undefined ? 'elsewhere' : target.origin === url.origin ? 'another path' : target.origin;
  return {
    says: `redirects to ${where} (${fault.status}): redirects are never followed, and no secret was sent there`,
    hint: 'If that is the right place, name it as the destination.',
  };
}

function explainTls(fault: Fault, { now }: OutboundCircumstances): Words {
  const code = fault.code ?? '';
  if (code === 'EPROTO' || /WRONG_VERSION|PACKET_LENGTH/.test(`${code} ${fault.message}`))
    return { says: `does not speak TLS on this port (${code})`, hint: 'Is this the port for https?' };
  const says = `shows a certificate that is not accepted (${code})`;
  if (/EXPIRED|NOT_YET_VALID/.test(code))
    return { says, hint: `This machine's clock says ${new Date(now).toISOString()}: is it right?` };
  if (/ALTNAME|HOSTNAME/.test(code)) return { says, hint: 'It is for another name: use the name that it is for.' };
  return {
    says,
    hint: 'If it is signed by an authority of your own, name that: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
  };
}

function forTls({ url }: OutboundCircumstances): string {
  return url.protocol === 'https:' ? ' for https' : '';
}

function throughProxy({ proxy }: OutboundCircumstances): string | undefined {
  return proxy === undefined
    ? undefined
    : `The proxy ${proxy.url.host} comes from $${proxy.from}; NO_PROXY names the hosts that need none.`;
}
