// Lines of standard input into a JetStream stream, each with a `Nats-Msg-Id`, so that the stream drops what it has already:
//   auditlog tail -f ndjson | NATS_URL=nats://127.0.0.1:4222 node nats.mjs audit.events
// Needs nothing but Node. Ends with 0 when every line is stored, and with 1, saying why, when that is not known: then give the lines again.
// NATS_USER and NATS_PASSWORD, or NATS_TOKEN, sign in; a server that wants TLS gets it, with its certificate checked.
import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { connect as connectSecure } from 'node:tls';

const [subject = 'audit.events'] = process.argv.slice(2);
const { NATS_URL = 'nats://127.0.0.1:4222', NATS_USER, NATS_PASSWORD, NATS_TOKEN } = process.env;
const { hostname, port } = new URL(NATS_URL);
const inbox = `_INBOX.${randomUUID()}`;
/** Lines on their way at one time, and how long the answer to one may take, ms. */
const WINDOW = 500;
const PATIENCE = 30_000;

const waiting = new Map();
let socket = connect(Number(port) || 4222, hostname);
let received = Buffer.alloc(0);
let [stored, known, next] = [0, 0, 0];
let wake = () => {};

function fail(why) {
  process.stderr.write(`nats: ${why}\n`);
  process.exit(1);
}

function listen() {
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    while (take());
  });
  socket.on('error', ({ message }) => fail(message));
  socket.on('close', () => fail('the server closed the connection'));
}

/** Takes one message of the server's; whether there was a whole one. */
function take() {
  const end = received.indexOf('\r\n');
  if (end < 0) return false;
  const [verb, ...words] = received.toString('utf8', 0, end).split(' ');
  const size = verb === 'MSG' || verb === 'HMSG' ? Number(words.at(-1)) : -2;
  if (received.length < end + 4 + size) return false;
  const body = received.subarray(end + 2, end + 2 + Math.max(size, 0));
  received = received.subarray(end + 4 + size);
  if (verb === 'INFO') greet(JSON.parse(words.join(' ')));
  if (verb === 'PING') socket.write('PONG\r\n');
  if (verb === '-ERR') fail(words.join(' '));
  if (verb === 'HMSG') fail(`no stream takes ${subject}: nats stream add`);
  if (verb === 'MSG') settle(Number(words[0].slice(inbox.length + 1)), JSON.parse(body.toString()));
  return true;
}

let greeted = false;
function greet({ tls_required }) {
  if (greeted) return;
  greeted = true;
  if (tls_required) {
    socket.removeAllListeners();
    socket = connectSecure({ socket, host: hostname, servername: hostname });
    listen();
  }
  const signIn = { user: NATS_USER, pass: NATS_PASSWORD, auth_token: NATS_TOKEN };
  const options = { ...signIn, verbose: false, pedantic: false, headers: true, no_responders: true, lang: 'node' };
  socket.write(`CONNECT ${JSON.stringify(options)}\r\nSUB ${inbox}.* 1\r\n`);
  publishAll().catch(({ message }) => fail(message));
}

function settle(number, { error, duplicate }) {
  if (error !== undefined) fail(error.description);
  clearTimeout(waiting.get(number));
  waiting.delete(number);
  if (duplicate) known += 1;
  else stored += 1;
  wake();
}

async function publishAll() {
  for await (const line of lines(process.stdin)) {
    while (waiting.size >= WINDOW) await new Promise((resolve) => (wake = resolve));
    const hash = createHash('sha256').update(line).digest('hex').slice(0, 16);
    const id = JSON.parse(line.toString()).id ?? '';
    const headers = Buffer.from(`NATS/1.0\r\nNats-Msg-Id: ${encodeURIComponent(id)}:${hash}\r\n\r\n`);
    next += 1;
    waiting.set(
      next,
      setTimeout(() => fail(`no answer in ${PATIENCE / 1000} s`), PATIENCE),
    );
    const sizes = `${headers.length} ${headers.length + line.length}`;
    socket.write(Buffer.concat([Buffer.from(`HPUB ${subject} ${inbox}.${next} ${sizes}\r\n`), headers, line, CRLF]));
  }
  while (waiting.size > 0) await new Promise((resolve) => (wake = resolve));
  process.stderr.write(`nats: ${stored} stored, ${known} there already\n`);
  process.exit(0);
}

const CRLF = Buffer.from('\r\n');

async function* lines(input) {
  let rest = Buffer.alloc(0);
  for await (const bytes of input) {
    rest = Buffer.concat([rest, bytes]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) fail('the last line has no end: whoever wrote it was interrupted');
}

listen();
