import { InvalidArgumentError } from 'commander';
import type { Define } from '../command.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { flag } from '../flags/flag.js';
import { explain } from '../help.js';

const DEFAULT_PORT = 4180;

interface DemoFlags extends GlobalFlags {
  readonly provider?: string;
  readonly port?: number;
}

/** `auditlog demo`: serves the made-up log until Ctrl-C, and prints commands that read it from another terminal. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Serve the API of a made-up organization on this machine, with 18 months of events, until Ctrl-C.',
    examples: [
      ['auditlog demo', 'prints commands to paste into another terminal'],
      ['auditlog demo --port 0', 'on any free port'],
      ['auditlog demo --provider github', "the same history through another vendor's API"],
      ['auditlog demo --provider ./acme.json', 'through an API that your file describes'],
      ['auditlog list --demo', 'start it, read it and stop it in one command'],
    ],
  });
  command.addOption(flag('--port <n>', `the port (default: ${DEFAULT_PORT}; 0: any)`).argParser(toPort));
  command.addOption(flag('--provider <name>', 'the vendor: a name, or a file that describes it (default: invent)'));
  command.action(
    perform(async (ctx, { port = DEFAULT_PORT, provider }: DemoFlags) =>
      (await import('./run.js')).serveDemo(ctx, { port, vendor: provider }),
    ),
  );
};

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) throw new InvalidArgumentError('a port, 0 to 65535');
  return port;
}
