import { AuditlogError, EXIT, type ExitCode } from '../../errors.js';
import { Fault } from '../../http/fault.js';
import type { ApiResponse } from '../../http/send.js';

/** Where an answer comes from, for messages. */
export interface AnswerTo {
  /** Such as `ClickHouse at localhost:8123`. */
  readonly server: string;
  /** `database.table`. */
  readonly table: string;
  readonly user: string | undefined;
  /** The source of the password; undefined: none was sent. */
  readonly secretFrom: string | undefined;
}

/** An exception of the server. `words` are untrusted text. */
export interface ServerException {
  readonly code: number;
  readonly words: string;
}

/** Exceptions that pass: the request is sent again. Names from ClickHouse's ErrorCodes.cpp. */
const PASSING: ReadonlySet<number> = new Set([
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY: a replica lost its coordinator
  252, // TOO_MANY_PARTS
  254, // NO_ACTIVE_REPLICAS
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  319, // UNKNOWN_STATUS_OF_INSERT
  364, // RECEIVED_ERROR_TOO_MANY_REQUESTS
  394, // QUERY_WAS_CANCELLED
  439, // CANNOT_SCHEDULE_TASK
  722, // ASYNC_LOAD_WAIT_FAILED: the server is starting
  745, // SERVER_OVERLOADED
  749, // TCP_CONNECTION_LIMIT_REACHED
  999, // KEEPER_EXCEPTION
]);

interface ExceptionMeaning {
  readonly what: (to: AnswerTo) => string;
  readonly fix: (to: AnswerTo) => string;
  readonly exit: ExitCode;
}

const SIGN_IN: ExceptionMeaning = {
  what: ({ user, secretFrom }) =>
    `does not let ${user ?? 'its default user'} in ${secretFrom === undefined ? 'without a password' : `with the password from ${secretFrom}`}`,
  fix: ({ user }) =>
    [
      ...(user === undefined ? ['Name the user in the address: clickhouse://USER@host/database.table.'] : []),
      'To save the password: auditlog destination login URL\nOr set AUDITLOG_DEST_SECRET, or AUDITLOG_DEST_SECRET_FILE',
    ].join(' '),
  exit: EXIT.key,
};

const NOT_ALLOWED: ExceptionMeaning = {
  what: ({ user, table }) => `does not allow ${user ?? 'its default user'} what delivering to ${table} needs`,
  fix: ({ table }) => `GRANT CREATE TABLE, INSERT, SELECT ON ${table} TO the user`,
  exit: EXIT.key,
};

const MEANINGS: Readonly<Record<number, ExceptionMeaning>> = {
  60: {
    what: ({ table }) => `has no table ${table} any more`,
    fix: () => 'Run the same command again: it is created again',
    exit: EXIT.usage,
  },
  81: {
    what: ({ table }) => `has no database ${databaseOf(table)}`,
    fix: ({ table }) => `Make it first: CREATE DATABASE ${databaseOf(table)}`,
    exit: EXIT.usage,
  },
  164: NOT_ALLOWED,
  192: SIGN_IN,
  193: SIGN_IN,
  194: SIGN_IN,
  243: {
    what: () => 'has no room left on its disk',
    fix: () => 'Nothing is lost: run the same command again when there is room',
    exit: EXIT.server,
  },
  291: NOT_ALLOWED,
  497: NOT_ALLOWED,
  516: SIGN_IN,
};

/** Exceptions about a row: the others of its insert may be fine. */
const OF_ROW: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  69, // ARGUMENT_OUT_OF_BOUND
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  131, // TOO_LARGE_STRING_SIZE
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  395, // FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: a materialized view of the user's
  469, // VIOLATED_CONSTRAINT
]);

/** A row of an insert was rejected and will be rejected again. */
export class RefusedRow extends AuditlogError {
  override readonly name = 'RefusedRow';
}

function databaseOf(table: string): string {
  return table.split('.')[0] ?? '';
}

/** A `Fault` for an exception that passes, otherwise an `AuditlogError`. */
export function toError({ code, words }: ServerException, response: ApiResponse, to: AnswerTo): Error {
  // http/retry/decide.ts decides by the status, so every exception that passes is a 503.
  if (PASSING.has(code))
    return new Fault('status', `exception ${code}: ${words}`, { response: { ...response, status: 503 } });
  const meaning = Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
  if (meaning !== undefined)
    return new AuditlogError(`${to.server} ${meaning.what(to)} (${code}): ${words}`, meaning.exit, meaning.fix(to));
  const Refusal = OF_ROW.has(code) ? RefusedRow : AuditlogError;
  return new Refusal(`${to.server} refused the query (${code}): ${words}`, EXIT.server);
}

/** The error for a refused sign-in without an exception. */
export function unwelcome(to: AnswerTo): AuditlogError {
  return new AuditlogError(`${to.server} ${SIGN_IN.what(to)}`, EXIT.key, SIGN_IN.fix(to));
}
