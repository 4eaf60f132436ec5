import { EXIT } from '../../errors.js';
import type { Secret } from '../../keys.js';
import { needsText } from '../../providers/needs.js';
import type { Fault } from '../fault.js';
import { headerOf } from '../send.js';
import {
  type ApiAnswerer,
  type Circumstances,
  type DestinationAnswerer,
  type FaultText,
  nameOf,
  wantsCredentials,
} from './about.js';
import { quote } from './server.js';
import { explainNoToken } from './token.js';

/** Explains an answer whose status is an error. */
export function explainStatus(fault: Fault, about: Circumstances): FaultText {
  const status = fault.status!;
  if (status === 407) return wantsCredentials(about);
  if (status >= 300 && status < 400) return explainRedirect(fault, about);
  const { by } = about;
  if ('makes' in by) return explainNoToken(fault, about, by);
  const answer: StatusFacts = { status, said: quote(fault, by), url: about.url, name: nameOf(about) };
  return 'provider' in by ? explainAtApi(answer, by) : explainAtDestination(answer, by);
}

interface StatusFacts {
  readonly status: number;
  /** The server's own message, after a colon; empty if there is no message. */
  readonly said: string;
  readonly url: URL;
  readonly name: string;
}

const BY_STATUS: Readonly<Record<number, (answer: StatusFacts, by: ApiAnswerer) => FaultText>> = {
  400: refused,
  401: ({ said }, { provider: { auth }, key }) =>
    auth.type === 'token'
      ? {
          message: `a new token was rejected (401)${said}`,
          hint: `${new URL(auth.token.url).host} made it with the key ${ending(key)}from ${key.from}, so the key works there. Check the scope, the audience and the base URL`,
          exit: EXIT.key,
        }
      : {
          message: `${auth.type === 'basic' ? 'the user or password was rejected (401)' : 'the API key was rejected (401)'}: the key ${ending(key)}from ${key.from}`,
          hint: 'Check that it is active and for this environment. To save another: auditlog auth login',
          exit: EXIT.key,
        },
  402: ({ said }, { provider }) => ({
    message: `the plan does not include this (402)${said}`,
    hint: needsText(provider),
    exit: EXIT.key,
  }),
  403: ({ said }, { provider, key }) => ({
    message: `the ${provider.auth.type === 'token' ? 'token' : 'key'} is valid but may not read audit logs (403)${said}`,
    hint: `${needsText(provider)} The key ${ending(key)}is from ${key.from}`,
    exit: EXIT.key,
  }),
  404: ({ said, url }) => ({
    message: `no such endpoint on ${url.host} (404): ${url.pathname}${said}`,
    hint: 'Check the base URL, the region and the org id',
    exit: EXIT.usage,
  }),
  410: ({ said }) => ({
    message: `the API version is gone (410)${said}`,
    hint: 'Update auditlog',
    exit: EXIT.usage,
  }),
  422: refused,
  451: ({ said, name }) => ({
    message: `${name} may not give this for legal reasons (451)${said}`,
    hint: 'Ask the vendor whose decision it is: no key and no other request can change it',
    exit: EXIT.key,
  }),
  429: (answer) => ({
    message: tooMany(answer),
    hint: 'Others may be using the same limit. Try again later, or with a lower --rate',
  }),
};

function explainAtApi(answer: StatusFacts, by: ApiAnswerer): FaultText {
  const { status, said, name } = answer;
  const known = Object.hasOwn(BY_STATUS, status) ? BY_STATUS[status] : undefined;
  if (known !== undefined) return known(answer, by);
  if (status < 300)
    return { message: `${name} answered ${status}, which the API never does`, hint: 'Check the base URL' };
  return {
    message: `${name} answered ${status}${said}`,
    hint: status >= 500 ? 'Try again later, or ask the vendor' : undefined,
  };
}

const LOGIN = 'auditlog destination login URL';

function explainAtDestination(answer: StatusFacts, { secretFrom }: DestinationAnswerer): FaultText {
  const { status, said, name } = answer;
  if (status === 401 || status === 403) {
    const [says, hint] =
      secretFrom === undefined
        ? [
            'wants a sign-in',
            `To save its password or token: ${LOGIN}\nOr set AUDITLOG_DEST_SECRET, or AUDITLOG_DEST_SECRET_FILE`,
          ]
        : [`refuses the secret from ${secretFrom}`, `Check it, and what it may do there. To save another: ${LOGIN}`];
    return { message: `${name} ${says} (${status})${said}`, hint, exit: EXIT.key };
  }
  if (status === 429) return { message: tooMany(answer), hint: 'Try again later' };
  const message = `${name} answered ${status}${said}`;
  if (status === 402 || status === 451)
    return { message, hint: 'It is not allowed there, whatever is sent', exit: EXIT.key };
  return status >= 500
    ? { message, hint: 'Try again later, or ask the vendor' }
    : { message, hint: 'Check its address; --debug shows what was asked', exit: EXIT.usage };
}

function tooMany({ name }: StatusFacts): string {
  return `${name} keeps rejecting requests as too many (429)`;
}

/** Names only the origin of the target: the rest of the address may hold tokens. */
function explainRedirect({ response, status }: Fault, about: Circumstances): FaultText {
  const { url, by } = about;
  const location = response === undefined ? undefined : headerOf(response, 'location');
  const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const where = target === undefined ? 'elsewhere' : target.origin === url.origin ? 'another path' : target.origin;
  const [secret, fix] =
    'provider' in by
      ? ['the key was not sent there', 'name it: --base-url URL']
      : 'makes' in by
        ? ['the key was not sent there', 'name it: --token-url URL']
        : ['no secret was sent there', 'name it as the destination'];
  return {
    message: `${nameOf(about)} redirects to ${where} (${status}): redirects are never followed, and ${secret}`,
    hint: `If that is the right place, ${fix}`,
  };
}

function refused({ status, said }: StatusFacts): FaultText {
  return {
    message: `the server refused the request (${status})${said || ', and does not say why'}`,
    hint: 'Check the filters, the dates and the org id; --debug shows what was asked',
    exit: EXIT.usage,
  };
}

function ending(key: Secret): string {
  return key.hint === '…' ? '' : `ending in ${key.hint} `;
}
