import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { MODEL_ORG } from '../model/makeentries.js';
import { close, listen } from '../model/server.js';

/** A server that answers whatever it is told to, on a real socket. */
export interface Answerer {
  readonly base: URL;
  readonly key: string;
  requests(): number;
  close(): Promise<void>;
}

/** Looks like a key and like nothing else. */
export const KEY = 'al_live_9vXw/Q2+7Lr~zT4kPbN8sYd6HcJm1GfE';

export async function startAnswering(
  answer: (request: IncomingMessage, response: ServerResponse, n: number) => void,
): Promise<Answerer> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    response.on('error', () => undefined);
    answer(request, response, requests);
  });
  const base = await listen(server);
  return { base, key: KEY, requests: () => requests, close: () => close(server) };
}

/** An entry of the API with more members, given as JSON. */
export function entryText(n: number, time: number, more = ''): string {
  const id = `al_${String(n).padStart(8, '0')}`;
  return `{"id":"${id}","action":"chat.deleted","created_at":"${new Date(time).toISOString()}","org":${JSON.stringify(MODEL_ORG)}${more === '' ? '' : `,${more}`}}`;
}

/** A whole answer with one page of a log. */
export function givePage(
  response: ServerResponse,
  texts: readonly string[],
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'pagination-count': String(texts.length),
    'pagination-take': '100',
    ...(headers as Record<string, string>),
  });
  response.end(`[${texts.join(',')}]`);
}
