import { createServer } from 'node:http';
import { close, listen } from '../model/server.js';
import { NOW } from './world.js';

export interface RowServer {
  readonly base: string;
  /** The query of every request. */
  readonly asked: readonly URLSearchParams[];
  close(): Promise<void>;
}

/** What a request asks of the rows, and what the server makes of it. */
export interface RowServing {
  /** The rows that answer a request, newest first, as JSON texts. Whatever was asked, this is what is given. */
  readonly rows: (query: URLSearchParams) => readonly string[];
  /** The server's clock; absent: that of the test's runs. */
  readonly now?: () => number;
  /** More headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Refuses a request: the status and the message. */
  readonly refuse?: (query: URLSearchParams) => readonly [status: number, message: string] | undefined;
}

/** A server in Invent's words (`take`, `page`, `Pagination-Count`) that gives the rows it is told to, true or not. */
export async function serveRows({ rows, now, headers, refuse }: RowServing): Promise<RowServer> {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams;
    asked.push(query);
    const date = new Date(now?.() ?? NOW).toUTCString();
    const common = { 'content-type': 'application/json', date, ...headers };
    const refused = refuse?.(query);
    if (refused !== undefined) {
      response.writeHead(refused[0], common).end(JSON.stringify({ message: refused[1] }));
      return;
    }
    const all = rows(query);
    const take = Number(query.get('take'));
    const skip = (Number(query.get('page')) - 1) * take;
    response
      .writeHead(200, { ...common, 'pagination-count': String(all.length), 'pagination-take': String(take) })
      .end(`[${all.slice(skip, skip + take).join(',')}]`);
  });
  server.keepAliveTimeout = 0;
  const base = await listen(server);
  return { base: base.origin, asked, close: () => close(server) };
}

/** An entry in Invent's words. */
export function inventRow(id: string, time: number | string, action = 'member.joined'): string {
  const created_at = typeof time === 'number' ? new Date(time).toISOString() : time;
  return JSON.stringify({ id, action, created_at, actor: { id: 'u1', name: 'Ann' } });
}

/** The rows of the days that a request asks for, in UTC: what an honest server gives. */
export function ofDays(rows: readonly string[], query: URLSearchParams): readonly string[] {
  const from = query.get('from') ?? '0000-01-01';
  const to = query.get('to') ?? '9999-12-31';
  return rows.filter((row) => {
    const day = (JSON.parse(row) as { readonly created_at: string }).created_at.slice(0, 10);
    return day >= from && day <= to;
  });
}
