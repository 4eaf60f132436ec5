import type { SchemaName } from '../schemas/schema.js';

/** How a destination is addressed. Kept apart from what opens it, because completion needs only this. */
export interface DestinationForm {
  readonly name: DestinationName;
  /** The parts before `://`, such as `clickhouse` and `clickhouse+http`; '' for a path, `-` for standard output. */
  readonly schemes: readonly string[];
  /** One line for help, such as `clickhouse://host/database.table`. */
  readonly form: string;
  /** The schema used without --schema; default: the entry's own text, or columns. */
  readonly schema?: SchemaName;
  /** Its address may name the user whose password is the secret. */
  readonly takesUser?: true;
  /** Where its secret belongs, for the refusal of a URL that contains one; default: the same places as for all destinations. */
  readonly secretPlaces?: string;
}

export type DestinationName =
  | 'archive'
  | 'standardOutput'
  | 's3'
  | 'clickhouse'
  | 'splunk'
  | 'opensearch'
  | 'elastic'
  | 'syslog';

/** Every destination, in the order of the help. */
export const FORMS: readonly DestinationForm[] = [
  { name: 'archive', schemes: [''], form: 'DIR' },
  { name: 'standardOutput', schemes: ['-'], form: '- (standard output)' },
  {
    name: 's3',
    schemes: ['s3'],
    form: 's3://bucket/prefix',
    secretPlaces: 'Its keys come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
  },
  {
    name: 'clickhouse',
    schemes: ['clickhouse', 'clickhouse+http'],
    form: 'clickhouse://host/database.table',
    takesUser: true,
  },
  { name: 'splunk', schemes: ['splunk+https', 'splunk+http'], form: 'splunk+https://host:8088/index' },
  {
    name: 'opensearch',
    schemes: ['opensearch+https', 'opensearch+http'],
    form: 'opensearch+https://user@host:9200/index',
    takesUser: true,
    schema: 'ecs',
  },
  {
    name: 'elastic',
    schemes: ['elastic+https', 'elastic+http'],
    form: 'elastic+https://host:9200/index',
    takesUser: true,
    schema: 'ecs',
  },
  { name: 'syslog', schemes: ['syslog+tls', 'syslog+tcp'], form: 'syslog+tls://host:6514', schema: 'cef' },
];
