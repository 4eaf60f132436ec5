/**
 * Each script runs `auditlog complete =CURRENT -- WORDS...`, which prints one candidate a line (`value TAB description`) and then `:files` or
 * `:none`: whether the shell offers file names if there is no candidate. No script evaluates the command line or the answer.
 */
export const SHELLS = {
  bash: {
    file: 'auditlog.bash',
    script: `# bash completion for auditlog. In this shell: eval "$(auditlog completion bash)"; in every shell: put that line into ~/.bashrc.

_auditlog() {
  local IFS=$'\\n' line value typed word current='' tail='' files='' glue='' i
  local -a words=()
  COMPREPLY=()
  # Bash splits words at = and : too; put them together again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $glue || $word == [=:]* ]] && ((\${#words[@]} > 0)); then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    if [[ $word == *[=:] ]]; then glue=1; else glue=''; fi
  done
  current=\${words[\${#words[@]} - 1]}
  unset "words[\${#words[@]} - 1]"
  # A quote that is still open belongs to the shell.
  typed=\${current#[\\"\\']}
  while read -r line; do
    case $line in
      :files) files=1 ;;
      :*) ;;
      *)
        value=\${line%%$'\\t'*}
        # What stands before the last = or : is on the line already.
        [[ $typed == *[=:]* && $COMP_WORDBREAKS == *[=:]* ]] && tail=\${typed%"\${typed##*[=:]}"}
        COMPREPLY+=("\${value#"$tail"}")
        ;;
    esac
  done < <(command auditlog complete "=$typed" -- "\${words[@]}" 2>/dev/null)
  # The beginning of an address: the rest follows at once.
  if [[ \${COMPREPLY[0]-} == *:// ]]; then compopt -o nospace 2>/dev/null; fi
  if ((\${#COMPREPLY[@]} == 0)) && [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${typed##*=}")
  fi
}

complete -F _auditlog auditlog
`,
  },
  zsh: {
    file: '_auditlog',
    script: `#compdef auditlog
# zsh completion for auditlog. Save it as _auditlog in a folder of $fpath, or put this line into ~/.zshrc after compinit: source <(auditlog completion zsh)

_auditlog() {
  local line value files=''
  local -a values shown
  # (Q) takes quotes away and evaluates nothing.
  for line in "\${(@f)$(command auditlog complete "=\${(Q)PREFIX}" -- "\${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}"; do
    case $line in
      :files) files=1 ;;
      :*|'') ;;
      *)
        value=\${line%%$'\\t'*}
        values+=("$value")
        shown+=("\${value}  -- \${line#*$'\\t'}")
        ;;
    esac
  done
  if (( \${#values} )); then
    compadd -l -d shown -- "\${values[@]}"
  elif [[ -n $files ]]; then
    compset -P '*='
    _files
  fi
}

if [[ $funcstack[1] == _auditlog ]]; then
  _auditlog "$@"
else
  compdef _auditlog auditlog
fi
`,
  },
  fish: {
    file: 'auditlog.fish',
    script: `# fish completion for auditlog. Save it as ~/.config/fish/completions/auditlog.fish, or run: auditlog completion fish | source

function __auditlog_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found 0
    for line in (command auditlog complete "=$current" -- $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                test $found -eq 0; and __fish_complete_path $current
            case ':*'
            case '*'
                set found 1
                printf '%s\\n' $line
        end
    end
end

complete -c auditlog -f -a '(__auditlog_complete)'
`,
  },
  powershell: {
    file: 'auditlog.ps1',
    script: `# PowerShell completion for auditlog. Put this line into $PROFILE: auditlog completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName auditlog -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    # The words are taken from the parsed line as text; nothing of them is evaluated.
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text } })
    $program = Get-Command auditlog -CommandType Application, ExternalScript -ErrorAction SilentlyContinue | Select-Object -First 1
    if (-not $program) { return }
    & $program complete "=$wordToComplete" '--' @words 2>$null | Where-Object { $_ -and -not $_.StartsWith(':') } | ForEach-Object {
        $value, $about = $_ -split "\`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
`,
  },
} as const;

export type Shell = keyof typeof SHELLS;
