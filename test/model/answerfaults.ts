import type { WireAnswer } from '../../src/demo/contract.js';
import type { About, Fault } from './fault.js';

/** Faults in what is answered: another status, another body, another place to go. */
export const answerFaults = {
  '429-seconds': refused(429, ({ random }) => String(1 + random.below(3))),
  '429-date': refused(429, ({ serverNow, random }) => new Date(serverNow + 1000 * (2 + random.below(3))).toUTCString()),
  '429-no-header': refused(429, () => undefined),
  '503-retry-0': refused(503, () => '0'),
  '503-retry-blank': refused(503, () => ''),
  '503-retry-negative': refused(503, () => '-1'),
  '503-retry-words': refused(503, () => 'soon'),
  '503-retry-day': refused(503, () => '86400'),
  '500-html': page(500, 'Internal Server Error'),
  '502-html': page(502, 'Bad Gateway'),
  '504-html': page(504, 'Gateway Time-out'),
  '400': problem(400, 'take must not be greater than it is \u001b[31mnow'),
  '401': problem(401, 'The API key is missing or invalid.'),
  '403': problem(403, 'Audit logs are not part of this plan.'),
  '404': problem(404, 'There is no such organization.'),

  'login-page': page(200, 'Sign in to Hotel Wi-Fi \u001b]0;owned\u0007'),
  'body-object': body('{}'),
  'body-null': body('null'),
  'body-empty-list': body('[]'),
  'body-string': body('"ok"'),
  /** Where there are no rows the list is null, or is left out. */
  'list-null': {
    answer: (answer, { provider }) => ({ ...answer, body: emptyListAs(answer.body, provider.items, 'null') }),
  },
  'list-left-out': {
    answer: (answer, { provider }) => ({ ...answer, body: emptyListAs(answer.body, provider.items, '') }),
  },
  'body-empty': body(''),
  'body-of-numbers': body('[1,2,3]'),
  'body-too-deep': body(
    `[{"id":"al_deep","created_at":"2026-01-01T00:00:00Z","metadata":${'['.repeat(5000)}${']'.repeat(5000)}}]`,
  ),
  /** Cut inside, yet sent whole: only reading it to its end shows it. */
  'json-cut': { answer: (answer) => ({ ...answer, body: answer.body.slice(0, Math.floor(answer.body.length * 0.6)) }) },
  'json-garbage-after': { answer: (answer) => ({ ...answer, body: `${answer.body}<!-- cached -->` }) },
  'json-twice': { answer: (answer) => ({ ...answer, body: `${answer.body}\n${answer.body}` }) },
  /** A byte that is no UTF-8, inside a string: told apart by this character, which no entry has. */
  'bad-utf8': { answer: (answer) => ({ ...answer, body: answer.body.replace('"id":"', `"id":"${NO_UTF8}`) }) },
  /** Harmless: a byte order mark before the text. */
  bom: { answer: (answer) => ({ ...answer, body: `\ufeff${answer.body}` }) },
  'wrong-type': { answer: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } }) },

  'redirect-same': redirect((about) => `${about.target}&again=1`),
  'redirect-other': redirect((about) => about.elsewhere + about.target),
  'redirect-http': redirect((about) => `http://api.redirected.example${about.target}`),

  /** What this address was answered first, however old that is. */
  'cached-page': {
    answer: (answer, { first }) =>
      first === undefined ? answer : { ...first, headers: { ...first.headers, age: '61' } },
  },
  'date-missing': { answer: (answer) => ({ ...answer, headers: { ...answer.headers, date: '' } }) },
  'date-words': { answer: (answer) => ({ ...answer, headers: { ...answer.headers, date: 'today' } }) },
} as const satisfies Readonly<Record<string, Fault>>;

/** The same answer with its empty list written as `text`; '' leaves it out. What is itself the list can only be null. */
function emptyListAs(body: string, items: string, text: 'null' | ''): string {
  if (items === '') return body === '[]' ? 'null' : body;
  const key = `${JSON.stringify(items.slice(items.lastIndexOf('.') + 1))}:`;
  const empty = `${key}[]`;
  if (text === 'null') return body.replace(empty, `${key}null`);
  return body.replace(`${empty},`, '').replace(empty, '');
}

/** Stands for the byte FF in an answer's text. */
export const NO_UTF8 = '\u{f00ff}';

const HTML = { 'content-type': 'text/html; charset=utf-8' } as const;
const JSON_TYPE = { 'content-type': 'application/json' } as const;

function refused(status: 429 | 503, retryAfter: (about: About) => string | undefined): Fault {
  return {
    answer: (_, about) => {
      const after = retryAfter(about);
      const text = JSON.stringify({
        error: { code: status === 429 ? 'rate_limited' : 'unavailable', message: 'Try again later' },
      });
      return { status, headers: { ...JSON_TYPE, ...(after !== undefined && { 'retry-after': after }) }, body: text };
    },
    gate: ({ headers }, { serverNow }) => {
      const after = headers['retry-after'];
      if (status !== 429 || typeof after !== 'string') return undefined;
      return /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Math.floor(serverNow / 1000) * 1000;
    },
  };
}

function page(status: number, title: string): Fault {
  const text = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1><hr>nginx</body></html>\n`;
  return { answer: () => ({ status, headers: HTML, body: text }) };
}

function problem(status: number, message: string): Fault {
  return {
    answer: () => ({ status, headers: JSON_TYPE, body: JSON.stringify({ error: { code: `e${status}`, message } }) }),
  };
}

/** A 200 with another body and none of the log's headers, as a proxy in between may give it. */
function body(text: string): Fault {
  return { answer: (): WireAnswer => ({ status: 200, headers: JSON_TYPE, body: text }) };
}

function redirect(to: (about: About) => string): Fault {
  return {
    answer: (_, about) => ({
      status: 302,
      headers: { ...HTML, location: to(about) },
      body: '<a href="/login">Found</a>',
    }),
  };
}
