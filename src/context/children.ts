import type { Context } from '../context.js';

/** The variables that a program may need to run at all, and to speak to a terminal. */
const PLAIN =
  /^(?:PATH|Path|PATHEXT|HOME|USER|LOGNAME|SHELL|PWD|TMPDIR|TMP|TEMP|TERM|TERMINFO|TERMINFO_DIRS|TERMCAP|COLORTERM|TERM_PROGRAM|COLUMNS|LINES|NO_COLOR|CLICOLOR|CLICOLOR_FORCE|FORCE_COLOR|LANG|LANGUAGE|LC_[A-Z]+|TZ|TZDIR|DISPLAY|WAYLAND_DISPLAY|TMUX|STY|WT_SESSION|EDITOR|VISUAL|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|SYSTEMROOT|SystemRoot|WINDIR|windir|COMSPEC|ComSpec|SYSTEMDRIVE|SystemDrive|USERPROFILE|USERNAME|APPDATA|LOCALAPPDATA|PROGRAMDATA|ProgramData|ProgramFiles|XDG_(?:CONFIG|CACHE|DATA|STATE)_HOME)$/;

/** The environment of a program that we start: the plain variables, and those that `more` names. Never all of ours, which may hold any secret. */
export function childEnv(env: Context['env'], more: RegExp): NodeJS.ProcessEnv {
  const given = Object.entries(env).filter(
    ([name, value]) => value !== undefined && (PLAIN.test(name) || more.test(name)) && !name.startsWith('AUDITLOG_'),
  );
  return Object.fromEntries(given);
}
