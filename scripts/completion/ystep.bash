# bash completion of ystep; what is offered, the program itself says.
_ystep() {
  local line=${COMP_LINE:0:COMP_POINT} words=() word cut answer
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=${words[-1]}
  # bash takes a word apart at = and :, and replaces its last part alone.
  cut=${word%"${word##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\t' read -r answer _; do
    if [[ $answer == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r answer; do
        COMPREPLY+=("$answer")
      done < <(compgen -f -- "${word#"$cut"}")
    else
      [[ $answer == *= ]] && compopt -o nospace 2>/dev/null
      COMPREPLY+=("${answer#"$cut"}")
    fi
  done < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null)
}
complete -F _ystep ystep
