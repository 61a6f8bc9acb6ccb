# fish completion of ystep; what is offered, the program itself says.
function __ystep_offers
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for answer in ($words[1] complete $words[2..-1] "$word" 2>/dev/null)
        if test "$answer" = ":files"
            __fish_complete_path "$word"
        else
            echo $answer
        end
    end
end
complete -c ystep -f -a '(__ystep_offers)'
