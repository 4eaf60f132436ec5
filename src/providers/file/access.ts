import { suggest } from '../../suggest.js';
import { isServiceAccount, type ProviderAuth, partsNeeded, partsOf, signingHeader, type TokenWay } from '../auth.js';
import type { Provider } from '../provider.js';
import { below, type Problem } from '../shape/check.js';
import { checkValue, namesIn, originText, variablePlaces } from '../variables.js';

const LOOPBACK = /^(?:localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/i;

function problem(path: string, message: string): readonly Problem[] {
  return [{ path, message }];
}

/** The fault of an address that receives the key. It may contain variables. */
export function addressProblems(path: string, address: string): readonly Problem[] {
  if (address.includes('{org}'))
    return problem(
      path,
      '{org} cannot be in an address: declare a variable of another name in $.variables, or put {org} into $.path',
    );
  const filled = address.replace(/\{[a-z][a-z0-9_-]*\}/g, 'x');
  if (/[{}]/.test(filled)) return problem(path, 'it has a brace that begins or ends no name');
  if (!URL.canParse(filled)) return problem(path, 'it is not an address');
  const { protocol, hostname, username, password } = new URL(filled);
  if (username !== '' || password !== '') return problem(path, 'an address must not contain a name or password');
  if (protocol === 'http:' && !LOOPBACK.test(hostname))
    return problem(path, `http would send the key unprotected to ${hostname}: use https`);
  if (filled.split('/').some((step) => step === '.' || step === '..')) return problem(path, 'it has . or .. in it');
  const host = originText(address);
  const tail = host.slice(host.lastIndexOf('}') + 1).replace(/:\d+$/, '');
  const isOpen = host.includes('{') && tail.split('.').filter((label) => label !== '').length < 2;
  return isOpen
    ? problem(path, "a variable in the host must be followed by the vendor's domain, such as {tenant}.example.com")
    : [];
}

/** Headers and parameters that seem to contain a key, which belongs in `auth`. */
export function keyWarnings({ headers = {}, fixed = {} }: Provider): readonly string[] {
  const found = [
    ...Object.keys(headers).map((name) => [below('$.headers', name), name] as const),
    ...Object.keys(fixed).map((name) => [below('$.fixed', name), name] as const),
  ];
  return found
    .filter(
      ([, name]) =>
        /(?:^|[-_.])(?:api)?(?:key|secret|token|password)s?$/i.test(name) && !/page|cursor|next/i.test(name),
    )
    .map(
      ([path]) => `${path}: it looks like a key: keys do not belong into a file. See $.auth.parts and $.auth.headers`,
    );
}

/** A text of the sign-in, and the names allowed in its braces. */
interface SignInText {
  readonly path: string;
  readonly text: string;
  readonly takesVariables?: true;
}

function keyTexts(auth: ProviderAuth): readonly SignInText[] {
  const headers = Object.entries(auth.headers ?? {}).map(([name, text]) => ({
    path: below('$.auth.headers', name),
    text,
  }));
  if (auth.type === 'header')
    return [...headers, ...(auth.value === undefined ? [] : [{ path: '$.auth.value', text: auth.value }])];
  if (auth.type === 'basic')
    return [
      ...headers,
      { path: '$.auth.user', text: auth.user, takesVariables: true },
      { path: '$.auth.password', text: auth.password },
    ];
  const body = auth.token.grant === 'login' ? Object.entries(auth.token.body) : [];
  return [...headers, ...body.map(([name, text]) => ({ path: below('$.auth.token.body', name), text }))];
}

/** Checks the sign-in, the variables and the use of the key: parts that contradict one another, or could leak the key. */
export function checkAccess(provider: Provider): readonly Problem[] {
  return Object.values(ACCESS_RULES).flatMap((rule) => rule(provider));
}

const ACCESS_RULES: Readonly<Record<string, (provider: Provider) => readonly Problem[]>> = {
  tokenUrl: ({ auth }) => (auth.type === 'token' ? addressProblems('$.auth.token.url', auth.token.url) : []),
  parts: ({ auth }) => {
    if (auth.parts === undefined) {
      return auth.type === 'token' && auth.token.grant === 'login'
        ? problem('$.auth.parts', 'missing: a login has no parts of its own, such as user and password')
        : [];
    }
    if (isServiceAccount(auth)) return problem('$.auth.parts', 'a service account is one JSON file: leave it out');
    const names = Object.keys(auth.parts);
    const needed = auth.type === 'token' ? partsNeeded(auth.token.grant) : [];
    const isOnly = names.length === 1 && auth.type === 'header' && auth.value === undefined;
    const sent = new Set([...needed, ...(isOnly ? names : []), ...keyTexts(auth).flatMap(({ text }) => namesIn(text))]);
    return [
      ...names
        .filter((name) => (name === 'key' && names.length > 1) || name === 'org')
        .flatMap((name) => problem(`$.auth.parts.${name}`, `${name} has a meaning of its own: take another name`)),
      ...needed
        .filter((name) => !names.includes(name))
        .flatMap((name) => problem('$.auth.parts', `the grant needs a part ${name}`)),
      ...names
        .filter((name) => !sent.has(name))
        .flatMap((name) => problem(below('$.auth.parts', name), `nothing sends {${name}}`)),
    ];
  },
  partNames: ({ auth, variables = {} }) => {
    const parts = Object.keys(partsOf(auth));
    return keyTexts(auth).flatMap(({ path, text, takesVariables }) => {
      const known = [...parts, ...(takesVariables ? Object.keys(variables) : [])];
      const whole = parts.length < 2 && !isServiceAccount(auth) ? ['key'] : [];
      const unknown = namesIn(text).find((name) => ![...known, ...whole].includes(name));
      if (unknown === 'key') return problem(path, '{key} is the whole key, which has several parts: name one of them');
      return unknown === undefined ? [] : problem(path, undeclared(unknown, [...known, ...whole], '$.auth.parts'));
    });
  },
  partValues: ({ auth }) => {
    const names = Object.keys(partsOf(auth));
    if (auth.type !== 'header') return [];
    if (auth.value === undefined && names.length > 1)
      return problem('$.auth.value', `missing: which part of the key ${auth.header} carries, such as {${names[0]}}`);
    if (auth.value === undefined) return [];
    if (auth.scheme !== undefined)
      return problem('$.auth.value', 'either the value to the letter or the scheme, not both');
    return namesIn(auth.value).length > 0
      ? []
      : problem('$.auth.value', 'it has no part of the key in it, such as {key}');
  },
  keyHeaders: ({ auth, headers = {} }) =>
    Object.entries(auth.headers ?? {}).flatMap(([name, text]) => {
      const at = below('$.auth.headers', name);
      if (name === signingHeader(auth)) return problem(at, 'this header carries the key already');
      if (RESERVED.has(name)) return problem(at, `${name} cannot carry a key`);
      if (Object.keys(headers).some((one) => one.toLowerCase() === name))
        return problem(at, 'this header is in $.headers already');
      return namesIn(text).length > 0 ? [] : problem(at, 'it has no part of the key in it: put it into $.headers');
    }),
  variables: (provider) => {
    const { variables = {}, auth } = provider;
    const parts = Object.keys(partsOf(auth));
    return Object.entries(variables).flatMap(([name, { default: usual, example }]) => {
      const at = below('$.variables', name);
      if (name === 'org') return problem(at, '{org} is the organization, which --org names: take another name');
      if (name === 'key' || parts.includes(name)) return problem(at, `{${name}} is a part of the key already`);
      const isUsed = variablePlaces(provider).some(({ names }) => names.includes(name));
      if (!isUsed) return problem(at, `nothing names {${name}}`);
      return [usual, example].flatMap((value, index) => {
        const wrong = value === undefined ? undefined : checkValue(provider, name, value);
        return wrong === undefined ? [] : problem(`${at}.${['default', 'example'][index]}`, `it is ${wrong}`);
      });
    });
  },
  names: (provider) => {
    const { variables = {}, auth } = provider;
    const declared = Object.keys(variables);
    return variablePlaces(provider).flatMap(({ path, names }) => {
      // A user of Basic has parts as well; see `partNames`.
      if (path === '$.auth.user') return [];
      const unknown = names.find((name) => !declared.includes(name));
      if (unknown === undefined) return [];
      if (Object.hasOwn(partsOf(auth), unknown) || unknown === 'key')
        return problem(path, `{${unknown}} is a part of the key, which goes into headers and bodies of $.auth only`);
      return problem(path, undeclared(unknown, [...declared, 'org'], '$.variables'));
    });
  },
  tokenTexts: ({ auth }) =>
    auth.type !== 'token'
      ? []
      : (['scope', 'audience', 'subject'] as const).flatMap((name) =>
          (auth.token as Partial<Record<typeof name, string>> & TokenWay)[name]?.includes('{org}')
            ? problem(`$.auth.token.${name}`, '{org} is not replaced here: declare a variable of another name')
            : [],
        ),
};

/** Headers of the transport. */
const RESERVED = new Set([
  ...['accept-encoding', 'connection', 'content-length', 'content-type', 'cookie', 'expect', 'host', 'keep-alive'],
  ...['proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

function undeclared(name: string, known: readonly string[], where: string): string {
  const near = suggest(name, known);
  return `{${name}} is not declared in ${where}${near === undefined ? '' : `: did you mean {${near}}?`}`;
}
