import { faultOf } from '../../http/fault.js';

/** Statuses of a page that does not exist. A 410 is not among them: the whole API may be gone. */
const BEYOND: ReadonlySet<number> = new Set([400, 404, 416, 422]);

/** The status of a request that the server understood and refuses; undefined for any other error. */
export function refusalOf(error: unknown): number | undefined {
  const status = faultOf(error)?.status;
  return status !== undefined && BEYOND.has(status) ? status : undefined;
}

/** Whether this answer to a page after the last one may mean that there is none. */
export function isNoPage(error: unknown): boolean {
  const kind = faultOf(error)?.kind;
  return refusalOf(error) !== undefined || kind === 'expired' || kind === 'unknownShape';
}

/** When the server answered that there is no content (204), epoch ms; undefined for any other error. */
export function noContentAt(error: unknown): number | undefined {
  const fault = faultOf(error);
  return fault?.status === 204 ? fault.response?.receivedAt : undefined;
}

/** Whether a cursor or a link is refused. */
export function isExpired(error: unknown): boolean {
  return faultOf(error)?.kind === 'expired';
}

/** Whether the answer is too large. */
export function isTooLarge(error: unknown): boolean {
  return faultOf(error)?.kind === 'tooLarge';
}

/** Why a smaller page is worth a try, for messages; undefined if it is not. */
export function shrinkCause(error: unknown): string | undefined {
  const fault = faultOf(error);
  if (fault?.kind === 'tooLarge') return fault.message;
  return fault?.status === 500 || fault?.status === 413 ? `the server returned HTTP ${fault.status}` : undefined;
}
