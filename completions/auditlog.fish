# fish completion for auditlog. Save it as ~/.config/fish/completions/auditlog.fish, or run: auditlog completion fish | source

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
                printf '%s\n' $line
        end
    end
end

complete -c auditlog -f -a '(__auditlog_complete)'
