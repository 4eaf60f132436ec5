import { usageError } from '../../errors.js';
import { decoded } from '../../http/decoded.js';
import { isLoopback } from '../../profile/loopback.js';

/** A destination over HTTP, as its URL names it. */
export interface HttpTarget {
  /** `https`, or `http` on this machine. */
  readonly base: URL;
  readonly user: string | undefined;
  /** The single step of the path; '' without one. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** The URL in messages: with the user, never with a secret. */
  readonly shown: string;
}

/** What the URL of a destination may contain. */
export interface HttpForm {
  /** For messages, such as `elastic+https://host/index`. */
  readonly form: string;
  readonly parameters: readonly string[];
  /** The address may name a user. */
  readonly takesUser?: true;
}

/** `SCHEME+https://[USER@]HOST[:PORT][/NAME][?PARAMETER=...]`. Throws a usage error, which never repeats a possible secret. */
export function parseHttpUrl(text: string, { form, parameters, takesUser }: HttpForm): HttpTarget {
  const [, scheme = '', rest = ''] = /^([a-z]+)\+(https?:\/\/.+)$/i.exec(text) ?? [];
  const base = URL.canParse(rest) ? new URL(rest) : undefined;
  if (base === undefined) throw usageError('invalid address: expected that of a destination', `Example: ${form}`);
  const shape = `${scheme.toLowerCase()}+${base.protocol}//`;
  refuseUnprotected(base, shape, `Use ${scheme.toLowerCase()}+https://; http is only for this machine (localhost)`);
  if (base.password !== '') throw usageError('an address must not contain a password', `Example: ${form}`);
  if (base.username !== '' && takesUser !== true)
    throw usageError('an address must not contain a user or a token', `Example: ${form}`);
  const unknown = [...base.searchParams.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined || base.hash !== '')
    throw usageError(`unknown parameter of a ${shape} address: ${JSON.stringify(unknown ?? '#')}`, `Example: ${form}`);
  const steps = base.pathname.split('/').filter((step) => step !== '');
  if (steps.length > 1) throw usageError(`${shape} addresses have one step after the host`, `Example: ${form}`);
  const name = decoded(steps[0] ?? '');
  const user = base.username === '' ? undefined : decoded(base.username);
  return {
    base: new URL(base.origin),
    user,
    name,
    parameters: new Map(base.searchParams),
    shown: `${shape}${base.username === '' ? '' : `${base.username}@`}${base.host}${name === '' ? '' : `/${steps[0]}`}${base.search}`,
  };
}

/** Throws a usage error for http to another machine. */
export function refuseUnprotected(url: URL, scheme: string, fix: string): void {
  if (url.protocol === 'http:' && !isLoopback(url))
    throw usageError(`${scheme} would send the events unprotected to ${url.host}`, fix);
}
