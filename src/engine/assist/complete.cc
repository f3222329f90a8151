// What may stand at a place of a search.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/assist/cursor.h"
#include "engine/assist/names.h"
#include "engine/assist/signature.h"
#include "engine/impl.h"
#include "knowledge/macros.h"
#include "plan/data_model.h"
#include "spelk/assist.h"
#include "value/ascii.h"

namespace spelk {
namespace engine {
namespace {

using plan::Argument;
using plan::CommandEntry;
using CursorPlace = Cursor::Place;

bool BeginsWith(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() && EqualsIgnoringCase(name.substr(0, prefix.size()), prefix);
}

std::string OneLine(std::string_view text) {
  constexpr size_t kMost = 120;
  std::string line;
  for (const char c : text) {
    if (line.size() >= kMost && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      return line + "…";
    }
    line += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  }
  return line;
}

// A name as a text of `place` has to write it.
std::string NameAsWritten(std::string_view name, CursorPlace place) {
  const bool expression = place == CursorPlace::kOperand || place == CursorPlace::kTarget;
  const auto plain = [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                        static_cast<unsigned char>(c) >= 0x80U;
    const bool digit = c >= '0' && c <= '9';
    if (place == CursorPlace::kOperand) return letter || digit;
    return letter || digit || c == '.' || c == '{' || c == '}' || c == ':' || c == '@';
  };
  const bool digit_first = !name.empty() && name[0] >= '0' && name[0] <= '9';
  if (!name.empty() && std::all_of(name.begin(), name.end(), plain) &&
      !(place == CursorPlace::kOperand && digit_first)) {
    return std::string(name);
  }
  const char quote = expression ? '\'' : '"';
  std::string text(1, quote);
  for (const char c : name) {
    if (c == quote || c == '\\') text += '\\';
    text += c;
  }
  return text + quote;
}

class Completer {
 public:
  Completer(const Core& core, std::string_view text, const Cursor& cursor,
            const AssistOptions& options)
      : core_(core), text_(text), cursor_(cursor), options_(options) {
    entry_ = core.entries().Command(cursor.command);
  }

  std::vector<Completion> Run() {
    switch (cursor_.place) {
      case CursorPlace::kNowhere:
        break;
      case CursorPlace::kQuotedField:
        AddFields();
        break;
      case CursorPlace::kMacro:
        if (cursor_.word.find('(') == std::string_view::npos) AddMacros(false);
        break;
      case CursorPlace::kCommand:
        if (cursor_.first && !cursor_.piped) AddSearch();
        AddCommands();
        break;
      case CursorPlace::kValue:
        AddValues();
        break;
      case CursorPlace::kSearch:
        AddOptions();
        AddSearch();
        AddClauses();
        break;
      case CursorPlace::kTarget:
        AddFields();
        break;
      case CursorPlace::kOperand:
        AddOperands();
        break;
      case CursorPlace::kArgument:
        AddArguments();
        break;
    }
    return Finish();
  }

 private:
  enum Rank : int { kExpected = 0, kUsual = 1, kOther = 2, kLast = 3 };

  Completion* Add(std::string_view label, CompletionKind kind, int rank) {
    if (!BeginsWith(label, cursor_.word)) return nullptr;
    if (!seen_.insert({std::string(label), kind}).second) return nullptr;
    Completion& made = completions_.emplace_back();
    made.label = label;
    made.insert = label;
    made.kind = kind;
    made.rank = rank;
    made.offset = cursor_.begin;
    made.length = cursor_.word.size();
    return &made;
  }

  void AddCommands() {
    for (const CommandEntry* entry : core_.entries().commands()) {
      if (entry->name.starts_with('(')) continue;
      const bool generates = entry->kind == plan::CommandKind::kGenerating;
      if (generates && !cursor_.first) continue;
      const bool fits = cursor_.first == generates || entry->name == "search";
      Completion* made = Add(entry->name, CompletionKind::kCommand, fits ? kExpected : kOther);
      if (made == nullptr) continue;
      made->detail = entry->summary;
    }
    AddMacros(true);
  }

  // `whole`: with the backquotes.
  void AddMacros(bool whole) {
    if (whole && !cursor_.word.empty()) return;
    core_.knowledge().macros().ForEach([&](std::string_view stanza, const knowledge::Macro& macro) {
      const std::string_view name = stanza.substr(0, stanza.find('('));
      std::string label = whole ? fmt::format("`{}`", name) : std::string(name);
      std::string insert = EscapedSnippet(name);
      if (!macro.arguments.empty()) {
        std::string list;
        size_t number = 0;
        for (const std::string& argument : macro.arguments) {
          list += fmt::format("{}${{{}:{}}}", number == 0 ? "" : ", ", number + 1,
                              EscapedSnippet(argument));
          ++number;
        }
        insert += fmt::format("({})", list);
        if (!whole) label = fmt::format("{}({})", name, fmt::join(macro.arguments, ", "));
      }
      Completion* made = Add(label, CompletionKind::kMacro, whole ? kLast : kExpected);
      if (made == nullptr) return;
      made->insert = whole ? fmt::format("`{}`", insert) : insert;
      const bool closes = !whole && text_.substr(cursor_.begin + cursor_.word.size(), 1) != "`";
      if (closes) made->insert += "`";
      made->snippet = true;
      made->detail = OneLine(macro.definition);
      made->documentation = fmt::format("```spl\n{}\n```", macro.definition);
    });
  }

  // ---- fields

  const FieldsAt& Fields() {
    if (fields_) return *fields_;
    // The base search tells of its own events as far as it is written.
    size_t end = cursor_.stage;
    const bool base = cursor_.first && (cursor_.command.empty() || cursor_.command == "search");
    if (base) end = cursor_.begin;
    std::string_view before = text_.substr(cursor_.pipeline, end - cursor_.pipeline);
    if (cursor_.place == CursorPlace::kValue && base) {
      before = before.substr(0, before.rfind(cursor_.option));
    }
    const bool looks_out = cursor_.stage == cursor_.pipeline &&
                           (cursor_.outer == "appendpipe" || cursor_.outer == "foreach");
    if (looks_out) before = text_.substr(0, cursor_.outer_stage);
    while (!before.empty() && (before.back() == ' ' || before.back() == '\n' ||
                               before.back() == '\t' || before.back() == '\r')) {
      before.remove_suffix(1);
    }
    if (before.ends_with('|')) before.remove_suffix(1);
    if (before.find_first_not_of(" \t\r\n|") == std::string_view::npos) before = {};
    fields_ = FieldsOf(core_, before, options_);
    return *fields_;
  }

  void AddField(std::string_view name, std::string_view about, int rank, bool equals = false) {
    Completion* made = Add(name, CompletionKind::kField, rank);
    if (made == nullptr) return;
    made->detail = about;
    made->insert = NameAsWritten(name, cursor_.place) + (equals ? "=" : "");
    if (cursor_.place != CursorPlace::kQuotedField) return;
    const bool closed = text_.substr(cursor_.begin + cursor_.word.size(), 1) == "'";
    made->insert = std::string(name) + (closed ? "" : "'");
  }

  void AddFields(int rank = kUsual, bool equals = false) {
    if (!cursor_.model.empty()) return AddModelFields(cursor_.model, rank);
    for (const KnownField& field : Fields().fields) {
      // What the search itself speaks of comes first.
      const bool of_knowledge = field.about.starts_with("by knowledge");
      const bool of_events = field.about == "of every event" || field.about.starts_with("in ");
      const int later = of_knowledge ? 2 : of_events ? 1 : 0;
      AddField(field.name, field.about, rank + later, equals);
    }
  }

  void AddModelFields(std::string_view model, int rank) {
    const std::string_view dataset = model.substr(std::min(model.find('.') + 1, model.size()));
    const bool whole = model.find('.') == std::string_view::npos;
    const absl::StatusOr<plan::DataModelPtr> found =
        core_.knowledge().models().Find(model.substr(0, model.find('.')));
    if (!found.ok() || *found == nullptr) return;
    for (const plan::Dataset& each : (*found)->datasets) {
      if (!whole && each.name != dataset && each.lineage != dataset) continue;
      for (const plan::Dataset* of : (*found)->PathTo(each)) {
        const auto add = [&](const plan::ModelField& field) {
          const bool plain = field.of_event || field.name.starts_with('_');
          AddField(plain ? field.name : fmt::format("{}.{}", of->lineage, field.name),
                   fmt::format("{} of {}", field.type, of->name), rank);
        };
        for (const plan::ModelField& field : of->fields) add(field);
        for (const plan::ModelCalculation& calculation : of->calculations) {
          for (const auto& output : calculation.outputs) add(output.field);
        }
      }
    }
  }

  // ---- search terms

  void AddSearch() {
    for (const std::string_view name :
         {"index", "sourcetype", "source", "host", "earliest", "latest", "eventtype", "tag"}) {
      if (!cursor_.first || (entry_ != nullptr && entry_->name != "search")) break;
      AddField(name, "of every event", kUsual, true);
    }
    AddFields(kUsual, true);
    if (cursor_.place != CursorPlace::kSearch) return;
    for (const std::string_view word : {"AND", "OR", "NOT"}) {
      Add(word, CompletionKind::kKeyword, cursor_.due && word != "NOT" ? kLast : kOther);
    }
    AddMacros(true);
  }

  void AddKeyword(std::string_view word, int rank = kOther) {
    Add(word, CompletionKind::kKeyword, rank);
  }

  // ---- expressions

  void AddFunctions() {
    for (const plan::FunctionEntry* entry : core_.entries().functions()) {
      Completion* made = Add(entry->name, CompletionKind::kFunction, kOther);
      if (made == nullptr) continue;
      made->detail = entry->signature;
      made->insert = SnippetOf(entry->name, entry->signature);
      made->snippet = true;
    }
  }

  void AddOperands() {
    if (!cursor_.due) {
      for (const std::string_view word : {"AND", "OR", "XOR", "LIKE", "IN"}) AddKeyword(word, 1);
    }
    AddFields();
    AddFunctions();
    AddKeyword("NOT");
  }

  // ---- options and arguments

  const Argument* FindArgument(std::string_view name) const {
    if (entry_ == nullptr) return nullptr;
    for (const Argument& argument : entry_->arguments) {
      if (argument.is_option && EqualsIgnoringCase(argument.name, name)) return &argument;
    }
    return nullptr;
  }

  void AddOptions() {
    if (entry_ == nullptr || !cursor_.calls.empty()) return;
    for (const Argument& argument : entry_->arguments) {
      if (!argument.is_option || argument.name.find('<') != std::string_view::npos) continue;
      const bool given = std::any_of(
          cursor_.options.begin(), cursor_.options.end(),
          [&](std::string_view name) { return EqualsIgnoringCase(name, argument.name); });
      if (given) continue;
      // Where fields may stand, too, those of events come first.
      const bool late = argument.no_effect || (cursor_.place == CursorPlace::kArgument &&
                                               !TakesStatistics() && TakesFields());
      Completion* made = Add(argument.name, CompletionKind::kOption, late ? kLast : kUsual);
      if (made == nullptr) continue;
      made->insert = std::string(argument.name) + "=";
      made->detail = argument.type;
      made->documentation = argument.summary;
      if (!argument.fallback.empty()) {
        made->documentation += fmt::format("\n\nDefault: {}", argument.fallback);
      }
      if (argument.no_effect) made->documentation += "\n\nIt is accepted, and has no effect here.";
    }
  }

  void AddValues() {
    const Argument* argument = FindArgument(cursor_.option);
    if (EqualsIgnoringCase(cursor_.option, "datamodel")) return AddModels(true);
    if (EqualsIgnoringCase(cursor_.option, "nodename") && !cursor_.model.empty()) {
      return AddDatasets(cursor_.model.substr(0, cursor_.model.find('.')));
    }
    if (argument != nullptr) {
      const std::vector<std::string> choices = ChoicesOf(*argument);
      for (const std::string& choice : choices) {
        Completion* made = Add(choice, CompletionKind::kValue, kExpected);
        if (made != nullptr && choice == argument->fallback) made->detail = "default";
      }
      if (argument->type.find("field") != std::string_view::npos) AddFields();
      return;
    }
    if (cursor_.option == "sourcetype" || cursor_.option == "source") AddFeedNames();
  }

  // What events of the layouts that knowledge describes are called.
  void AddFeedNames() {
    for (const plan::EventLayout& layout : core_.knowledge().shapes()) {
      const bool type = cursor_.option == "sourcetype";
      std::vector<std::string> names = type ? layout.also_sourcetypes : layout.also_sources;
      names.push_back(type ? layout.sourcetype : layout.source);
      for (const std::string& name : names) {
        if (name.empty() || name.find('$') != std::string::npos) continue;
        Completion* made = Add(name, CompletionKind::kValue, kUsual);
        if (made == nullptr) continue;
        made->detail = layout.name;
        if (name.find_first_of(" :/-") != std::string::npos) {
          made->insert = fmt::format("\"{}\"", name);
        }
      }
    }
  }

  void AddModels(bool datasets) {
    for (const std::string& name : core_.knowledge().models().Names()) {
      Add(name, CompletionKind::kDataModel, kExpected);
      const std::string dotted = name + ".";
      // Data sets follow when the model is written.
      if (!datasets || !BeginsWith(cursor_.word, dotted)) continue;
      const absl::StatusOr<plan::DataModelPtr> model = core_.knowledge().models().Find(name);
      if (!model.ok() || *model == nullptr) continue;
      for (const plan::Dataset& each : (*model)->datasets) {
        Add(dotted + each.name, CompletionKind::kDataModel, kExpected);
      }
    }
  }

  void AddDatasets(std::string_view model) {
    const absl::StatusOr<plan::DataModelPtr> found = core_.knowledge().models().Find(model);
    if (!found.ok() || *found == nullptr) return;
    for (const plan::Dataset& each : (*found)->datasets) {
      Add(each.name, CompletionKind::kDataModel, kExpected);
    }
  }

  void AddLookups() {
    for (const std::string& name : core_.knowledge().lookups().LookupNames()) {
      Add(name, CompletionKind::kLookup, kExpected);
    }
  }

  // Columns of the table that the command names first.
  void AddColumns() {
    if (cursor_.words.empty()) return;
    const absl::StatusOr<plan::LookupPtr> lookup =
        core_.knowledge().lookups().FindLookup(cursor_.words.front());
    if (!lookup.ok() || *lookup == nullptr) return;
    for (const std::string& column : (*lookup)->columns) {
      AddField(column, fmt::format("of the table {}", (*lookup)->name), kExpected);
    }
  }

  // Whether the command takes statistics among its arguments.
  bool TakesStatistics() const {
    return entry_ != nullptr &&
           std::any_of(entry_->arguments.begin(), entry_->arguments.end(), [](const auto& each) {
             return !each.is_option && each.type.starts_with("statistic");
           });
  }

  // Whether it takes fields by place, outside of clauses and calls.
  bool TakesFields() const {
    return entry_ == nullptr ||
           std::any_of(entry_->arguments.begin(), entry_->arguments.end(), [](const auto& each) {
             return !each.is_option && each.type.find("field") != std::string_view::npos;
           });
  }

  // What `from` reads: the kind stands before a colon.
  void AddSources() {
    const auto add = [&](std::string_view kind, std::string_view name, CompletionKind what) {
      const std::string label = fmt::format("{}:{}", kind, name);
      Completion* made = Add(label, what, kExpected);
      const bool plain = label.find_first_of(" \t\"") == std::string::npos;
      if (made != nullptr && !plain) made->insert = fmt::format("{}:\"{}\"", kind, name);
    };
    for (const std::string& name : core_.knowledge().models().Names()) {
      add("datamodel", name, CompletionKind::kDataModel);
      if (!BeginsWith(cursor_.word, fmt::format("datamodel:{}.", name))) continue;
      const absl::StatusOr<plan::DataModelPtr> model = core_.knowledge().models().Find(name);
      if (!model.ok() || *model == nullptr) continue;
      for (const plan::Dataset& each : (*model)->datasets) {
        add("datamodel", fmt::format("{}.{}", name, each.name), CompletionKind::kDataModel);
      }
    }
    for (const std::string& name : core_.knowledge().lookups().LookupNames()) {
      add("lookup", name, CompletionKind::kLookup);
    }
    for (const std::string& name : core_.knowledge().saved_searches().SearchNames()) {
      add("savedsearch", name, CompletionKind::kSearch);
    }
  }

  void AddStatistics() {
    for (const plan::AggregateEntry* entry : core_.entries().aggregates()) {
      if (!entry->only_in.empty() && entry->only_in != cursor_.command) continue;
      const std::string name =
          entry->takes_number ? fmt::format("{}95", entry->name) : std::string(entry->name);
      Completion* made = Add(name, CompletionKind::kStatistic, kExpected);
      if (made == nullptr) continue;
      made->detail = entry->signature;
      made->snippet = true;
      if (!entry->without_field) made->insert = fmt::format("{}(${{1:field}})", name);
    }
  }

  void AddClauses() {
    if (entry_ == nullptr || !cursor_.calls.empty()) return;
    const uint8_t clauses = entry_->shape.clauses;
    const bool arguments = entry_->shape.shape == Shape::kArguments;
    if (!arguments) return;
    const auto add = [&](uint8_t clause, std::string_view word) {
      if ((clauses & clause) != 0 && cursor_.clause != LowerAscii(word)) {
        AddKeyword(word, kOther);
      }
    };
    add(kClauseBy, "BY");
    add(kClauseOver, "OVER");
    add(kClauseOutput, "OUTPUT");
    add(kClauseOutput, "OUTPUTNEW");
    add(kClauseWhere | kClauseSearchWhere, "WHERE");
    add(kClauseFrom, "FROM");
    AddKeyword("AS", kLast);
  }

  void AddArguments() {
    const std::string_view name = entry_ == nullptr ? std::string_view() : entry_->name;
    const bool call = !cursor_.calls.empty();
    const bool first = cursor_.words.empty();
    const bool looks_up = name == "lookup" || name == "inputlookup" || name == "outputlookup";
    if (cursor_.alias) return;  // A new name.
    if (looks_up && first && cursor_.clause.empty()) {
      AddLookups();
      return AddOptions();
    }
    if (name == "lookup") {
      AddColumns();
      if (cursor_.clause.empty()) AddFields(kOther);
      return AddClauses();
    }
    if (name == "datamodel" && first) return AddModels(false);
    if (name == "datamodel" && cursor_.words.size() == 1) {
      return AddDatasets(cursor_.words.front());
    }
    if (name == "savedsearch" && first) {
      for (const std::string& each : core_.knowledge().saved_searches().SearchNames()) {
        Completion* made = Add(each, CompletionKind::kSearch, kExpected);
        if (made != nullptr) made->insert = NameAsWritten(each, cursor_.place);
      }
    }
    if (cursor_.clause == "from") {
      if (Add("datamodel", CompletionKind::kOption, kExpected) != nullptr) {
        completions_.back().insert = "datamodel=";
      }
      return AddClauses();
    }
    if (TakesStatistics() && !call && cursor_.clause.empty()) AddStatistics();
    if (call && TakesStatistics()) {
      Completion* made = Add("eval", CompletionKind::kFunction, kLast);
      if (made != nullptr) {
        made->insert = "eval(${1:expression})";
        made->snippet = true;
      }
    }
    if (name == "from" && first) return AddSources();
    const bool by_place = !TakesStatistics() && TakesFields();
    const bool fields = call || by_place || !cursor_.clause.empty();
    if (fields) AddFields();
    if (cursor_.clause.empty() || cursor_.clause == "from") AddOptions();
    AddClauses();
  }

  std::vector<Completion> Finish() {
    std::stable_sort(completions_.begin(), completions_.end(),
                     [](const Completion& a, const Completion& b) {
                       return a.rank != b.rank ? a.rank < b.rank : a.label < b.label;
                     });
    return std::move(completions_);
  }

  const Core& core_;
  const std::string_view text_;
  const Cursor& cursor_;
  const AssistOptions& options_;
  const CommandEntry* entry_ = nullptr;
  std::optional<FieldsAt> fields_;
  std::set<std::pair<std::string, CompletionKind>> seen_;
  std::vector<Completion> completions_;
};

}  // namespace
}  // namespace engine

std::vector<Completion> Complete(const Engine& engine, std::string_view text, size_t offset,
                                 const AssistOptions& options) {
  const engine::Core& core = engine.impl()->core;
  const engine::Cursor cursor = engine::FindCursor(core, text, offset);
  return engine::Completer(core, text, cursor, options).Run();
}

}  // namespace spelk
