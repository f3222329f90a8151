// map: a search for each row, with values of the row in it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/status.h"
#include "commands/entry.h"
#include "exec/inner_searches.h"
#include "exec/row_table.h"
#include "exec/spool.h"
#include "plan/node_facets.h"
#include "plan/saved_searches.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct MapNode final : plan::Node, plan::RunsSearchOfRow {
  static constexpr std::string_view kName = "map";
  // The search: the texts around the fields, one more than those. An empty name is the number of
  // the row.
  std::vector<std::string> texts;
  std::vector<Field> fields;
  Field serial;  // Which of the fields stands for the number of the row; null if none does.
  uint64_t most = 0;
  bool by_limit = false;
  // Where the bytes of the texts stand in the search, one text after the other, and where the
  // fields are written. An empty place is that of two bytes that stand for one. There are none if
  // the search is a saved one.
  std::vector<Span> copies;
  std::vector<Span> tokens;
  Span place;  // Of the search as a whole, or of its name.

  std::optional<plan::FilledText> SearchFor(const ValueOf& value) const override {
    return Fill(value, 1);
  }
  // For the row of that number.
  std::optional<plan::FilledText> Fill(const ValueOf& value, uint64_t number) const;
  // Which rows come first decides what is searched; the results follow each other.
  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet::Of(fields),
            .passes = false,
            .runs = Runs::kSequential,
            .runs_searches = true};
  }
  bool WellFormed(const plan::Registry&) const {
    size_t placed = 0;
    for (const Span& copy : copies) placed += std::max<size_t>(1, copy.size());
    size_t written = 0;
    for (const std::string& text : texts) written += text.size();
    return texts.size() == fields.size() + 1 && (copies.empty() || placed == written) &&
           (tokens.empty() || tokens.size() == fields.size());
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("texts", texts);
    visit("fields", fields);
    visit.MayBeNull("serial", serial);
    visit("maxsearches", most);
    visit.Unprinted("by_limit", by_limit);
    visit.Unprinted("copies", copies);
    visit.Unprinted("tokens", tokens);
    visit.Unprinted("place", place);
  }
};

// Puts values between the texts, and knows where it all stands in the search.
class Filler {
 public:
  explicit Filler(const MapNode& node) : node_(node) {}
  void NextText() {
    const std::string_view text = node_.texts[texts_++];
    if (node_.copies.empty()) return filled_.Put(text, node_.place);
    for (size_t at = 0; at < text.size() && copy_ < node_.copies.size(); ++copy_) {
      const Span copy = node_.copies[copy_];
      if (copy.empty()) {
        filled_.Put(text.substr(at, 1), {copy.begin, copy.begin + 2});
      } else {
        filled_.Copy(text.substr(at, copy.size()), copy.begin);
      }
      at += std::max<size_t>(1, copy.size());
    }
  }
  void Value(std::string_view value) {
    filled_.PutValue(value, node_.tokens.empty() ? node_.place : node_.tokens[texts_ - 1]);
  }
  const std::string& text() const { return filled_.text(); }
  plan::FilledText Take() { return std::move(filled_); }

 private:
  const MapNode& node_;
  plan::FilledText filled_;
  size_t texts_ = 0;  // So many are in it.
  size_t copy_ = 0;
};

// Whether what follows stands inside of double quotes.
bool EndsWithinQuotes(std::string_view text) {
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
std::string AsWord(std::string_view value, bool quoted) {
  std::string text;
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.' || c == '-' || c == ':' || c == '/';
  });
  if (!quoted && !plain) text += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  if (!quoted && !plain) text += '"';
  return text;
}

std::optional<plan::FilledText> MapNode::Fill(const ValueOf& value, uint64_t number) const {
  Filler filler(*this);
  filler.NextText();
  for (const Field field : fields) {
    if (field == serial) {
      filler.Value(std::to_string(number));
    } else {
      const std::optional<std::string> text = value(field);
      if (!text) return std::nullopt;
      filler.Value(AsWord(*text, EndsWithinQuotes(filler.text())));
    }
    filler.NextText();
  }
  return filler.Take();
}

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
      SPELK_ASSIGN_OR_RETURN(const plan::FilledText text, TextFor(batch, r, state.rows));
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      SPELK_RETURN_IF_ERROR(exec::InnerSearchesOf(run_).RunFilled(text, [&out](Batch rows) {
        rows.DropHidden();
        return out.Push(std::move(rows));
      }));
    }
    return out.enough() ? exec::Demand::kEnough : exec::Demand::kMore;
  }

 private:
  absl::StatusOr<plan::FilledText> TextFor(const Batch& batch, size_t row, uint64_t number) const {
    Field missing;
    const auto value = [&](Field field) -> std::optional<std::string> {
      const Column* column = batch.Find(field);
      const Value found = column == nullptr ? Value::Null() : column->At(batch.physical(row));
      if (found.is_null()) {
        missing = field;
        return std::nullopt;
      }
      char buffer[kNumberText];
      std::string_view separator;
      std::string joined;
      for (const Value& each : found.each()) {
        joined += separator;
        joined += TextOf(each, buffer);
        separator = " ";
      }
      return joined;
    };
    std::optional<plan::FilledText> text = node_.Fill(value, number);
    if (text) return *std::move(text);
    return absl::InvalidArgumentError("map: did not find value for required attribute '" +
                                      std::string(missing.name()) + "'");
  }

  const MapNode& node_;
  const exec::RunContext& run_;
};

// The search as it is written: its text, where each byte of it stands, and its place as a whole.
struct Template {
  std::string text;
  std::vector<Span> places;  // Empty for a saved search.
  Span span;
};

Template TemplateAt(std::string_view text, Span span) {
  Template written{std::string(text), {}, span};
  for (size_t i = 0; i < text.size(); ++i) {
    const uint32_t begin = span.begin + static_cast<uint32_t>(i);
    written.places.push_back({begin, begin + 1});
  }
  return written;
}

// The text of an option, without what is escaped in its quotes.
absl::StatusOr<Template> TemplateOf(const ast::ArgumentOption& option, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.OptionText(option));
  const Span span = option.value->span;
  const auto* name = std::get_if<ast::Name>(&option.value->value);
  if (name == nullptr || !name->quoted) return TemplateAt(text, span);
  Template written{text, {}, span};
  // What a backslash takes its meaning from is two bytes of the search.
  const std::string_view quoted = binder.TextOf(name->span);
  for (size_t i = 1; i + 1 < quoted.size();) {
    const bool escaped = quoted[i] == '\\' && i + 2 < quoted.size() &&
                         (quoted[i + 1] == '\\' || quoted[i + 1] == '"');
    const uint32_t begin = name->span.begin + static_cast<uint32_t>(i);
    const uint32_t size = escaped ? 2 : 1;
    written.places.push_back({begin, begin + size});
    i += size;
  }
  if (written.places.size() != text.size()) written.places.clear();
  return written;
}

// Cuts the search at its $field$s; `$$` is a dollar sign.
absl::Status Cut(const Template& search, plan::Binder& binder, MapNode* node) {
  const std::string_view text = search.text;
  const Span span = search.span;
  node->place = span;
  node->texts.emplace_back();
  bool begins = true;
  const auto add = [&](char c, size_t at) {
    node->texts.back() += c;
    if (search.places.empty()) return;
    const Span place = search.places[at];
    const bool one = place.size() == 1;
    const bool goes_on =
        one && !begins && !node->copies.back().empty() && node->copies.back().end == place.begin;
    if (!goes_on) node->copies.push_back({place.begin, place.begin});
    if (one) ++node->copies.back().end;
    begins = false;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      add(text[i], i);
      continue;
    }
    const size_t end = text.find('$', i + 1);
    if (end == i + 1) {
      add('$', end);
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
    if (!search.places.empty())
      node->tokens.push_back({search.places[i].begin, search.places[end].end});
    node->texts.emplace_back();
    begins = true;
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

absl::StatusOr<plan::NodePtr> BindMap(const ast::CommandCall& call, plan::Binder& binder) {
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
      const Span inside = TextInBrackets(*bracket);
      SPELK_RETURN_IF_ERROR(Cut(TemplateAt(binder.TextOf(inside), inside), binder, node.get()));
      continue;
    }
    if (const auto* name = std::get_if<ast::Name>(&argument.value);
        name != nullptr && search == nullptr && node->texts.empty()) {
      SPELK_ASSIGN_OR_RETURN(std::string text, SavedSearch(*name, binder));
      SPELK_RETURN_IF_ERROR(Cut({std::move(text), {}, argument.span}, binder, node.get()));
      continue;
    }
    return binder.Unexpected(argument, {"one search is run: map search=\"search user=$user$\""});
  }
  if (search != nullptr) {
    SPELK_ASSIGN_OR_RETURN(const Template text, TemplateOf(*search, binder));
    SPELK_RETURN_IF_ERROR(Cut(text, binder, node.get()));
  }
  if (node->texts.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "a search is missing",
                        {"usage: map search=\"search user=$user$\" [maxsearches=<int>]"});
  }
  return node;
}

exec::OperatorPtr BuildMap(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Map>(plan::As<MapNode>(node), run);
}

constexpr Argument kMapArguments[] = {
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
constexpr std::string_view kMapNotes[] = {
    "a value that is not a plain word is put in quotes, so that data cannot become commands",
    "each row costs a pass over the inputs",
    "what is wrong with the search whatever the rows hold is told before there are any"};
constexpr Example kMapExamples[] = {
    {.title = "What each user who failed did",
     .input = R"({"_time":1,"user":"ana","act":"fail"} {"_time":2,"user":"bo","act":"read"})"
              R"( {"_time":3,"user":"ana","act":"write"})",
     .query = R"(search act=fail | map search="search user=$user$ | table user act")",
     .output = R"({"user":"ana","act":"fail"} {"user":"ana","act":"write"})"}};
constexpr plan::NodeEntry kMapNodes[] = {{&plan::TypeOf<MapNode>, &BuildMap}};

}  // namespace

extern constexpr CommandEntry kMap = {
    .name = "map",
    .signature = "map search=\"<search>\" | [<search>] | <saved search> [maxsearches=<int>]",
    .summary = "Runs a search for each row.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kMapArguments,
    .notes = kMapNotes,
    .examples = kMapExamples,
    .nodes = kMapNodes,
    .bind = &BindMap,
};

}  // namespace spelk::commands
