import { SETTINGS } from '../../config/settings.js';
import type { Topic } from './topic.js';

export const environment: Topic = {
  name: 'environment',
  about: 'variables that auditlog reads',
  intro:
    'Flags win over variables, variables over the profile, the profile over saved settings. An empty variable counts as not set.',
  tables: [
    {
      heading: 'Connection',
      columns: ['variable', 'holds'],
      rows: [
        ['AUDITLOG_PROFILE', 'the profile'],
        ...SETTINGS.flatMap(({ env, about }) => (env === undefined ? [] : [[env, about] as const])),
      ],
    },
    {
      heading: 'Keys',
      columns: ['variable', 'holds'],
      rows: [
        ['AUDITLOG_API_KEY_FILE', 'the path of a file with the key, which only you can read'],
        [
          'AUDITLOG_API_KEY_COMMAND',
          'a command that prints the key, such as pass show auditlog; started without a shell',
        ],
        ['AUDITLOG_API_KEY', 'the key'],
        ['AUDITLOG_DEST_SECRET_FILE', "the path of a file with a destination's password or token"],
        ['AUDITLOG_DEST_SECRET_COMMAND', 'a command that prints it'],
        ['AUDITLOG_DEST_SECRET', 'the password or token'],
        ['AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN', 'the key of a bucket'],
        ['AWS_PROFILE, AWS_SHARED_CREDENTIALS_FILE', 'a profile of the AWS credentials file, and that file'],
        ['AWS_REGION, AWS_DEFAULT_REGION', 'the region of a bucket'],
        ['AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3', 'the address of a store that is not AWS'],
      ],
    },
    {
      heading: 'Folders',
      columns: ['variable', 'holds'],
      rows: [
        ['AUDITLOG_CONFIG_DIR', 'settings and keys; default: $XDG_CONFIG_HOME/auditlog, or the folder of the platform'],
        [
          'AUDITLOG_STATE_DIR',
          'what collectors remember; default: $XDG_STATE_HOME/auditlog, or the folder of the platform',
        ],
        ['AUDITLOG_DUCKDB', 'a node_modules folder with DuckDB, for query'],
      ],
    },
    {
      heading: 'Terminal and network',
      columns: ['variable', 'holds'],
      rows: [
        ['AUDITLOG_PAGER, PAGER', 'the pager; default: less; empty or cat: none'],
        ['NO_COLOR', 'no colours, unless empty'],
        ['CLICOLOR', '0: no colours'],
        ['FORCE_COLOR, CLICOLOR_FORCE', 'colours also in a pipe; 0: none'],
        ['USER, LOGNAME, USERNAME', 'the name on the cover of a report without --prepared-by'],
        ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'the proxy, and where none is used'],
        ['NODE_EXTRA_CA_CERTS', 'a file with more certificates to trust'],
      ],
    },
  ],
  ends: 'auditlog config set saves a setting; auditlog auth login saves a key.',
};
