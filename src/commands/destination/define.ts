import { DESTINATIONS } from '../../destinations/index.js';
import type { Define } from '../command.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { addSecretFlags, type SecretFlags } from '../flags/secret.js';
import { explain } from '../help.js';

/** `auditlog destination check|login|logout`: the stores that `collect` delivers to. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Check the stores that collect delivers to, and save their passwords and tokens. An address never contains a password.',
    examples: [
      ['auditlog destination check clickhouse://ch.example.com/default.audit_events', 'check it'],
      ['auditlog destination login clickhouse://loader@ch.example.com/default.audit_events', 'save its password'],
      ['auditlog destination logout clickhouse://loader@ch.example.com/default.audit_events', 'remove it'],
    ],
    ends: [
      `Destinations: ${DESTINATIONS.map(({ form }) => form).join(', ')}.`,
      '',
      'These variables win over a saved password: $AUDITLOG_DEST_SECRET_FILE (a private file), $AUDITLOG_DEST_SECRET_COMMAND (a command that prints it), $AUDITLOG_DEST_SECRET (the password or token).',
      'For s3://: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ].join('\n'),
  });

  const check = command
    .command('check')
    .summary('check that events can be delivered')
    .argument('<url>', 'the destination');
  explain(check, {
    does: 'Check the network, the sign-in and the table or index of a destination. Changes nothing.',
    examples: [
      ['auditlog destination check clickhouse+http://localhost:8123/default.audit_events', 'on this machine'],
      [
        'auditlog destination check clickhouse://ch.example.com/default.audit_events -f json | jq \'.[] | select(.status == "fail")\'',
        'for scripts',
      ],
    ],
    ends: [
      'Marks: ✓ fine, ! works but look at it, ✗ wrong, - unknown or not applicable.',
      'Exit codes: that of the worst finding: 4 sign-in, 5 server or network, 2 settings; 0 if there are only warnings.',
    ].join('\n'),
  });
  check
    .addOption(formatFlag('output format'))
    .action(
      perform(async (ctx, flags: FormatFlags, url: string) =>
        (await import('./check.js')).checkDestination(ctx, flags, url),
      ),
    );

  const login = command.command('login').summary('save a password or token').argument('<url>', 'the destination');
  explain(login, {
    does: 'Ask for the password or token of a destination, try it, and save it in the keychain; without a keychain, in a file that only you can read. It is sent only to this scheme, host and port.',
    examples: [
      ['auditlog destination login clickhouse://loader@ch.example.com/default.audit_events', 'type or paste it'],
      ['auditlog destination login clickhouse://loader@ch.example.com/default.audit_events --with-token < file', ''],
    ],
  });
  addSecretFlags(login, 'it').action(
    perform(async (ctx, flags: SecretFlags, url: string) =>
      (await import('./login.js')).loginDestination(ctx, flags, url),
    ),
  );

  const logout = command
    .command('logout')
    .summary('remove a saved password or token')
    .argument('<url>', 'the destination');
  explain(logout, {
    does: 'Remove the saved password or token of a destination from this machine. It stays valid there.',
    examples: [['auditlog destination logout clickhouse://ch.example.com/default.audit_events', '']],
  });
  logout.action(
    perform(async (ctx, flags: GlobalFlags, url: string) =>
      (await import('./login.js')).logoutDestination(ctx, flags, url),
    ),
  );
};
