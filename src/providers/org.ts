import type { Provider } from './provider.js';

const ORG = '{org}';

/** Whether requests name the organization: in the path, in a fixed parameter or in the body, of one of the logs at least. */
export function namesOrg({
  path,
  fixed,
  body,
  logs = {},
}: Pick<Provider, 'path' | 'fixed' | 'body' | 'logs'>): boolean {
  return [{ path, fixed, body }, ...Object.values(logs)].some(
    (log) => log.path?.includes(ORG) === true || hasText(log.fixed) || hasText(log.body),
  );
}

function hasText(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === ORG;
  return Object.values(value).some(hasText);
}
