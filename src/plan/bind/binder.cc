// Binding of pipelines, options and arguments.
#include "plan/bind/binder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "syntax/confusables.h"
#include "syntax/elsewhere.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::plan {
namespace {

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// All options of a call, those inside clauses too.
template <class Take>
void ForEachOption(const ast::CommandCall& call, Take take) {
  const auto visit = [&](const std::vector<ast::Argument>& arguments) {
    for (const ast::Argument& argument : arguments) {
      if (const auto* option = std::get_if<ast::ArgumentOption>(&argument.value)) take(*option);
    }
  };
  visit(call.arguments);
  for (const ast::Clause& clause : call.clauses) visit(clause.arguments);
}

// A search of one command without its pipe and of plain words, which could be terms as well:
// `delete user`.
bool ReadsAsTerms(const ast::Pipeline& pipeline, std::string_view text, const Registry& entries) {
  if (pipeline.leading_pipe || pipeline.commands.size() != 1) return false;
  if (text.find(',') != std::string_view::npos) return false;
  const ast::CommandCall& call = pipeline.commands[0];
  const bool plain = !call.broken && !call.macro && !call.search && call.expression == nullptr &&
                     call.assignments.empty() && call.clauses.empty() && !call.arguments.empty();
  return plain &&
         std::all_of(call.arguments.begin(), call.arguments.end(), [&](const auto& argument) {
           const auto* word = std::get_if<ast::Name>(&argument.value);
           if (word == nullptr || word->quoted || argument.alias) return false;
           double number = 0;  // `stats count`: a statistic is a call, with or without parentheses.
           return !ParseNumber(word->text) && entries.Aggregate(word->text, &number) == nullptr;
         });
}

}  // namespace

std::optional<bool> ParseFlag(std::string_view text) {
  const std::string lower = LowerAscii(text);
  if (lower == "t" || lower == "true" || lower == "1") return true;
  if (lower == "f" || lower == "false" || lower == "0") return false;
  return std::nullopt;
}

// ---------------------------------------------------------------- pipelines

absl::StatusOr<NodePtr> Binder::Bind(const ast::Pipeline& pipeline) {
  return BindNested(pipeline, nullptr);
}

absl::StatusOr<NodePtr> Binder::BindNested(const ast::Pipeline& pipeline, NodePtr start) {
  if (commands_ + pipeline.commands.size() > kMostCommands) {
    return diagnostics_.Error(ErrorCode::kTooLong, pipeline.span,
                              fmt::format("the search has more than {} commands", kMostCommands));
  }
  commands_ += pipeline.commands.size();
  absl::StatusOr<NodePtr> plan = BindPipeline(pipeline, std::move(start));
  commands_ -= pipeline.commands.size();
  return plan;
}

absl::StatusOr<NodePtr> Binder::BindPipeline(const ast::Pipeline& pipeline, NodePtr start) {
  const bool is_search = start == nullptr;
  NodePtr plan = std::move(start);
  absl::Status first_error;
  std::vector<TimeModifiers> outer_ranges = std::exchange(time_ranges_, {});
  for (size_t i = 0; i < pipeline.commands.size(); ++i) {
    absl::StatusOr<NodePtr> bound =
        BindCommand(pipeline.commands[i], i == 0 && is_search, std::move(plan));
    if (bound.ok()) {
      plan = std::move(*bound);
      continue;
    }
    first_error.Update(bound.status());
    plan = NewScan(pipeline.span);  // Goes on, to report the other commands' errors as well.
  }
  if (is_search && ReadsAsTerms(pipeline, TextOf(pipeline.span), entries_)) {
    constexpr size_t kShown = 200;  // A longer search is known without being told again.
    const ast::Name& name = pipeline.commands[0].name;
    const std::string_view text = TextOf(pipeline.span);
    diagnostics_.Warn(ErrorCode::kReadAsCommand, name.span,
                      fmt::format("read as the command {} over all events", name.text),
                      {fmt::format("to look for the words, write `search {}`; a leading pipe says "
                                   "that the command is meant",
                                   text.size() > kShown ? "…" : text)});
  }
  std::swap(time_ranges_, outer_ranges);
  SPELK_RETURN_IF_ERROR(first_error);
  SPELK_CHECK(plan != nullptr);
  for (ScanNode* scan : ScansOf(*plan)) {
    scan->time_ranges.insert(scan->time_ranges.end(), outer_ranges.begin(), outer_ranges.end());
  }
  return plan;
}

std::vector<TimeModifiers> Binder::TimeRangesIn(const Expr& predicate) {
  std::vector<TimeModifiers> ranges;
  const auto note = [&ranges](const Expr& expr) {
    if (expr.kind != ExprKind::kTimeRange) return;
    ranges.push_back({expr.earliest, expr.latest});
  };
  note(predicate);
  if (predicate.kind != ExprKind::kAnd) return ranges;
  for (const ExprPtr& each : predicate.arguments) note(*each);
  return ranges;
}

void Binder::NoteTimeRange(const Expr& predicate) {
  for (TimeModifiers& each : TimeRangesIn(predicate)) time_ranges_.push_back(std::move(each));
}

std::unique_ptr<ScanNode> Binder::NewScan(Span span) {
  auto scan = Make<ScanNode>(span);
  return scan;
}

absl::Status Binder::UnknownCommand(const ast::CommandCall& call) {
  command_ = call.name.text;
  if (call.macro) {
    return diagnostics_.Error(ErrorCode::kUnknownMacro, call.macro->name.span,
                              fmt::format("the search specifies a macro '{}' that cannot be found",
                                          call.macro->name.text));
  }
  if (const UnbuiltCommand* unbuilt = entries_.Unbuilt(call.name.text)) {
    return diagnostics_.Error(
        ErrorCode::kUnbuiltCommand, call.name.span,
        fmt::format("the command '{}' does not run here: {}", call.name.text, unbuilt->why),
        {std::string(unbuilt->instead)});
  }
  return diagnostics_.Error(ErrorCode::kUnknownCommand, call.name.span,
                            fmt::format("unknown search command '{}'", call.name.text),
                            NotesOnCommand(call.name.text));
}

// What a word that is no command may be meant to be.
std::vector<std::string> Binder::NotesOnCommand(std::string_view name) const {
  if (const auto found = syntax::FindConfusable(name)) {
    return {fmt::format("it holds this {}; {}", found->what, found->plain)};
  }
  if (const std::string_view advice = syntax::AdviceOn(syntax::ElsewhereKind::kCommand, name);
      !advice.empty()) {
    return {std::string(advice)};
  }
  double number = 0;
  if (entries_.Aggregate(name, &number) != nullptr) {
    return {fmt::format("{} is a statistic; write stats {}…", name, name)};
  }
  if (const FunctionEntry* function = entries_.Function(name)) {
    return {fmt::format("{} is a function; write eval field = {}", name, function->signature)};
  }
  if (name == "AND" || name == "OR" || name == "NOT") {
    return {fmt::format("conditions after a pipe begin with a command: search or where")};
  }
  return DidYouMean(entries_.SimilarCommands(name));
}

// Its first problem was told already; those of its subsearches, and that there is no such command,
// were not.
absl::Status Binder::BindBroken(const ast::CommandCall& call) {
  for (const ast::Pipeline* subsearch : call.subsearches) Subsearch(*subsearch).IgnoreError();
  const bool unknown = !call.name.text.empty() && entries_.Find(call.name.text) == nullptr;
  const bool told = std::any_of(
      diagnostics_.all().begin(), diagnostics_.all().end(), [&](const Diagnostic& each) {
        return each.code == ErrorCode::kUnknownCommand && each.span.begin == call.name.span.begin;
      });
  if (unknown && !told) return UnknownCommand(call);
  return absl::InvalidArgumentError("the command could not be read");
}

absl::StatusOr<NodePtr> Binder::BindCommand(const ast::CommandCall& call, bool first,
                                            NodePtr input) {
  if (call.broken) return BindBroken(call);
  const CommandEntry* entry = call.macro ? nullptr : entries_.Command(call.name.text);
  if (entry == nullptr) return UnknownCommand(call);
  entry_ = entry;
  command_ = call.name.text;
  is_first_ = first;
  SPELK_RETURN_IF_ERROR(CheckOptions(call, *entry));
  if (!entry->subpipelines && HoldsText(call)) return Defer(call, *entry, first, std::move(input));
  const bool has_input = input != nullptr;
  input_ = std::move(input);
  absl::StatusOr<NodePtr> bound = entry->bind(call, *this);
  input = std::move(input_);
  SPELK_RETURN_IF_ERROR(bound.status());
  NodePtr node = std::move(*bound);
  if (node == nullptr) return input != nullptr ? std::move(input) : NewScan(call.span);
  Node* bottom = node.get();
  for (Node* n = node.get(); n != nullptr; n = n->input.get()) {
    if (n->entry == nullptr) n->entry = entry;
    bottom = n;
    ForgetDelimiters(*n);
  }
  for (Delimiter& delimiter : delimiters_) delimiter.is_new = false;
  if (bottom->GetDataflow().runs == Runs::kSource) {
    if (!first && (!has_input || input != nullptr)) {
      return Error(ErrorCode::kNotFirst, call.name.span,
                   "this command must be the first command of a search");
    }
    return node;
  }
  bottom->input = input != nullptr ? std::move(input) : NewScan(call.span);
  return node;
}

absl::StatusOr<NodePtr> Binder::Body(const ast::Pipeline& pipeline) {
  return Within(pipeline, Make<RowsNode>(pipeline.span));
}

absl::StatusOr<NodePtr> Binder::Subsearch(const ast::Pipeline& pipeline) {
  return Within(pipeline, nullptr);
}

absl::StatusOr<NodePtr> Binder::Within(const ast::Pipeline& pipeline, NodePtr start) {
  if (!subsearches_) {
    return Error(ErrorCode::kSubsearchText, pipeline.brackets,
                 "a subsearch cannot stand in this text");
  }
  NodePtr outer_input = std::move(input_);
  const CommandEntry* entry = std::exchange(entry_, nullptr);
  const std::string command = command_;
  const bool first = is_first_;
  std::vector<Delimiter> delimiters = std::exchange(delimiters_, {});
  absl::StatusOr<NodePtr> plan = BindNested(pipeline, std::move(start));
  input_ = std::move(outer_input);
  entry_ = entry;
  command_ = command;
  is_first_ = first;
  delimiters_ = std::move(delimiters);
  return plan;
}

// ---------------------------------------------------------------- messages

absl::Status Binder::Error(ErrorCode code, Span span, std::string_view message,
                           std::vector<std::string> notes) {
  // An expression that stands alone, in a macro or a calculated field, has no command.
  const std::string_view colon = command_.empty() ? "" : ": ";
  return diagnostics_.Error(code, span, fmt::format("{}{}{}", command_, colon, message),
                            std::move(notes));
}

void Binder::Warn(ErrorCode code, Span span, std::string_view message,
                  std::vector<std::string> notes) {
  diagnostics_.Warn(code, span, fmt::format("{}: {}", command_, message), std::move(notes));
}

// ---------------------------------------------------------------- options

const Argument* Binder::FindArgument(std::string_view name) const {
  for (const Argument& argument : entry_->arguments) {
    if (EqualsIgnoringCase(argument.name, name)) return &argument;
  }
  return nullptr;
}

absl::Status Binder::UnknownOption(const ast::ArgumentOption& option) {
  if (option.op != CompareOp::kEqual) {
    const Span span = Cover(option.name.span, option.value->span);
    return Error(ErrorCode::kBadArgument, span,
                 fmt::format("unexpected condition {}", InQuotes(TextOf(span))),
                 {"rows are kept by the command where"});
  }
  std::vector<std::string_view> names;
  for (const Argument& argument : entry_->arguments) {
    if (argument.is_option) names.push_back(argument.name);
  }
  std::vector<std::string> notes = DidYouMean(NearestNames(option.name.text, names));
  notes.push_back(names.empty() ? "it takes no options"
                                : fmt::format("its options are {}", fmt::join(names, ", ")));
  return diagnostics_.Error(ErrorCode::kUnknownOption, option.name.span,
                            fmt::format("{} has no option \"{}\"", command_, option.name.text),
                            std::move(notes));
}

absl::Status Binder::CheckOptions(const ast::CommandCall& call, const CommandEntry& entry) {
  if (entry.free_options) return absl::OkStatus();
  absl::Status status;
  std::vector<std::string> seen;
  ForEachOption(call, [&](const ast::ArgumentOption& option) {
    const Argument* argument = FindArgument(option.name.text);
    if (argument == nullptr || !argument->is_option) {
      status.Update(UnknownOption(option));
      return;
    }
    if (option.op != CompareOp::kEqual) {
      status.Update(Error(ErrorCode::kBadOptionValue, option.name.span,
                          fmt::format("write {}=…", option.name.text)));
    }
    if (!argument->repeats && std::find(seen.begin(), seen.end(), argument->name) != seen.end()) {
      status.Update(Error(ErrorCode::kRepeatedOption, option.name.span,
                          fmt::format("option \"{}\" is given twice", argument->name)));
    }
    seen.emplace_back(argument->name);
  });
  for (const ast::Argument& argument : call.arguments) {
    const bool option = std::holds_alternative<ast::ArgumentOption>(argument.value);
    if (option && argument.alias && !entry.alias_behind_options) {
      status.Update(Error(ErrorCode::kBadArgument, argument.alias->span, "AS has no meaning here"));
    }
  }
  return status;
}

absl::Status Binder::CheckOption(const ast::ArgumentOption& option) {
  const Argument* argument = FindArgument(option.name.text);
  const bool known = argument != nullptr && argument->is_option;
  return known && option.op == CompareOp::kEqual ? absl::OkStatus() : UnknownOption(option);
}

const ast::ArgumentOption* Binder::FindOption(const ast::CommandCall& call,
                                              std::string_view name) const {
  const ast::ArgumentOption* found = nullptr;
  ForEachOption(call, [&](const ast::ArgumentOption& option) {
    if (found == nullptr && EqualsIgnoringCase(option.name.text, name)) found = &option;
  });
  return found;
}

absl::StatusOr<std::string> Binder::OptionText(const ast::ArgumentOption& option) {
  if (const auto* name = std::get_if<ast::Name>(&option.value->value)) return name->text;
  if (const auto* macro = std::get_if<ast::MacroCall>(&option.value->value)) {
    return Error(
        ErrorCode::kUnknownMacro, option.value->span,
        fmt::format("the search specifies a macro '{}' that cannot be found", macro->name.text));
  }
  // A call or a parenthesised text is taken as it was written: span=log2, reset_before=("x>1").
  return std::string(TextOf(option.value->span));
}

absl::Status Binder::BadOption(const ast::ArgumentOption& option, std::string_view value) {
  const Argument* argument = FindArgument(option.name.text);
  std::string wanted(argument == nullptr ? "another value" : argument->type);
  if (wanted == "bool") wanted = "true or false";
  if (wanted == "number") wanted = "a number";
  if (wanted == "int" || wanted.starts_with("int,")) wanted.replace(0, 3, "a whole number");
  return Error(ErrorCode::kBadOptionValue, option.value->span,
               fmt::format("option {} does not take \"{}\"", option.name.text, value),
               {fmt::format("it takes {}", wanted)});
}

absl::StatusOr<bool> Binder::Flag(const ast::CommandCall& call, std::string_view name) {
  const ast::ArgumentOption* option = FindOption(call, name);
  if (option == nullptr) {
    const Argument* argument = FindArgument(name);
    SPELK_CHECK(argument != nullptr);
    return ParseFlag(argument->fallback).value_or(false);
  }
  SPELK_ASSIGN_OR_RETURN(const std::string text, OptionText(*option));
  const std::optional<bool> flag = ParseFlag(text);
  if (!flag) return BadOption(*option, text);
  return *flag;
}

absl::StatusOr<int64_t> Binder::Integer(const ast::CommandCall& call, std::string_view name,
                                        int64_t least, int64_t most) {
  const ast::ArgumentOption* option = FindOption(call, name);
  if (option == nullptr) {
    const Argument* argument = FindArgument(name);
    SPELK_CHECK(argument != nullptr);
    return ParseInteger(argument->fallback).value_or(0);
  }
  SPELK_ASSIGN_OR_RETURN(const std::string text, OptionText(*option));
  const std::optional<int64_t> number = ParseInteger(text);
  if (!number || *number < least || *number > most) return BadOption(*option, text);
  return *number;
}

absl::StatusOr<Binder::Most> Binder::MostBy(const ast::CommandCall& call, std::string_view name,
                                            const Limit& limit, int64_t least) {
  if (FindOption(call, name) == nullptr) return Most{MostOf(limit), true};
  SPELK_ASSIGN_OR_RETURN(const int64_t count, Integer(call, name, least));
  return Most{static_cast<uint64_t>(count), false};
}

absl::StatusOr<std::optional<double>> Binder::Decimal(const ast::CommandCall& call,
                                                      std::string_view name) {
  const ast::ArgumentOption* option = FindOption(call, name);
  if (option == nullptr) return std::optional<double>();
  SPELK_ASSIGN_OR_RETURN(const std::string text, OptionText(*option));
  const std::optional<Number> number = ParseNumber(text);
  if (!number || !std::isfinite(number->value)) return BadOption(*option, text);
  return std::optional(number->value);
}

absl::StatusOr<std::string> Binder::Text(const ast::CommandCall& call, std::string_view name) {
  const ast::ArgumentOption* option = FindOption(call, name);
  if (option != nullptr) return OptionText(*option);
  const Argument* argument = FindArgument(name);
  SPELK_CHECK(argument != nullptr);
  return std::string(argument->fallback);
}

absl::StatusOr<std::string> Binder::Choice(const ast::CommandCall& call, std::string_view name) {
  SPELK_ASSIGN_OR_RETURN(const std::string text, Text(call, name));
  const std::string lower = LowerAscii(text);
  const Argument* argument = FindArgument(name);
  std::string_view words = argument->type;
  if (words.starts_with("one of ")) words.remove_prefix(7);
  while (!words.empty()) {
    const size_t bar = words.find('|');
    if (words.substr(0, bar) == lower) return lower;
    words = bar == std::string_view::npos ? std::string_view() : words.substr(bar + 1);
  }
  const ast::ArgumentOption* option = FindOption(call, name);
  if (option != nullptr) return BadOption(*option, text);
  return lower;
}

}  // namespace spelk::plan
