// node chdbserver.mjs FOLDER: ClickHouse's HTTP interface, as far as auditlog uses it, in front of the engine that the package chdb brings.
// $AUDITLOG_CHDB is the node_modules folder that has the package. Prints its port.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';

const { Session } = createRequire(`${process.env.AUDITLOG_CHDB}/x.js`)('chdb');
const session = new Session(process.argv[2]);

/** Parameters of the interface itself; all others are settings. */
const OWN = new Set(['query', 'database', 'wait_end_of_query']);

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const gzip = request.headers['content-encoding'] === 'gzip';
  const body = (gzip ? gunzipSync(Buffer.concat(chunks)) : Buffer.concat(chunks)).toString();
  const { searchParams } = new URL(request.url, 'http://localhost');
  const settings = [...searchParams].filter(([name]) => !OWN.has(name));
  const query = searchParams.get('query');
  try {
    let answer = '';
    if (query === null) answer = session.query(body);
    else if (body !== '') {
      // Settings stand before the format, the rows after it.
      const set = settings.map(([name, value]) => `${name} = '${value}'`).join(', ');
      session.query(`${query.replace(/ FORMAT/, set === '' ? ' FORMAT' : ` SETTINGS ${set} FORMAT`)}\n${body}`);
    }
    response.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8' }).end(answer);
  } catch (error) {
    const text = error.message.replace(/^.*?(?=Code: )/s, '');
    const code = /Code: (\d+)/.exec(text)?.[1] ?? '1002';
    response.writeHead(500, { 'x-clickhouse-exception-code': code }).end(text);
  }
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.on('disconnect', () => process.exit());
