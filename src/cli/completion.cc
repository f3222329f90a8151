// The scripts ask `spelk complete` for names of commands and functions.
#include "cli/completion.h"

namespace spelk::cli {
namespace {

constexpr std::string_view kBash = R"sh(# spelk completion for bash: eval "$(spelk completion bash)"
_spelk() {
  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "run explain check help completion --version --help" -- "$word")); return
  fi
  case $previous in
    -o|--format) COMPREPLY=($(compgen -W "table ndjson json csv tsv markdown raw vertical" -- "$word")); return ;;
    --order) COMPREPLY=($(compgen -W "auto time input" -- "$word")); return ;;
    --stage) COMPREPLY=($(compgen -W "tokens ast plan optimized pipeline" -- "$word")); return ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$word")); return ;;
    --app) COMPREPLY=($(compgen -d -- "$word")); return ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;
    help) COMPREPLY=($(spelk complete "$word")); return ;;
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$(spelk complete --options "${COMP_WORDS[1]}")" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -o filenames -F _spelk spelk
)sh";

constexpr std::string_view kZsh = R"sh(#compdef spelk
# spelk completion for zsh: eval "$(spelk completion zsh)"
_spelk() {
  local word=${words[CURRENT]} previous=${words[CURRENT-1]}
  if (( CURRENT == 2 )); then compadd run explain check help completion --version --help; return; fi
  case $previous in
    -o|--format) compadd table ndjson json csv tsv markdown raw vertical; return ;;
    --order) compadd auto time input; return ;;
    --stage) compadd tokens ast plan optimized pipeline; return ;;
    --color) compadd auto always never; return ;;
    --app) _files -/; return ;;
    completion) compadd bash zsh fish; return ;;
    help) compadd -- ${(f)"$(spelk complete "$word")"}; return ;;
  esac
  case $word in
    -*) compadd -- ${=$(spelk complete --options "${words[2]}")} ;;
    *) _files ;;
  esac
}
compdef _spelk spelk
)sh";

constexpr std::string_view kFish = R"sh(# spelk completion for fish: spelk completion fish | source
complete -c spelk -n __fish_use_subcommand -f -a "run explain check help completion"
complete -c spelk -n "__fish_seen_subcommand_from run" -s o -x -a "table ndjson json csv tsv markdown raw vertical"
complete -c spelk -n "__fish_seen_subcommand_from run" -l color -x -a "auto always never"
complete -c spelk -n "__fish_seen_subcommand_from run explain" -l order -x -a "auto time input"
complete -c spelk -n "__fish_seen_subcommand_from run explain check" -l app -r
complete -c spelk -n "__fish_seen_subcommand_from explain" -l stage -x -a "tokens ast plan optimized pipeline"
complete -c spelk -n "__fish_seen_subcommand_from completion" -x -a "bash zsh fish"
complete -c spelk -n "__fish_seen_subcommand_from help" -x -a "(spelk complete (commandline -ct))"
complete -c spelk -n "__fish_seen_subcommand_from run explain check" -a "(spelk complete --options run)"
)sh";

}  // namespace

std::optional<std::string> CompletionScript(std::string_view shell) {
  if (shell == "bash") return std::string(kBash);
  if (shell == "zsh") return std::string(kZsh);
  if (shell == "fish") return std::string(kFish);
  return std::nullopt;
}

}  // namespace spelk::cli
