import { DESTINATIONS } from '../../destinations/index.js';
import type { Define } from '../command.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { addSecretFlags, type SecretFlags } from '../flags/secret.js';
import { explain } from '../help.js';

/** `auditlog destination check|login|logout`: the stores that `collect` delivers to. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Checks the stores that collect delivers events to, and keeps their passwords and tokens, which never stand in an address.',
    examples: [
      ['auditlog destination check clickhouse://ch.example.com/default.audit_events', 'can it be delivered to?'],
      ['auditlog destination login clickhouse://loader@ch.example.com/default.audit_events', 'saves its password'],
      ['auditlog destination logout clickhouse://loader@ch.example.com/default.audit_events', 'forgets it'],
    ],
    ends: [
      `Destinations: ${DESTINATIONS.map(({ form }) => form).join(', ')}.`,
      '',
      'Without a saved one: $AUDITLOG_DEST_SECRET_FILE names a private file, $AUDITLOG_DEST_SECRET_COMMAND a command that prints it, $AUDITLOG_DEST_SECRET holds the password or token.',
      'Both win over a saved one. For s3://, as everywhere: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    ].join('\n'),
  });

  const check = command.command('check').summary('what works and what does not').argument('<url>', 'the destination');
  explain(check, {
    does: 'Looks at what delivering to a destination needs: the way there, the sign-in, and what is there. Changes nothing.',
    examples: [
      ['auditlog destination check clickhouse+http://localhost:8123/default.audit_events', 'on this machine'],
      [
        'auditlog destination check clickhouse://ch.example.com/default.audit_events -f json | jq \'.[] | select(.status == "fail")\'',
        'for scripts',
      ],
    ],
    ends: [
      'Marks: ✓ fine, ! works but is worth a look, ✗ wrong, - could not be found out or does not apply.',
      'The exit code is that of the worst finding: 4 sign-in, 5 server or network, 2 settings; 0 when there are only warnings.',
    ].join('\n'),
  });
  check
    .addOption(formatFlag('how to write what was found'))
    .action(
      perform(async (ctx, flags: FormatFlags, url: string) =>
        (await import('./check.js')).checkDestination(ctx, flags, url),
      ),
    );

  const login = command.command('login').summary('save a password or token').argument('<url>', 'the destination');
  explain(login, {
    does: [
      'Asks for the password or token of a destination without showing it, tries it, and saves it in the keychain, or where there is',
      'none in a file that only you can read. It is bound to the scheme, host and port, and sent nowhere else.',
    ].join(' '),
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

  const logout = command.command('logout').summary('forget what was saved').argument('<url>', 'the destination');
  explain(logout, {
    does: 'Removes the saved password or token of a destination from this machine. It stays valid there.',
    examples: [['auditlog destination logout clickhouse://ch.example.com/default.audit_events', '']],
  });
  logout.action(
    perform(async (ctx, flags: GlobalFlags, url: string) =>
      (await import('./login.js')).logoutDestination(ctx, flags, url),
    ),
  );
};
