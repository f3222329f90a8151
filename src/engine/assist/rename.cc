// Renaming a field, finding definitions, the outline of a search.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/assist/cursor.h"
#include "engine/assist/field_walk.h"
#include "engine/assist/names.h"
#include "knowledge/macro_call.h"
#include "knowledge/macros.h"
#include "plan/field_set.h"
#include "value/ascii.h"

namespace spelk {
namespace engine {
namespace {

using How = NamedField::How;
using Context = NamedField::Context;

bool IsPlainName(std::string_view name, bool expression) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || (c == '.' && !expression);
  });
}

// Words that are no names where they stand without quotes.
bool IsKeyword(std::string_view name) {
  constexpr std::string_view kWords[] = {
      "AND",       "OR",    "NOT",  "XOR",  "LIKE", "IN",   "AS",     "BY",   "OVER",  "OUTPUT",
      "OUTPUTNEW", "WHERE", "FROM", "EVAL", "CASE", "TERM", "PREFIX", "TRUE", "FALSE", "NULL"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [&](std::string_view word) { return EqualsIgnoringCase(word, name); });
}

// The new name as the place writes names; nothing if it cannot.
std::optional<std::string> Written(std::string_view name, Context context, bool quoted) {
  const bool group = context == Context::kGroup;
  if ((!quoted || group) && IsPlainName(name, context == Context::kExpression || group)) {
    return std::string(name);
  }
  switch (context) {
    case Context::kGroup:
      return std::nullopt;
    case Context::kArgument:
      return fmt::format("\"{}\"", name);
    default:
      return fmt::format("'{}'", name);
  }
}

// Whether a text holds the name as a word of its own.
bool HoldsWord(std::string_view text, std::string_view name) {
  const auto part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || static_cast<unsigned char>(c) >= 0x80U;
  };
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    const bool begins = at == 0 || !part(text[at - 1]);
    if (begins && (end == text.size() || !part(text[end]))) return true;
  }
  return false;
}

class Renamer {
 public:
  Renamer(const Engine& engine, std::string_view text)
      : core_(engine.impl()->core), text_(text), walk_(WalkFields(core_, text)) {}

  Result<std::vector<TextEdit>> Run(size_t offset, std::string_view new_name) {
    const NamedField* at = FieldAt(offset);
    if (at == nullptr) return Refuse("no field stands here");
    name_ = at->name;
    pipeline_ = at->pipeline;
    if (plan::IsPattern(name_)) return Refuse("a pattern stands here, which takes several fields");
    if (new_name == name_) return std::vector<TextEdit>();
    if (const std::string why = WhyNotNew(new_name); !why.empty()) return Refuse(why);
    if (const std::string why = WhyNot(*at); !why.empty()) return Refuse(why);
    for (const bool quoted : {false, true}) {
      if (!quoted && IsKeyword(new_name)) continue;
      const std::optional<std::vector<TextEdit>> edits = EditsFor(new_name, quoted);
      if (!edits) {
        return Refuse(
            fmt::format("\"{}\" cannot be the name of a group of a regular expression", new_name));
      }
      if (NamesTheSame(*edits, new_name)) return *edits;
    }
    return Refuse(fmt::format("\"{}\" would be read as something else in this search", new_name));
  }

  const NamedField* FieldAt(size_t offset) const {
    for (const NamedField& field : walk_.fields) {
      if (field.span.begin <= offset && offset <= field.span.end) return &field;
    }
    return nullptr;
  }
  const FieldWalk& walk() const { return walk_; }

 private:
  static Error Refuse(std::string why) { return {ErrorKind::kQuery, std::move(why)}; }

  // In the order of the text; nothing if a place cannot have the name.
  std::optional<std::vector<TextEdit>> EditsFor(std::string_view new_name, bool quoted) const {
    std::vector<TextEdit> edits;
    for (const NamedField* field : renamed_) {
      const std::optional<std::string> written = Written(new_name, field->context, quoted);
      if (!written) return std::nullopt;
      const bool named = field->how == How::kNamedByCommand || field->how == How::kNamedRead;
      edits.push_back(
          {field->span.begin, field->span.size(),
           named ? fmt::format("{} AS {}", TextOf(text_, field->span), *written) : *written});
    }
    std::sort(edits.begin(), edits.end(),
              [](const TextEdit& a, const TextEdit& b) { return a.offset < b.offset; });
    return edits;
  }

  // Whether the changed search has the same commands, which name the same fields but for the
  // renamed one: the new name may be a word of the language, or of an option.
  bool NamesTheSame(const std::vector<TextEdit>& edits, std::string_view new_name) const {
    std::string changed(text_);
    for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
      changed.replace(edit->offset, edit->length, edit->text);
    }
    const FieldWalk after = WalkFields(core_, changed);
    const bool same_commands =
        std::equal(walk_.commands.begin(), walk_.commands.end(), after.commands.begin(),
                   after.commands.end(), [](const auto& a, const auto& b) {
                     return a.entry == b.entry && a.pipeline == b.pipeline;
                   });
    if (!same_commands || walk_.fields.size() != after.fields.size()) return false;
    for (size_t i = 0; i < after.fields.size(); ++i) {
      const NamedField& before = walk_.fields[i];
      const NamedField& now = after.fields[i];
      const bool renamed = std::find(renamed_.begin(), renamed_.end(), &before) != renamed_.end();
      if (now.name != (renamed ? new_name : std::string_view(before.name))) return false;
      if (now.command != before.command || now.Makes() != before.Makes()) return false;
    }
    return true;
  }

  std::string Line(Span span) const {
    return fmt::format("line {}", std::count(text_.begin(), text_.begin() + span.begin, '\n') + 1);
  }

  std::string WhyNotNew(std::string_view new_name) const {
    if (new_name.empty()) return "a field needs a name";
    if (new_name.find_first_of("\"'\\`*|[]{}\r\n\t") != std::string_view::npos) {
      return fmt::format("\"{}\" cannot be the name of a field everywhere in a search", new_name);
    }
    for (const NamedField& field : walk_.fields) {
      if (field.name == new_name) {
        return fmt::format("there is a field {} already, in {}", new_name, Line(field.span));
      }
    }
    return "";
  }

  bool IsTransforming(const NamedField& field) const {
    const plan::CommandEntry* entry = walk_.commands[field.command].entry;
    return entry != nullptr && entry->kind == plan::CommandKind::kTransforming;
  }

  // Collects what is renamed; why it cannot be.
  std::string WhyNot(const NamedField& at) {
    const NamedField* first = nullptr;
    bool read_before = false;
    for (const NamedField& field : walk_.fields) {
      if (field.name != name_) continue;
      if (field.pipeline != pipeline_) {
        return fmt::format("a subsearch names {}, too, in {}", name_, Line(field.span));
      }
      if (first == nullptr && !field.Makes()) {
        read_before = true;
        if (&field == &at) {
          return fmt::format("{} is a field of the events: no command before makes it", name_);
        }
        continue;
      }
      if (first == nullptr) {
        first = &field;
        // What a command makes of all its rows is not what the events have.
        if (read_before && !IsTransforming(field)) {
          return fmt::format("{} is a field of the events, too, which the command in {} changes",
                             name_, Line(field.span));
        }
      }
      renamed_.push_back(&field);
    }
    if (first == nullptr) return fmt::format("no command makes {}", name_);
    return WhyNotElsewhere(*first);
  }

  // Patterns, macros, commands that cannot be read, and words that nobody understands.
  std::string WhyNotElsewhere(const NamedField& first) const {
    for (const FieldWalk::Command& command : walk_.commands) {
      if (command.entry != nullptr || command.span.end <= first.span.begin) continue;
      const std::string_view there = TextOf(text_, command.span);
      if (!there.starts_with('`')) {
        return fmt::format("the command in {} cannot be read", Line(command.span));
      }
    }
    for (const NamedField& field : walk_.fields) {
      if (!plan::IsPattern(field.name) || field.span.begin < first.span.begin) continue;
      if (field.name != "*" && plan::PatternTakes(field.name, name_)) {
        return fmt::format("the pattern {} in {} takes it", field.name, Line(field.span));
      }
    }
    std::vector<Span> spans;  // Of all fields that are named.
    for (const NamedField& field : walk_.fields) spans.push_back(field.span);
    std::sort(spans.begin(), spans.end(),
              [](const Span& a, const Span& b) { return a.begin < b.begin; });
    for (const Token& token : VisibleTokens(core_, text_)) {
      if (token.span.begin < first.span.begin) continue;
      const std::string_view there = TextOf(text_, token.span);
      if (token.type == "MACRO" || token.type == "STAGE_MACRO") {
        if (MacroNames(there)) {
          return fmt::format("the macro {} in {} names it", there, Line(token.span));
        }
        continue;
      }
      const auto next =
          std::lower_bound(spans.begin(), spans.end(), token.span,
                           [](const Span& a, const Span& b) { return a.begin < b.begin; });
      const bool known = next != spans.end() && next->end <= token.span.end;
      const bool value = token.type == "STRING" && !known && !HoldsTemplate(there);
      if (known || value || token.type == "COMMENT") continue;
      if (HoldsWord(there, name_) && token.type != "STRING" && !IsOther(token)) {
        return fmt::format("{} in {} may mean it", there, Line(token.span));
      }
      if (token.type == "STRING" && HoldsWord(there, name_)) {
        return fmt::format("the text in {} may mean it", Line(token.span));
      }
    }
    return "";
  }

  // The name of an option, a command, or the value that a field is compared with.
  bool IsOther(const Token& token) const {
    if (token.type.ends_with("_COMMAND")) return true;
    const std::string_view after = text_.substr(token.span.end, 1);
    const char before = token.span.begin == 0 ? ' ' : text_[token.span.begin - 1];
    return after == "=" || after == "(" || before == '=';
  }

  static bool HoldsTemplate(std::string_view text) {
    return text.find("<<") != std::string_view::npos || text.find('$') != std::string_view::npos ||
           text.find('\'') != std::string_view::npos;
  }

  // Whether the call, or what it stands for, holds the name. Macros in it are followed.
  bool MacroNames(std::string_view call, int depth = 0) const {
    constexpr int kDeepest = 20;
    if (depth > kDeepest || HoldsWord(call, name_)) return true;
    std::string_view inner = call.substr(1);
    if (inner.ends_with('`')) inner.remove_suffix(1);
    const absl::StatusOr<knowledge::MacroCall> parsed = knowledge::ParseMacroCall(inner);
    if (!parsed.ok()) return true;
    const knowledge::Macro* macro =
        core_.knowledge().macros().Find(parsed->name, parsed->arguments.size());
    if (macro == nullptr) return false;  // It is an error, or a filter that nobody defined.
    const std::string_view definition = macro->definition;
    if (HoldsWord(definition, name_)) return true;
    for (size_t at = definition.find('`'); at != std::string_view::npos;) {
      const size_t end = definition.find('`', at + 1);
      if (end == std::string_view::npos) break;
      if (MacroNames(definition.substr(at, end + 1 - at), depth + 1)) return true;
      at = definition.find('`', end + 1);
    }
    return false;
  }

  const Core& core_;
  const std::string_view text_;
  const FieldWalk walk_;
  std::string name_;
  size_t pipeline_ = 0;
  std::vector<const NamedField*> renamed_;
};

StageOutline OutlineOf(const ast::CommandCall& call, std::string_view text) {
  constexpr size_t kMost = 80;
  StageOutline stage;
  stage.name = call.macro ? fmt::format("`{}`", call.macro->name.text) : call.name.text;
  stage.offset = call.span.begin;
  stage.length = call.span.size();
  for (const char c : TextOf(text, call.span)) {
    if (stage.text.size() >= kMost && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      stage.text += "…";
      break;
    }
    stage.text += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  }
  for (const ast::Pipeline* subsearch : call.subsearches) {
    for (const ast::CommandCall& each : subsearch->commands) {
      stage.subsearches.push_back(OutlineOf(each, text));
    }
  }
  return stage;
}

}  // namespace
}  // namespace engine

Result<std::vector<TextEdit>> RenameField(const Engine& engine, std::string_view text,
                                          size_t offset, std::string_view new_name) {
  return engine::Renamer(engine, text).Run(offset, new_name);
}

std::optional<Definition> FindDefinition(const Engine& engine, std::string_view text,
                                         size_t offset) {
  const engine::Core& core = engine.impl()->core;
  const std::optional<engine::TokenAt> token =
      engine::FindToken(core, text, std::min(offset, text.size()));
  if (!token) return std::nullopt;
  Definition found{token->span.begin, token->span.size(), {}, std::nullopt};
  const std::string_view word = TextOf(text, token->span);
  if (token->type == "MACRO" || token->type == "STAGE_MACRO") {
    const absl::StatusOr<knowledge::MacroCall> call =
        knowledge::ParseMacroCall(word.substr(1, word.size() - 2));
    if (!call.ok()) return std::nullopt;
    const knowledge::Macro* macro =
        core.knowledge().macros().Find(call->name, call->arguments.size());
    if (macro == nullptr) return std::nullopt;
    found.place = engine::PlaceOf(macro->place);
    return found.place.file.empty() ? std::nullopt : std::optional(found);
  }
  const engine::Cursor cursor = engine::FindCursor(core, text, token->span.begin);
  const bool looks_up = cursor.command == "lookup" || cursor.command == "inputlookup" ||
                        cursor.command == "outputlookup";
  if (looks_up && cursor.words.empty() && token->type == "WORD") {
    const std::optional<LookupEntry> lookup = FindLookup(engine, word);
    if (!lookup || lookup->place.file.empty()) return std::nullopt;
    found.place = lookup->place;
    return found;
  }
  if (cursor.command == "savedsearch" && cursor.words.empty()) {
    std::string_view name = word;
    if (token->type == "STRING") name = word.substr(1, word.size() - 2);
    const knowledge::SavedSearch* saved = core.knowledge().macros().FindSavedSearch(name);
    if (saved == nullptr) return std::nullopt;
    found.place = engine::PlaceOf(saved->place);
    return found.place.file.empty() ? std::nullopt : std::optional(found);
  }
  const bool of_model =
      cursor.option == "datamodel" || (cursor.command == "datamodel" && cursor.words.empty());
  if (of_model) {
    const std::optional<DataModelEntry> model =
        FindDataModel(engine, word.substr(0, word.find('.')));
    if (!model || model->place.file.empty()) return std::nullopt;
    found.place = model->place;
    return found;
  }
  const engine::Renamer names(engine, text);
  const engine::NamedField* at = names.FieldAt(offset);
  if (at == nullptr) return std::nullopt;
  for (const engine::NamedField& field : names.walk().fields) {
    if (field.name != at->name || field.pipeline != at->pipeline || !field.Makes()) continue;
    if (field.span.begin > at->span.begin) break;
    // The last one before decides.
    found.here = TextEdit{field.span.begin, field.span.size(), {}};
  }
  return found.here ? std::optional(found) : std::nullopt;
}

std::vector<StageOutline> Stages(const Engine& engine, std::string_view text) {
  const engine::Core& core = engine.impl()->core;
  const Source source("", std::string(text));
  Diagnostics ignored;
  ast::Pipeline tree;
  ParsePartly(source, core.entries(), core.limits(), ignored, &tree).IgnoreError();
  std::vector<StageOutline> stages;
  for (const ast::CommandCall& call : tree.commands) {
    stages.push_back(engine::OutlineOf(call, text));
  }
  return stages;
}

}  // namespace spelk
