import { Argument } from 'commander';
import type { Define } from '../command.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { explain } from '../help.js';
import { SHELLS, type Shell } from './shells.js';

/** `auditlog completion SHELL`: the script that completes command lines in that shell. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Print the script that completes commands, flags, actions, profiles and more on TAB.\nThe script never runs what you typed.',
    examples: [
      ['eval "$(auditlog completion bash)"', 'in ~/.bashrc'],
      ['source <(auditlog completion zsh)', 'in ~/.zshrc, after compinit'],
      ['auditlog completion fish > ~/.config/fish/completions/auditlog.fish', 'once'],
      ['auditlog completion powershell | Out-String | Invoke-Expression', 'in $PROFILE'],
    ],
  });
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .action(perform(async (ctx, _flags: GlobalFlags, shell: Shell) => ctx.stdout.write(SHELLS[shell].script)));
};
