// map: a search for each row, with values of the row in it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/status.h"
#include "commands/entry.h"
#include "exec/row_table.h"
#include "exec/spool.h"
#include "plan/saved_searches.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct MapNode final : plan::Node {
  static constexpr std::string_view kName = "map";
  // The search: the texts around the fields, one more than those. An empty name is the number of
  // the row.
  std::vector<std::string> texts;
  std::vector<Field> fields;
  Field serial;  // Which of the fields stands for the number of the row; null if none does.
  uint64_t most = 0;
  bool by_limit = false;

  // Which rows come first decides what is searched; the results follow each other.
  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet::Of(fields),
            .passes = false,
            .runs = Runs::kSequential,
            .runs_searches = true};
  }
  bool WellFormed(const plan::Registry&) const { return texts.size() == fields.size() + 1; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("texts", texts);
    visit("fields", fields);
    visit.MayBeNull("serial", serial);
    visit("maxsearches", most);
    visit.Unprinted("by_limit", by_limit);
  }
};

struct MapState {
  uint64_t rows = 0;
};

class Map final : public exec::Sequential<MapState> {
 public:
  Map(const MapNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<MapState> NewState() const override { return MapState(); }

  absl::StatusOr<exec::Demand> Process(Batch batch, MapState& state,
                                       exec::Output& out) const override {
    for (size_t r = 0; r < batch.size() && !out.enough(); ++r) {
      if (state.rows == node_.most) {
        run_.warnings->Add(
            ErrorCode::kTruncated,
            fmt::format("map: searched for the first {} rows; the rest was left out{}", node_.most,
                        node_.by_limit ? plan::CutBy(plan::kMapMaxSearches) : " (maxsearches)"));
        return exec::Demand::kEnough;
      }
      ++state.rows;
      SPELK_ASSIGN_OR_RETURN(const std::string text, TextFor(batch, r, state.rows));
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      SPELK_RETURN_IF_ERROR(run_.services.searches->Run(text, [&out](Batch rows) {
        rows.DropHidden();
        return out.Push(std::move(rows));
      }));
    }
    return out.enough() ? exec::Demand::kEnough : exec::Demand::kMore;
  }

 private:
  absl::StatusOr<std::string> TextFor(const Batch& batch, size_t row, uint64_t number) const {
    std::string text = node_.texts[0];
    char buffer[kNumberText];
    for (size_t f = 0; f < node_.fields.size(); ++f) {
      const Field field = node_.fields[f];
      if (field == node_.serial) {
        text += std::to_string(number);
      } else {
        const Column* column = batch.Find(field);
        const Value value = column == nullptr ? Value::Null() : column->At(batch.physical(row));
        if (value.is_null()) {
          return absl::InvalidArgumentError("map: did not find value for required attribute '" +
                                            std::string(field.name()) + "'");
        }
        std::string_view separator;
        std::string joined;
        for (const Value& each : value.each()) {
          joined += separator;
          joined += TextOf(each, buffer);
          separator = " ";
        }
        AppendValue(joined, InQuotes(text), text);
      }
      text += node_.texts[f + 1];
    }
    return text;
  }

  // Whether what follows stands inside of double quotes.
  static bool InQuotes(std::string_view text) {
    bool inside = false;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '"') {
        inside = !inside;
      }
    }
    return inside;
  }

  // The value stays one word or one text, whatever it holds: data must not become commands.
  static void AppendValue(std::string_view value, bool quoted, std::string& text) {
    const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '_' || c == '.' || c == '-' || c == ':' || c == '/';
    });
    if (!quoted && !plain) text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    if (!quoted && !plain) text += '"';
  }

  const MapNode& node_;
  const exec::RunContext& run_;
};

// Cuts the search at its $field$s; `$$` is a dollar sign.
absl::Status Cut(std::string_view text, Span span, plan::Binder& binder, MapNode* node) {
  node->texts.emplace_back();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      node->texts.back() += text[i];
      continue;
    }
    const size_t end = text.find('$', i + 1);
    if (end == i + 1) {
      node->texts.back() += '$';
      i = end;
      continue;
    }
    if (end == std::string_view::npos) {
      return binder.Error(ErrorCode::kBadOptionValue, span, "a \"$\" has no counterpart",
                          {"a field is written $field$, a dollar sign $$"});
    }
    const std::string_view name = text.substr(i + 1, end - i - 1);
    const Field field = binder.Intern(name);
    if (name == "_serial_id$" || name == "_serial_id") node->serial = field;
    node->fields.push_back(field);
    node->texts.emplace_back();
    i = end;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> SavedSearch(const ast::Name& name, plan::Binder& binder) {
  const plan::SavedSearches* saved = binder.services().saved_searches;
  std::optional<std::string> text = saved == nullptr ? std::nullopt : saved->FindSearch(name.text);
  if (text) return *std::move(text);
  return binder.Error(ErrorCode::kBadArgument, name.span,
                      fmt::format("there is no saved search '{}'", name.text),
                      {"write the search: map search=\"search user=$user$\""});
}

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<MapNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most most,
                         binder.MostBy(call, "maxsearches", plan::kMapMaxSearches, 1));
  node->most = most.count;
  node->by_limit = most.by_limit;
  const ast::ArgumentOption* search = binder.FindOption(call, "search");
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
    if (const auto* bracket = std::get_if<ast::ArgumentSubsearch>(&argument.value);
        bracket != nullptr && search == nullptr && node->texts.empty()) {
      SPELK_RETURN_IF_ERROR(
          Cut(binder.TextOf(TextInBrackets(*bracket)), argument.span, binder, node.get()));
      continue;
    }
    if (const auto* name = std::get_if<ast::Name>(&argument.value);
        name != nullptr && search == nullptr && node->texts.empty()) {
      SPELK_ASSIGN_OR_RETURN(const std::string text, SavedSearch(*name, binder));
      SPELK_RETURN_IF_ERROR(Cut(text, argument.span, binder, node.get()));
      continue;
    }
    return binder.Unexpected(argument, {"one search is run: map search=\"search user=$user$\""});
  }
  if (search != nullptr) {
    SPELK_ASSIGN_OR_RETURN(const std::string text, binder.OptionText(*search));
    SPELK_RETURN_IF_ERROR(Cut(text, search->value->span, binder, node.get()));
  }
  if (node->texts.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "a search is missing",
                        {"usage: map search=\"search user=$user$\" [maxsearches=<int>]"});
  }
  return node;
}

exec::OperatorPtr Build(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Map>(plan::As<MapNode>(node), run);
}

constexpr Argument kArguments[] = {
    {.name = "search",
     .type = "text",
     .fallback = "",
     .summary = "The search; $field$ stands for the row's value, $_serial_id$ for its number, $$ "
                "for a dollar sign. It may stand in brackets instead.",
     .is_option = true},
    {.name = "name",
     .type = "text",
     .fallback = "",
     .summary = "A saved search of an app instead."},
    {.name = "maxsearches",
     .type = "int",
     .fallback = "10",
     .summary = "How many rows are searched for.",
     .is_option = true}};
constexpr std::string_view kNotes[] = {
    "a value that is not a plain word is put in quotes, so that data cannot become commands",
    "each row costs a pass over the inputs"};
constexpr Example kExamples[] = {
    {.title = "What each user who failed did",
     .input = R"({"_time":1,"user":"ana","act":"fail"} {"_time":2,"user":"bo","act":"read"})"
              R"( {"_time":3,"user":"ana","act":"write"})",
     .query = R"(search act=fail | map search="search user=$user$ | table user act")",
     .output = R"({"user":"ana","act":"fail"} {"user":"ana","act":"write"})"}};
constexpr plan::NodeEntry kNodes[] = {{&plan::TypeOf<MapNode>, &Build}};

}  // namespace

extern constexpr CommandEntry kMap = {
    .name = "map",
    .signature = "map search=\"<search>\" | [<search>] | <saved search> [maxsearches=<int>]",
    .summary = "Runs a search for each row.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kArguments,
    .notes = kNotes,
    .examples = kExamples,
    .nodes = kNodes,
    .bind = &Bind,
};

}  // namespace spelk::commands
