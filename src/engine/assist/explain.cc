// Help on what stands at a place, and on the call that is being written.
#include <fmt/format.h>

#include <algorithm>

#include "engine/assist/cursor.h"
#include "engine/assist/names.h"
#include "engine/assist/signature.h"
#include "engine/impl.h"
#include "knowledge/macro_call.h"
#include "knowledge/macros.h"
#include "spelk/assist.h"
#include "value/ascii.h"

namespace spelk {

std::string AsMarkdown(const ReferenceEntry& entry) {
  if (!entry.runs) {
    return fmt::format("**{}** does not run here: {}.\n\nInstead: {}.", entry.name, entry.summary,
                       entry.instead);
  }
  std::string text = fmt::format("```spl\n{}\n```\n{}\n", entry.signature, entry.summary);
  if (!entry.aliases.empty()) {
    text += fmt::format("\nAlso written {}.\n", fmt::join(entry.aliases, ", "));
  }
  if (!entry.arguments.empty()) text += "\n";
  for (const ReferenceArgument& argument : entry.arguments) {
    text += fmt::format("- `{}{}` ({}{}): {}{}\n", argument.name, argument.option ? "=" : "",
                        argument.type,
                        argument.fallback.empty() ? "" : "; default " + argument.fallback,
                        argument.summary, argument.no_effect ? " It has no effect here." : "");
  }
  constexpr std::string_view kKinds[] = {"A command", "A function of eval", "A statistic"};
  text += fmt::format("\n{} ({}).\n", kKinds[static_cast<size_t>(entry.kind)], entry.about);
  for (const std::string& note : entry.notes) text += fmt::format("\n- {}", note);
  if (!entry.notes.empty()) text += "\n";
  for (const ReferenceExample& example : entry.examples) {
    text += fmt::format("\n{}\n```spl\n{}\n```\n", example.title, example.search);
    if (text.size() > 4000) break;
  }
  return text;
}

namespace engine {

namespace {

std::string DescribeMacro(const MacroEntry& macro) {
  std::string head = macro.name;
  if (!macro.arguments.empty()) head += fmt::format("({})", fmt::join(macro.arguments, ", "));
  std::string text = fmt::format("macro **{}**{}\n```spl\n{}\n```\n", head,
                                 macro.is_eval ? ", made by an expression" : "", macro.definition);
  if (!macro.place.file.empty()) {
    text += fmt::format("{}:{}\n", macro.place.file, macro.place.line);
  }
  return text;
}

class Explainer {
 public:
  Explainer(const Engine& engine, std::string_view text, size_t offset,
            const AssistOptions& options)
      : engine_(engine),
        core_(engine.impl()->core),
        text_(text),
        offset_(std::min(offset, text.size())),
        options_(options) {}

  std::optional<Explanation> Run() {
    const std::optional<TokenAt> token = FindToken(core_, text_, offset_);
    if (!token) return std::nullopt;
    span_ = token->span;
    type_ = token->type;
    word_ = TextOf(text_, span_);
    std::string markdown = Text();
    if (markdown.empty()) return std::nullopt;
    return Explanation{span_.begin, span_.size(), std::move(markdown)};
  }

 private:
  std::string Text() {
    if (type_ == "MACRO" || type_ == "STAGE_MACRO") return OfMacro();
    if (type_.ends_with("_COMMAND")) return OfCommand();
    // Where the word begins, so that nothing of it counts.
    const Cursor cursor = FindCursor(core_, text_, span_.begin);
    entry_ = core_.entries().Command(cursor.command);
    const std::string_view after = text_.substr(span_.end, 1);
    if (after == "(") {
      const std::string help = OfCall(cursor);
      if (!help.empty()) return help;
    }
    if (type_ == "WORD" && text_.substr(span_.end).starts_with('=')) {
      const std::string help = OfOption();
      if (!help.empty()) return help;
    }
    if (cursor.place == Cursor::Place::kValue) return OfValue(cursor);
    if (type_ == "WORD" && cursor.words.empty() && entry_ != nullptr) {
      const std::string_view name = entry_->name;
      if (name == "lookup" || name == "inputlookup" || name == "outputlookup") return OfLookup();
      if (name == "datamodel") return OfModel(word_);
    }
    double number = 0;
    if (cursor.place == Cursor::Place::kArgument && cursor.calls.empty() && entry_ != nullptr) {
      const plan::AggregateEntry* statistic = core_.entries().Aggregate(word_, &number);
      if (statistic != nullptr && cursor.clause.empty() && TakesStatistics()) {
        return AsMarkdown(DescribeStatistic(*statistic));
      }
    }
    return OfField(cursor);
  }

  bool TakesStatistics() const {
    return std::any_of(entry_->arguments.begin(), entry_->arguments.end(), [](const auto& each) {
      return !each.is_option && each.type.starts_with("statistic");
    });
  }

  std::string OfMacro() const {
    std::string_view call = word_.substr(1);
    if (call.ends_with('`')) call.remove_suffix(1);
    const absl::StatusOr<knowledge::MacroCall> parsed = knowledge::ParseMacroCall(call);
    if (!parsed.ok()) return "";
    std::string text;
    for (const MacroEntry& macro : MacrosOf(engine_)) {
      if (macro.name != parsed->name) continue;
      if (macro.arguments.size() == parsed->arguments.size()) return DescribeMacro(macro);
      text += DescribeMacro(macro);
    }
    return text;
  }

  std::string OfCommand() const {
    if (const plan::CommandEntry* entry = core_.entries().Command(word_)) {
      return AsMarkdown(DescribeCommand(*entry));
    }
    const plan::UnbuiltCommand* refused = core_.entries().Unbuilt(word_);
    return refused == nullptr ? "" : AsMarkdown(DescribeRefused(*refused));
  }

  std::string OfCall(const Cursor& cursor) const {
    const bool expression = cursor.place == Cursor::Place::kOperand ||
                            (cursor.call() != nullptr && cursor.call()->expression);
    double number = 0;
    const plan::AggregateEntry* statistic = core_.entries().Aggregate(word_, &number);
    const plan::FunctionEntry* function = core_.entries().Function(word_);
    if (function != nullptr && (expression || statistic == nullptr)) {
      return AsMarkdown(DescribeFunction(*function));
    }
    return statistic == nullptr ? "" : AsMarkdown(DescribeStatistic(*statistic));
  }

  std::string OfOption() const {
    if (entry_ == nullptr) return "";
    for (const plan::Argument& argument : entry_->arguments) {
      if (!argument.is_option || !EqualsIgnoringCase(argument.name, word_)) continue;
      std::string text = fmt::format("**{}** of {}: {} ({})", argument.name, entry_->name,
                                     argument.summary, argument.type);
      if (!argument.fallback.empty()) text += fmt::format("\n\nDefault: {}", argument.fallback);
      if (argument.no_effect) text += "\n\nIt is accepted, and has no effect here.";
      return text;
    }
    return "";
  }

  std::string OfValue(const Cursor& cursor) const {
    return EqualsIgnoringCase(cursor.option, "datamodel") ? OfModel(word_) : "";
  }

  std::string OfModel(std::string_view name) const {
    const std::optional<DataModelEntry> model =
        FindDataModel(engine_, name.substr(0, name.find('.')));
    if (!model) return "";
    std::string text = fmt::format("data model **{}**\n", model->name);
    for (const DataModelEntry::Dataset& dataset : model->datasets) {
      text += fmt::format("\n- {}: {} fields", dataset.lineage, dataset.fields.size());
    }
    return text;
  }

  std::string OfLookup() const {
    const std::optional<LookupEntry> lookup = FindLookup(engine_, word_);
    if (!lookup) return "";
    return fmt::format("lookup **{}**: {}", lookup->name, fmt::join(lookup->fields, ", "));
  }

  std::string OfField(const Cursor& cursor) const {
    std::string_view name = word_;
    const bool quoted = type_ == "FIELD" || (type_ == "STRING" && name.size() > 2);
    if (quoted) name = name.substr(1, name.size() - 2);
    if (type_ == "STRING" && cursor.place != Cursor::Place::kArgument) return "";
    if (type_ != "WORD" && !quoted) return "";
    // Where the commands up to this one have made it, they tell of it.
    for (const bool behind : {false, true}) {
      size_t at = span_.begin;
      if (behind) {
        at = text_.find('|', span_.end);
        if (at == std::string_view::npos) at = text_.size();
      }
      const FieldsAt fields =
          behind ? FieldsOf(core_, text_.substr(cursor.pipeline, at - cursor.pipeline), options_)
                 : FieldsBefore(engine_, text_, at, options_);
      for (const KnownField& field : fields.fields) {
        if (field.name == name && field.about != "read before") {
          return fmt::format("field **{}**{}{}", name, field.about.empty() ? "" : ": ",
                             field.about);
        }
      }
    }
    return "";
  }

  const Engine& engine_;
  const Core& core_;
  const std::string_view text_;
  const size_t offset_;
  const AssistOptions& options_;
  Span span_;
  std::string type_;
  std::string_view word_;
  const plan::CommandEntry* entry_ = nullptr;
};

CallSignature MakeSignature(std::string_view label, std::string_view summary, size_t argument) {
  CallSignature made;
  made.label = label;
  made.documentation = summary;
  made.parameters = ParametersOf(label);
  made.active = argument;
  // The last one stands for all that follow: "case(<condition>, <value>, …)".
  if (!made.parameters.empty() && made.active >= made.parameters.size()) {
    made.active = made.parameters.size() - 1;
  }
  return made;
}

// A macro call that is being written: `name(a, b
std::vector<CallSignature> OfMacroCall(const Engine& engine, std::string_view word) {
  const size_t open = word.find('(');
  if (open == std::string_view::npos) return {};
  size_t argument = 0;
  bool quoted = false;
  for (const char c : word.substr(open)) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted) ++argument;
  }
  std::vector<CallSignature> all;
  for (const MacroEntry& macro : MacrosOf(engine)) {
    if (macro.name != word.substr(0, open) || macro.arguments.size() <= argument) continue;
    all.push_back(MakeSignature(fmt::format("{}({})", macro.name, fmt::join(macro.arguments, ", ")),
                                fmt::format("```spl\n{}\n```", macro.definition), argument));
  }
  return all;
}

}  // namespace
}  // namespace engine

std::optional<Explanation> Explain(const Engine& engine, std::string_view text, size_t offset,
                                   const AssistOptions& options) {
  return engine::Explainer(engine, text, offset, options).Run();
}

std::vector<CallSignature> SignaturesAt(const Engine& engine, std::string_view text,
                                        size_t offset) {
  const engine::Core& core = engine.impl()->core;
  const engine::Cursor cursor = engine::FindCursor(core, text, offset);
  if (cursor.place == engine::Cursor::Place::kMacro) {
    return engine::OfMacroCall(engine, cursor.word);
  }
  std::vector<CallSignature> all;
  for (size_t i = cursor.calls.size(); i-- > 0 && all.empty();) {
    const engine::Cursor::Call& call = cursor.calls[i];
    if (call.name.empty()) continue;
    double number = 0;
    const plan::FunctionEntry* function =
        call.expression ? core.entries().Function(call.name) : nullptr;
    const plan::AggregateEntry* statistic = core.entries().Aggregate(call.name, &number);
    if (function != nullptr) {
      all.push_back(engine::MakeSignature(function->signature, function->summary, call.argument));
    } else if (statistic != nullptr) {
      all.push_back(engine::MakeSignature(statistic->signature, statistic->summary, call.argument));
    }
  }
  return all;
}

}  // namespace spelk
