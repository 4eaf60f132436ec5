# bash completion for auditlog. In this shell: eval "$(auditlog completion bash)"; in every shell: put that line into ~/.bashrc.

_auditlog() {
  local IFS=$'\n' line value typed word current='' tail='' files='' glue='' i
  local -a words=()
  COMPREPLY=()
  # Bash splits words at = and : too; put them together again.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -n $glue || $word == [=:]* ]] && ((${#words[@]} > 0)); then
      words[${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    if [[ $word == *[=:] ]]; then glue=1; else glue=''; fi
  done
  current=${words[${#words[@]} - 1]}
  unset "words[${#words[@]} - 1]"
  # A quote that is still open belongs to the shell.
  typed=${current#[\"\']}
  while read -r line; do
    case $line in
      :files) files=1 ;;
      :*) ;;
      *)
        value=${line%%$'\t'*}
        # What stands before the last = or : is on the line already.
        [[ $typed == *[=:]* && $COMP_WORDBREAKS == *[=:]* ]] && tail=${typed%"${typed##*[=:]}"}
        COMPREPLY+=("${value#"$tail"}")
        ;;
    esac
  done < <(command auditlog complete "=$typed" -- "${words[@]}" 2>/dev/null)
  # The beginning of an address: the rest follows at once.
  if [[ ${COMPREPLY[0]-} == *:// ]]; then compopt -o nospace 2>/dev/null; fi
  if ((${#COMPREPLY[@]} == 0)) && [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${typed##*=}")
  fi
}

complete -F _auditlog auditlog
