import { AuditlogError } from '../errors.js';
import { faultOf } from '../http/fault.js';
import { isWebPage } from '../http/messages/server.js';
import { isLimit } from '../http/retry/decide.js';
import { NO_TOKEN } from '../http/token/answer.js';
import type { Connection } from '../profile.js';
import { type Diagnosis, failed, fine, skipped } from './diagnosis.js';

/** What a request must pass, in order. */
export const ENTRANCE = ['endpoint', 'authentication', 'access'] as const;

/** Whether the API answered, accepts the key, and lets it read the log. `error`: why there was no page. */
export function judgeEntrance(
  { provider, orgs }: Pick<Connection, 'provider' | 'orgs'>,
  error: AuditlogError | undefined,
): readonly Diagnosis[] {
  const facts = {
    endpoint: `${provider.title}'s API answers`,
    authentication: 'the key is accepted',
    access: `the key may read the audit log${orgs[0] ? ` of ${orgs[0]}` : ''}`,
  };
  const failedAt = error === undefined ? ENTRANCE.length : ENTRANCE.indexOf(firstFailed(error));
  return ENTRANCE.map((name, index) => {
    if (index < failedAt) return fine(name, facts[name]);
    return index === failedAt && error !== undefined ? failed(name, explained(error)) : skipped(name, 'not known');
  });
}

function firstFailed(error: AuditlogError): (typeof ENTRANCE)[number] {
  const fault = faultOf(error);
  if (fault?.status === 401 || fault?.code === NO_TOKEN) return 'authentication';
  return fault?.status === 402 || (fault?.status === 403 && !isLimit(fault)) ? 'access' : 'endpoint';
}

/** Adds that a refusal in HTML is seldom the API's own. */
export function explained(error: AuditlogError): AuditlogError {
  const fault = faultOf(error);
  if (fault?.kind !== 'status' || fault.response === undefined || !isWebPage(fault.response)) return error;
  const note = 'The answer was a web page: a proxy or a firewall may have given it, not the API.';
  return new AuditlogError(error.message, error.exitCode, [error.hint, note].filter(Boolean).join('\n'), error);
}
