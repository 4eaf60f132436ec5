import { AuditlogError } from '../errors.js';
import type { Provider } from '../providers/provider.js';
import type { FetchPage } from './request.js';

/** Errors of a log that is read together with others name it, and how to read the others without it. */
export function namingLogs(fetch: FetchPage, { name, logs }: Pick<Provider, 'name' | 'logs'>): FetchPage {
  if (logs === undefined) return fetch;
  return async (request) => {
    try {
      return await fetch(request);
    } catch (error) {
      const { log } = request.stream;
      if (log === undefined || !(error instanceof AuditlogError)) throw error;
      const other = Object.keys(logs).find((one) => one !== log);
      const way = other === undefined ? [] : [`Each log can be read alone, such as --provider ${name}/${other}`];
      const hint = [...(error.hint === undefined ? [] : [error.hint]), ...way].join('\n');
      throw new AuditlogError(`${log}: ${error.message}`, error.exitCode, hint, error);
    }
  };
}
