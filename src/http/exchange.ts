import type { Dispatcher } from 'undici';
import type { Clock } from '../context.js';
import { toFault } from './causes.js';
import { Fault } from './fault.js';
import { unpack } from './gzip.js';
import type { ApiRequest, ApiResponse } from './send.js';

/** Milliseconds, and bytes after decompression. */
export interface Limits {
  readonly connect: number;
  readonly headers: number;
  /** Between two pieces of a body. */
  readonly bodyIdle: number;
  /** One try, from its start to the end of its body. */
  readonly attempt: number;
  readonly bytes: number;
}

/** Sends one request to the origin of `base` and reads its whole answer. Rejects with a `Fault`, or with the signal's reason. */
export function exchange(
  dispatcher: Dispatcher,
  { base, clock }: { readonly base: URL; readonly clock: Clock },
  limits: Limits,
  request: ApiRequest,
): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const sentAt = clock.now();
    const chunks: Buffer[] = [];
    let size = 0;
    let status = 0;
    let headers: ApiResponse['headers'] = new Map();
    let settled = false;
    let controller: Dispatcher.DispatchController | undefined;

    const settle = (work: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      work();
    };
    const succeed = () =>
      settle(() => {
        const answer = { status, headers, sentAt, receivedAt: clock.now() };
        const body = Buffer.concat(chunks);
        if (request.method === 'HEAD' || (request.verbatim === true && status < 300)) resolve({ ...answer, body });
        else unpack(body, answer, limits.bytes).then(resolve, reject);
      });
    const stop = (reason: unknown) =>
      settle(() => {
        reject(reason);
        controller?.abort(reason instanceof Error ? reason : new Error('stopped'));
      });
    /** Ends an answer that will not be whole. A refusal is one by its status: its text may be cut. */
    const cut = (fault: Fault) => {
      if (status >= 300) succeed();
      else settle(() => reject(fault));
      controller?.abort(fault);
    };
    const onAbort = () => stop(request.signal?.reason);
    const late = () => cut(new Fault('timeout', `no whole answer within ${limits.attempt / 1000} s`));
    const timer = setTimeout(late, limits.attempt);

    if (request.signal?.aborted) return stop(request.signal.reason);
    request.signal?.addEventListener('abort', onAbort, { once: true });

    dispatcher.dispatch(
      {
        origin: base.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method ?? 'GET',
        headers: { ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        headersTimeout: limits.headers,
        bodyTimeout: limits.bodyIdle,
      },
      {
        onRequestStart(given) {
          controller = given;
          if (settled) given.abort(new Error('stopped'));
        },
        onResponseStart(_, code, fields) {
          if (code < 200) return;
          status = code;
          headers = toHeaders(fields);
          // An answer that announces more than the cap is not waited for.
          if (request.method !== 'HEAD' && Number(headers.get('content-length')?.[0]) > limits.bytes)
            cut(tooLarge(limits));
        },
        onResponseData(_, chunk) {
          size += chunk.length;
          if (size > limits.bytes) cut(tooLarge(limits));
          else chunks.push(chunk);
        },
        onResponseEnd: succeed,
        onResponseError: (_, error) => cut(inBody(toFault(error), status)),
      },
    );
  });
}

function tooLarge({ bytes }: Limits): Fault {
  return new Fault('tooLarge', `the answer is larger than ${bytes} bytes`);
}

/** A connection that ends within a body has cut it. */
function inBody(fault: Fault, status: number): Fault {
  if (status === 0 || fault.kind !== 'reset') return fault;
  return new Fault('cutBody', 'the connection ended in the middle of the answer', { cause: fault, code: fault.code });
}

function toHeaders(fields: Readonly<Record<string, string | string[] | undefined>>): ApiResponse['headers'] {
  const headers = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) headers.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
  }
  return headers;
}
