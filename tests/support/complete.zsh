# Type lines with a tab at their end into a zsh of a terminal's kind, and print
# what then stands there: zsh -f complete.zsh FOLDER YSTEP LINE...
# FOLDER holds _ystep; YSTEP is the program's path, by whose folder it is called.
zmodload zsh/zpty || exit 77
folder=$1 program=$2
shift 2

drain() {
  local seen
  while zpty -r -t shell seen; do :; done
}

# Wait, ten seconds at most, until typed.txt has so many lines.
await() {
  local i
  for i in {1..200}; do
    drain
    [[ -e typed.txt && $(wc -l <typed.txt) -ge $1 ]] && return
    sleep 0.05
  done
  print -u 2 "complete.zsh: no answer to line $1"
  exit 1
}

zpty shell zsh -f -i
# A key shows the line as it is and empties it.
cat >begin.zsh <<END
PATH=${program:h}:\$PATH
fpath=($folder \$fpath)
autoload -Uz compinit
compinit -D -u
show() { print -r -- "<\$BUFFER>" >>typed.txt; zle kill-whole-line }
zle -N show
bindkey '^G' show
setopt nobeep
END
zpty -w shell "source $PWD/begin.zsh; print >>typed.txt"
await 1
count=1
for line in "$@"; do
  zpty -w -n shell "$line"$'\t\x07'
  await $((++count))
done
zpty -d shell
sed 1d typed.txt
