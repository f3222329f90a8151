// The declaration as words, then a printer for each shell. The scripts ask `spelk complete` for
// names of commands and functions; all else stands in them.
#include "cli/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/choices.h"

namespace spelk::cli {
namespace {

// What may be typed after an option, or as a word of a subcommand.
enum class Value : uint8_t { kNone, kAny, kFile, kFolder, kChoice, kName };

struct OptionWords {
  std::vector<std::string> names;  // -o, --format
  std::string description;
  Value value = Value::kNone;
  std::string choices;  // Separated by blanks.
};

struct SubcommandWords {
  std::string name;
  std::string description;
  std::vector<OptionWords> options;
  Value word = Value::kNone;  // Its words that are no options.
  std::string choices;
};

Value ValueNamed(const std::string& type) {
  if (type.starts_with("FILE") || type.ends_with("PATH")) return Value::kFile;
  return type == "DIR" ? Value::kFolder : Value::kAny;
}

OptionWords WordsOf(const CLI::Option& option, const std::string& command) {
  OptionWords words{
      .names = {}, .description = option.get_description(), .value = {}, .choices = {}};
  for (const std::string& name : option.get_snames()) words.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) words.names.push_back("--" + name);
  if (option.get_items_expected_max() > 0) words.value = ValueNamed(option.get_type_name());
  for (const std::string& name : words.names) {
    // The same option may take other words elsewhere.
    std::vector<std::string_view> choices = ChoicesOf(fmt::format("{} {}", command, name));
    if (choices.empty()) choices = ChoicesOf(name);
    if (choices.empty()) continue;
    words.value = Value::kChoice;
    words.choices = fmt::format("{}", fmt::join(choices, " "));
  }
  return words;
}

SubcommandWords WordsOf(const CLI::App& command) {
  SubcommandWords words{.name = command.get_name(),
                        .description = command.get_description(),
                        .options = {},
                        .word = Value::kNone,
                        .choices = {}};
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) {
      words.options.push_back(WordsOf(*option, command.get_name()));
      continue;
    }
    const std::vector<std::string_view> choices = ChoicesOf(option->get_name(true));
    words.word = !choices.empty()                   ? Value::kChoice
                 : option->get_name(true) == "name" ? Value::kName
                                                    : Value::kFile;
    words.choices = fmt::format("{}", fmt::join(choices, " "));
  }
  return words;
}

// The subcommands that people know of.
std::vector<SubcommandWords> WordsOfAll(const CLI::App& app) {
  std::vector<SubcommandWords> all;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) all.push_back(WordsOf(*command));
  }
  return all;
}

std::string NamesOf(const std::vector<SubcommandWords>& all) {
  std::string names;
  for (const SubcommandWords& command : all) names += command.name + " ";
  return names + "--help --version";
}

std::string ShellQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// ---------------------------------------------------------------- bash

std::string BashReply(Value value, std::string_view choices) {
  switch (value) {
    case Value::kNone:
    case Value::kAny:
      return "";
    case Value::kFile:
      return R"(COMPREPLY=($(compgen -f -- "$word")); )";
    case Value::kFolder:
      return R"(COMPREPLY=($(compgen -d -- "$word")); )";
    case Value::kChoice:
      return fmt::format(R"(COMPREPLY=($(compgen -W "{}" -- "$word")); )", choices);
    case Value::kName:
      return R"(COMPREPLY=($(spelk complete "$word")); )";
  }
  return "";
}

std::string BashScript(const std::vector<SubcommandWords>& all) {
  std::string values;
  std::string words;
  for (const SubcommandWords& command : all) {
    std::string names;
    for (const OptionWords& option : command.options) {
      names += fmt::format("{} ", fmt::join(option.names, " "));
      if (option.value == Value::kNone) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) patterns.push_back(command.name + "," + name);
      values += fmt::format("    {}) {}return ;;\n", fmt::join(patterns, "|"),
                            BashReply(option.value, option.choices));
    }
    words += fmt::format("    {},-*) {};;\n    {},*) {};;\n", command.name,
                         BashReply(Value::kChoice, names), command.name,
                         BashReply(command.word, command.choices));
  }
  return fmt::format(R"sh(# spelk completion for bash: eval "$(spelk completion bash)"
_spelk() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{}" -- "$word")); return
  fi
  case $command,$previous in
{}  esac
  case $command,$word in
{}  esac
}}
complete -o filenames -F _spelk spelk
)sh",
                     NamesOf(all), values, words);
}

// ---------------------------------------------------------------- zsh

std::string ZshReply(Value value, std::string_view choices) {
  switch (value) {
    case Value::kNone:
    case Value::kAny:
      return "";
    case Value::kFile:
      return "_files; ";
    case Value::kFolder:
      return "_files -/; ";
    case Value::kChoice:
      return fmt::format("compadd -- {}; ", choices);
    case Value::kName:
      return R"sh(compadd -- ${(f)"$(spelk complete "$word")"}; )sh";
  }
  return "";
}

// NAME:DESCRIPTION, as _describe takes it.
std::string ZshItem(std::string_view name, std::string_view description) {
  return fmt::format("      {}\n", ShellQuoted(fmt::format("{}:{}", name, description)));
}

std::string ZshScript(const std::vector<SubcommandWords>& all) {
  std::string commands;
  std::string values;
  std::string words;
  for (const SubcommandWords& command : all) {
    commands += ZshItem(command.name, command.description);
    std::string items;
    for (const OptionWords& option : command.options) {
      for (const std::string& name : option.names) items += ZshItem(name, option.description);
      if (option.value == Value::kNone) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) patterns.push_back(command.name + "," + name);
      values += fmt::format("    {}) {}return ;;\n", fmt::join(patterns, "|"),
                            ZshReply(option.value, option.choices));
    }
    words += fmt::format(
        "    {0},-*)\n      items=(\n{1}      )\n      _describe -o option items ;;\n"
        "    {0},*) {2};;\n",
        command.name, items, ZshReply(command.word, command.choices));
  }
  return fmt::format(R"sh(#compdef spelk
# spelk completion for zsh: a file _spelk in a folder of $fpath, or eval "$(spelk completion zsh)"
_spelk() {{
  local word=${{words[CURRENT]}} previous=${{words[CURRENT-1]}} command=${{words[2]}}
  local -a items
  if (( CURRENT == 2 )); then
    items=(
{}    )
    _describe command items; return
  fi
  case $command,$previous in
{}  esac
  case $command,$word in
{}  esac
}}
if [ "$funcstack[1]" = _spelk ]; then _spelk "$@"; else compdef _spelk spelk; fi
)sh",
                     commands, values, words);
}

// ---------------------------------------------------------------- fish

std::string FishReply(Value value, std::string_view choices) {
  switch (value) {
    case Value::kNone:
      return "";
    case Value::kAny:
      return " -x";
    case Value::kFile:
      return " -r -F";
    case Value::kFolder:
      return " -x -a '(__fish_complete_directories)'";
    case Value::kChoice:
      return fmt::format(" -x -a {}", ShellQuoted(choices));
    case Value::kName:
      return " -x -a '(spelk complete (commandline -ct))'";
  }
  return "";
}

std::string FishScript(const std::vector<SubcommandWords>& all) {
  std::string script = "# spelk completion for fish: spelk completion fish | source\n";
  for (const SubcommandWords& command : all) {
    script += fmt::format("complete -c spelk -n __fish_use_subcommand -f -a {} -d {}\n",
                          command.name, ShellQuoted(command.description));
    const std::string seen =
        fmt::format("complete -c spelk -n '__fish_seen_subcommand_from {}'", command.name);
    if (command.word != Value::kFile) {
      script += seen + FishReply(command.word, command.choices) + "\n";
    }
    for (const OptionWords& option : command.options) {
      script += seen;
      for (const std::string& name : option.names) {
        script += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      script += fmt::format("{} -d {}\n", FishReply(option.value, option.choices),
                            ShellQuoted(option.description));
    }
  }
  return script;
}

}  // namespace

std::optional<std::string> CompletionScript(std::string_view shell, const CLI::App& app) {
  const std::vector<SubcommandWords> all = WordsOfAll(app);
  if (shell == "bash") return BashScript(all);
  if (shell == "zsh") return ZshScript(all);
  if (shell == "fish") return FishScript(all);
  return std::nullopt;
}

}  // namespace spelk::cli
