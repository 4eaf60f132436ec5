import type { Secret } from '../keys.js';
import type { Provider } from '../providers/provider.js';
import type { Send } from './send.js';

/** Adds the key, and only to requests that go to `origin`: any other is a fault of ours, and ends the run before anything is sent. */
export function withAuth(send: Send, auth: Provider['auth'], key: Secret, origin: string): Send {
  return async (request) => {
    if (request.url.origin !== origin)
      throw new Error(`refused to send the key of ${origin} to ${request.url.origin}: this is a fault of auditlog`);
    const value = auth.scheme === undefined ? key.reveal() : `${auth.scheme} ${key.reveal()}`;
    return send({ ...request, headers: { ...request.headers, [auth.header.toLowerCase()]: value } });
  };
}
