// Help texts out of entries.
#include "engine/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/diagnostics.h"
#include "base/error_codes.h"
#include "engine/help_topics.h"
#include "plan/limits.h"
#include "value/ascii.h"

namespace spelk::engine {
namespace {

using plan::AggregateEntry;
using plan::CommandEntry;
using plan::Example;
using plan::FunctionEntry;

constexpr size_t kNameWidth = 16;

std::string Row(std::string_view name, std::string_view text) {
  return fmt::format("  {:<{}}  {}\n", name, kNameWidth, text);
}

void AppendExamples(std::span<const Example> examples, std::string& out) {
  if (examples.empty()) return;
  out += "\nExamples\n";
  for (const Example& example : examples) {
    out += fmt::format("  {}\n", example.title);
    if (!example.input.empty()) out += fmt::format("    events:  {}\n", example.input);
    if (!example.lookup.empty()) {
      std::string table(example.lookup.substr(0, example.lookup.find_last_not_of('\n') + 1));
      for (size_t at = 0; (at = table.find('\n', at)) != std::string::npos; ++at) {
        table.replace(at, 1, "\n             ");
      }
      out += fmt::format("    users:   {}\n", table);
    }
    out += fmt::format("    search:  {}\n    result:  {}\n", example.query, example.output);
  }
}

void AppendNotes(std::span<const std::string_view> notes, std::string& out) {
  if (notes.empty()) return;
  out += "\nNotes\n";
  for (const std::string_view note : notes) out += fmt::format("  {}\n", note);
}

std::string Aliases(std::span<const std::string_view> aliases) {
  std::string out;
  for (const std::string_view alias : aliases)
    out += fmt::format("{}{}", out.empty() ? "" : ", ", alias);
  return out;
}

std::string CommandHelp(const CommandEntry& entry) {
  std::string out = fmt::format("{}: {}\n\n  {}\n", entry.name, entry.summary, entry.signature);
  if (!entry.aliases.empty()) out += fmt::format("\nAlso written {}\n", Aliases(entry.aliases));
  if (!entry.arguments.empty()) out += "\nArguments\n";
  for (const plan::Argument& argument : entry.arguments) {
    std::string text(argument.summary);
    text += fmt::format(" [{}", argument.type);
    if (!argument.fallback.empty()) text += fmt::format("; default {}", argument.fallback);
    text += ']';
    if (argument.no_effect) text += " (accepted, no effect here)";
    out += Row(fmt::format("{}{}", argument.name, argument.is_option ? "=" : ""), text);
  }
  out += fmt::format("\nKind: {}\n", plan::Describe(entry.kind));
  AppendNotes(entry.notes, out);
  AppendExamples(entry.examples, out);
  return out;
}

std::string FunctionHelp(const FunctionEntry& entry) {
  std::string out = fmt::format("{}: {}\n\n  {}\n", entry.name, entry.summary, entry.signature);
  if (!entry.aliases.empty()) out += fmt::format("\nAlso written {}\n", Aliases(entry.aliases));
  out += fmt::format("\nAn eval function ({}).\n", entry.page);
  AppendNotes(entry.notes, out);
  AppendExamples(entry.examples, out);
  return out;
}

std::string AggregateHelp(const AggregateEntry& entry) {
  std::string out = fmt::format("{}: {}\n\n  {}\n", entry.name, entry.summary, entry.signature);
  if (!entry.aliases.empty()) out += fmt::format("\nAlso written {}\n", Aliases(entry.aliases));
  out += fmt::format("\nA statistic, for stats and its like ({}).\n", entry.page);
  AppendNotes(entry.notes, out);
  AppendExamples(entry.examples, out);
  return out;
}

std::string TopicHelp(const HelpTopic& topic) {
  std::string out = fmt::format("{}: {}\n{}", topic.name, topic.summary, topic.text);
  AppendExamples(topic.examples, out);
  return out;
}

const HelpTopic* FindTopic(std::string_view name) {
  for (const HelpTopic& topic : HelpTopics()) {
    if (topic.name == name) return &topic;
  }
  return nullptr;
}

// Of E0203, e0203.
const ErrorExplanation* FindCode(std::string_view name) {
  for (const ErrorExplanation& each : kErrorExplanations) {
    if (EqualsIgnoringCase(CodeText(each.code), name)) return &each;
  }
  return nullptr;
}

std::string CodeHelp(const ErrorExplanation& code) {
  std::string out = fmt::format("{}: {}\n\n  {}\n", CodeText(code.code), code.meaning, code.remedy);
  if (!code.example.empty()) out += fmt::format("\nA search that gets it\n  {}\n", code.example);
  return out;
}

std::string ValueOf(const plan::Limit& limit) {
  return limit.fallback == 0 ? "none" : std::to_string(limit.fallback);
}

std::string LimitHelp(const plan::Limit& limit) {
  return fmt::format("{0}: {1}\n\n  By default {2}. --limit {0}=N sets it, 0 lifts it.\n  {3}\n",
                     plan::NameOf(limit), limit.cuts, ValueOf(limit), limit.page);
}

std::string Overview(const plan::Registry& entries) {
  std::string out = "Commands\n";
  for (const CommandEntry* entry : entries.commands()) out += Row(entry->name, entry->summary);
  out += "\nFunctions of eval and where\n";
  for (const FunctionEntry* entry : entries.functions()) out += Row(entry->name, entry->summary);
  out += "\nStatistics of stats and its like\n";
  for (const AggregateEntry* entry : entries.aggregates()) out += Row(entry->name, entry->summary);
  out += "\nTopics\n";
  for (const HelpTopic& topic : HelpTopics()) out += Row(topic.name, topic.summary);
  out += Row("limits", "Limits of rows and values.");
  out +=
      "\n`spelk help NAME` tells more of each, and of the codes of messages: `spelk help E0203`.\n"
      "`spelk help --matrix` tells what of Splunk's language runs here.\n";
  return out;
}

// The two tables of limits.
std::string LimitsHelp() {
  std::string out =
      "limits: how many rows, values and the like there are before some are left out\n\n"
      "Splunk has such limits, and so has spelk; a limit that cut a result is named in a warning.\n"
      "--limits none lifts all, --limit NAME=VALUE sets one (0 lifts it), and so does limits.conf\n"
      "of an app folder: the part of the name before the point is the stanza. limit= of top, "
      "rare,\n"
      "chart and timechart, and head without a number, are no limits but what the commands do.\n\n";
  for (const plan::Limit& limit : plan::kLimits) {
    out += fmt::format("  {:<28} {:>7}  {}\n  {:<36}  {}\n", plan::NameOf(limit), ValueOf(limit),
                       limit.cuts, "", limit.page);
  }
  out += "\nLimits of Splunk that cut nothing here\n";
  for (const plan::UnappliedLimit& limit : plan::kUnappliedLimits) {
    out += fmt::format("  {:<36}  {}\n", fmt::format("{}.{}", limit.stanza, limit.name), limit.why);
  }
  return out;
}

std::vector<std::string_view> AllNames(const plan::Registry& entries) {
  std::vector<std::string_view> names;
  for (const CommandEntry* entry : entries.commands()) names.push_back(entry->name);
  for (const FunctionEntry* entry : entries.functions()) names.push_back(entry->name);
  for (const AggregateEntry* entry : entries.aggregates()) names.push_back(entry->name);
  return names;
}

bool IsUnbuilt(const plan::Registry& entries, std::string_view name) {
  return entries.IsUnbuiltFunction(name) || entries.IsUnbuiltAggregate(name);
}

}  // namespace

absl::StatusOr<std::string> Help(const plan::Registry& entries, std::string_view name) {
  if (name.empty()) return Overview(entries);
  if (name == "limits") return LimitsHelp();
  if (const ErrorExplanation* code = FindCode(name)) return CodeHelp(*code);
  for (const plan::Limit& limit : plan::kLimits) {
    if (plan::NameOf(limit) == name) return LimitHelp(limit);
  }
  std::string out;
  const CommandEntry* command = entries.Command(name);
  if (command != nullptr) out += CommandHelp(*command);
  if (const FunctionEntry* function = entries.Function(name)) {
    out += (out.empty() ? "" : "\n") + FunctionHelp(*function);
  }
  double number = 0;
  const AggregateEntry* aggregate = entries.Aggregate(name, &number);
  if (aggregate == nullptr) aggregate = entries.Aggregate(fmt::format("{}0", name), &number);
  if (aggregate != nullptr) out += (out.empty() ? "" : "\n") + AggregateHelp(*aggregate);
  if (const HelpTopic* topic = FindTopic(name))
    out += (out.empty() ? "" : "\n") + TopicHelp(*topic);
  if (!out.empty()) return out;
  if (const plan::UnbuiltCommand* refused = entries.Unbuilt(name)) {
    return fmt::format("{}\n\nIt does not run here: {}.\nInstead: {}.\n", refused->name,
                       refused->why, refused->instead);
  }
  if (IsUnbuilt(entries, name))
    return absl::NotFoundError(fmt::format("\"{}\" is not built yet", name));
  std::string message = fmt::format("there is no help on \"{}\"", name);
  std::vector<std::string_view> names = AllNames(entries);
  for (const HelpTopic& topic : HelpTopics()) names.push_back(topic.name);
  for (const std::string& note : plan::DidYouMean(plan::NearestNames(name, names)))
    message += "; " + note;
  return absl::NotFoundError(message);
}

std::vector<std::string> Complete(const plan::Registry& entries, std::string_view prefix) {
  std::set<std::string> names;
  for (const std::string_view name : AllNames(entries)) {
    if (name.starts_with(prefix)) names.emplace(name);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> CompleteHelp(const plan::Registry& entries, std::string_view prefix) {
  std::vector<std::string> names = Complete(entries, prefix);
  const auto add = [&](std::string name) {
    if (name.starts_with(prefix)) names.push_back(std::move(name));
  };
  for (const HelpTopic& topic : HelpTopics()) add(std::string(topic.name));
  add("limits");
  for (const ErrorExplanation& each : kErrorExplanations) add(CodeText(each.code));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string Reference(const plan::Registry& entries) {
  std::string out = "# Reference\n\n## Commands\n";
  for (const CommandEntry* entry : entries.commands()) {
    out += fmt::format("\n### {}\n\n```\n{}```\n", entry->name, CommandHelp(*entry));
  }
  out += "\n## Functions\n";
  for (const FunctionEntry* entry : entries.functions()) {
    out += fmt::format("\n### {}\n\n```\n{}```\n", entry->name, FunctionHelp(*entry));
  }
  out += "\n## Statistics\n";
  for (const AggregateEntry* entry : entries.aggregates()) {
    out += fmt::format("\n### {}\n\n```\n{}```\n", entry->name, AggregateHelp(*entry));
  }
  return out;
}

std::string PrintTokens(const std::vector<Token>& tokens, std::string_view text) {
  std::string out;
  for (const Token& token : tokens) {
    std::string shown;
    for (const char c : TextOf(text, token.span)) {
      if (c == '\n') {
        shown += "\\n";
      } else {
        shown += c;
      }
    }
    out += fmt::format("{:>5}..{:<5} {:<18} {}{}\n", token.span.begin, token.span.end, token.type,
                       shown, token.hidden ? "  (hidden)" : "");
  }
  return out;
}

}  // namespace spelk::engine
