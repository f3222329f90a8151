// rex: takes fields out of text by the named groups of a regular expression, or edits text as sed
// does.
#include <fmt/format.h>

#include <algorithm>

#include "commands/entry.h"
#include "exec/column_map.h"
#include "value/multivalue.h"
#include "value/number.h"
#include "value/regex.h"
#include "value/sed.h"

namespace spelk::commands {
namespace {

struct RexNode final : plan::Node {
  static constexpr std::string_view kName = "rex";
  Field field;
  std::string pattern;  // A regular expression, or a sed script.
  bool sed = false;
  std::vector<Field> targets;  // One for each named group, in the order of the groups.
  uint64_t max_match = 1;      // 0 is all.
  Field offset_field;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    // A target keeps its value where nothing matches, so it is read as well.
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet();
    const auto makes = [this, &flow](Field made) {
      flow.reads.Add(made);
      flow.writes.Add(made);
      flow.sources.push_back({made, plan::FieldSet::Of({field, made})});
      if (std::find(flow.makes.begin(), flow.makes.end(), made) == flow.makes.end()) {
        flow.makes.push_back(made);
      }
    };
    for (const Field target : targets) makes(target);
    if (offset_field) makes(offset_field);
    if (sed) makes(field);
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("pattern", pattern);
    visit("sed", sed);
    visit("targets", targets);
    visit("max_match", max_match);
    visit.MayBeNull("offset_field", offset_field);
  }
};

// ---------------------------------------------------------------- extraction

// The text of a value, in memory that lives as long as the batch.
std::string_view LastingText(const Value& value, Arena& arena) {
  if (value.is_text()) return value.text();
  char buffer[kNumberText];
  return arena.Copy(TextOf(value, buffer));
}

// Values found in one row for one target, with their memory accounted for.
class FoundGroup {
 public:
  explicit FoundGroup(MemoryBudget* budget) : reservation_(budget) {}
  absl::Status Add(std::string_view text) {
    if (values_.size() == values_.capacity()) {
      const size_t bytes = 4 * (values_.size() + 16) * sizeof(Value);
      if (bytes > reservation_.bytes() && !reservation_.Resize(bytes)) {
        return reservation_.budget()->Exhausted("rex", bytes);
      }
    }
    values_.push_back(Value::Text(text));
    return absl::OkStatus();
  }
  void Clear() { values_.clear(); }
  bool empty() const { return values_.empty(); }
  // All of them, in the arena. Null when that is exhausted.
  Value Take(Arena& arena) const { return MakeMulti(values_, arena); }

 private:
  std::vector<Value> values_;
  Reservation reservation_;
};

// Where groups lie: name=first-last, counted in characters from 0, joined by &.
class Offsets {
 public:
  explicit Offsets(MemoryBudget* budget) : reservation_(budget) {}
  void Clear() { text_.clear(); }
  void StartText() { byte_ = character_ = 0; }
  absl::Status Add(std::string_view text, std::string_view name, std::string_view group) {
    const auto begin = static_cast<size_t>(group.data() - text.data());
    const size_t first = CharacterAt(text, begin);
    const size_t behind = CharacterAt(text, begin + group.size());
    if (!text_.empty()) text_ += '&';
    text_ += fmt::format("{}={}-{}", name, first, static_cast<int64_t>(behind) - 1);
    const size_t bytes = 2 * text_.size();
    if (bytes > reservation_.bytes() && !reservation_.Resize(2 * bytes)) {
      return reservation_.budget()->Exhausted("rex", bytes);
    }
    return absl::OkStatus();
  }
  const std::string& text() const { return text_; }

 private:
  // Counts on from the last place asked for, so that many matches do not start over each time.
  size_t CharacterAt(std::string_view text, size_t byte) {
    const auto characters = [](std::string_view part) {
      return static_cast<size_t>(std::count_if(part.begin(), part.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      }));
    };
    if (byte >= byte_) {
      character_ += characters(text.substr(byte_, byte - byte_));
    } else {
      character_ -= characters(text.substr(byte, byte_ - byte));
    }
    byte_ = byte;
    return character_;
  }

  std::string text_;
  size_t byte_ = 0;
  size_t character_ = 0;
  Reservation reservation_;
};

struct RexState {
  explicit RexState(MemoryBudget* budget) : offsets(budget) {}
  std::unique_ptr<Regex> regex;
  std::unique_ptr<RegexMatcher> matcher;
  std::vector<FoundGroup> found;  // One for each setter.
  Offsets offsets;
  std::vector<exec::ColumnSetter> setters;  // Of the different targets, then of the offsets.
};

class Extract final : public exec::Streaming<RexState> {
 public:
  Extract(const RexNode& node, const exec::RunContext& run)
      : field_(node.field),
        pattern_(node.pattern),
        max_match_(node.max_match),
        offset_field_(node.offset_field),
        run_(run) {
    for (const Field target : node.targets) {
      const auto place = std::find(targets_.begin(), targets_.end(), target);
      places_.push_back(static_cast<size_t>(place - targets_.begin()));
      if (place == targets_.end()) targets_.push_back(target);
    }
  }

  absl::StatusOr<RexState> NewState() const override {
    RexState state(run_.budget);
    SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(pattern_));
    state.regex = std::make_unique<Regex>(std::move(regex));
    state.matcher = std::make_unique<RegexMatcher>(*state.regex);
    for (const Field target : targets_) {
      state.found.emplace_back(run_.budget);
      state.setters.emplace_back(target);
    }
    if (offset_field_) state.setters.emplace_back(offset_field_);
    return state;
  }

  absl::Status Process(Batch batch, RexState& state, exec::Output& out) const override {
    const Column* input = batch.Find(field_);
    if (input == nullptr) return out.Push(std::move(batch));
    const Column texts = *input;  // The field itself may be a target.
    std::vector<Value*> columns;
    for (const exec::ColumnSetter& setter : state.setters) {
      columns.push_back(exec::CopyColumn(batch, setter.field()));
      if (columns.back() == nullptr) return batch.arena().status("rex");
    }
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      SPELK_RETURN_IF_ERROR(MatchRow(texts.At(row), batch.arena(), state));
      for (size_t t = 0; t < targets_.size(); ++t) {
        if (!state.found[t].empty()) columns[t][row] = state.found[t].Take(batch.arena());
      }
      if (offset_field_ && !state.offsets.text().empty()) {
        columns.back()[row] = Value::Text(batch.arena().Copy(state.offsets.text()));
      }
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("rex"));
    for (size_t t = 0; t < columns.size(); ++t) {
      state.setters[t].Set(Column::Values({columns[t], batch.physical_rows()}), &batch);
    }
    return out.Push(std::move(batch));
  }

 private:
  absl::Status MatchRow(const Value& value, Arena& arena, RexState& state) const {
    for (FoundGroup& found : state.found) found.Clear();
    state.offsets.Clear();
    for (const Value& each : value.each()) {
      state.offsets.StartText();
      SPELK_RETURN_IF_ERROR(MatchText(LastingText(each, arena), state));
    }
    return absl::OkStatus();
  }

  absl::Status MatchText(std::string_view text, RexState& state) const {
    uint64_t matches = 0;
    for (size_t start = 0; start <= text.size() && (max_match_ == 0 || matches < max_match_);) {
      const MatchResult result = state.matcher->Match(text, start);
      if (result == MatchResult::kLimit) {
        run_.evaluation.counters->regex_limits.fetch_add(1, std::memory_order_relaxed);
      }
      if (result != MatchResult::kYes) break;
      ++matches;
      SPELK_RETURN_IF_ERROR(TakeGroups(text, state));
      start = state.matcher->NextStart(text);
    }
    return absl::OkStatus();
  }

  absl::Status TakeGroups(std::string_view text, RexState& state) const {
    const std::vector<Regex::Group>& groups = state.regex->groups();
    for (size_t g = 0; g < groups.size() && g < places_.size(); ++g) {
      const std::optional<std::string_view> group = state.matcher->Group(text, groups[g].index);
      if (!group) continue;
      SPELK_RETURN_IF_ERROR(state.found[places_[g]].Add(*group));
      if (offset_field_) SPELK_RETURN_IF_ERROR(state.offsets.Add(text, groups[g].name, *group));
    }
    return absl::OkStatus();
  }

  const Field field_;
  const std::string pattern_;
  const uint64_t max_match_;
  const Field offset_field_;
  const exec::RunContext& run_;
  std::vector<Field> targets_;  // Each once.
  std::vector<size_t> places_;  // Of each group, in targets_.
};

// ---------------------------------------------------------------- sed

struct SedState {
  std::unique_ptr<SedScript> script;
  std::unique_ptr<SedRunner> runner;
  std::string text;
  std::vector<exec::ColumnSetter> setters;
};

class Sed final : public exec::Streaming<SedState> {
 public:
  Sed(const RexNode& node, const exec::RunContext& run)
      : field_(node.field), script_(node.pattern), run_(run) {}

  absl::StatusOr<SedState> NewState() const override {
    SedState state;
    SPELK_ASSIGN_OR_RETURN(SedScript script, SedScript::Parse(script_));
    state.script = std::make_unique<SedScript>(std::move(script));
    state.runner = std::make_unique<SedRunner>(*state.script, run_.budget);
    state.setters.emplace_back(field_);
    return state;
  }

  absl::Status Process(Batch batch, SedState& state, exec::Output& out) const override {
    if (batch.Find(field_) == nullptr) return out.Push(std::move(batch));
    absl::Status status;
    const auto edit = [&](const Value& value) {
      return MapEach(value, batch.arena(),
                     [&](const Value& each) { return Edit(each, batch.arena(), state, &status); });
    };
    SPELK_RETURN_IF_ERROR(exec::MapColumn(field_, state.setters[0], "rex", edit, &batch));
    SPELK_RETURN_IF_ERROR(status);
    return out.Push(std::move(batch));
  }

 private:
  // What nothing matches stays as it is.
  Value Edit(const Value& value, Arena& arena, SedState& state, absl::Status* status) const {
    char buffer[kNumberText];
    uint64_t limits = 0;
    const absl::StatusOr<bool> changed =
        state.runner->Apply(TextOf(value, buffer), state.text, &limits);
    run_.evaluation.counters->regex_limits.fetch_add(limits, std::memory_order_relaxed);
    status->Update(changed.status());
    return changed.ok() && *changed ? Value::Text(arena.Copy(state.text)) : value;
  }

  const Field field_;
  const std::string script_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<const ast::Argument*> PatternArgument(const ast::CommandCall& call,
                                                     plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "a regular expression is missing",
                        {"usage: rex [field=<field>] \"<regex>\" | mode=sed \"<sed expression>\""});
  }
  if (arguments.size() > 1) {
    return binder.Error(ErrorCode::kBadArgument, arguments[1]->span,
                        fmt::format("unexpected {}", InQuotes(binder.TextOf(arguments[1]->span))),
                        {"it takes one regular expression; the field is named by field=…"});
  }
  if (!std::holds_alternative<ast::Name>(arguments[0]->value) || arguments[0]->alias) {
    return binder.Error(ErrorCode::kBadArgument, arguments[0]->span,
                        "the regular expression must be a quoted text");
  }
  return arguments[0];
}

absl::Status BindExtraction(const ast::Argument& argument, plan::Binder& binder, RexNode* node) {
  SPELK_RETURN_IF_ERROR(binder.CheckRegex(node->pattern, argument.span));
  SPELK_ASSIGN_OR_RETURN(const Regex regex, Regex::Compile(node->pattern));
  if (regex.groups().empty()) {
    return binder.Error(ErrorCode::kBadRegex, argument.span,
                        fmt::format("the regex '{}' does not extract anything. it should specify "
                                    "at least one named group. format: (?<name>...)",
                                    node->pattern));
  }
  for (const Regex::Group& group : regex.groups()) {
    node->targets.push_back(binder.Intern(group.name));
  }
  return absl::OkStatus();
}

absl::Status BindSed(const ast::CommandCall& call, const ast::Argument& argument,
                     plan::Binder& binder) {
  for (const std::string_view name : {"max_match", "offset_field"}) {
    if (const ast::ArgumentOption* option = binder.FindOption(call, name)) {
      return binder.Error(ErrorCode::kBadArgument, option->name.span,
                          fmt::format("{} has no meaning with mode=sed", name));
    }
  }
  const auto& text = std::get<ast::Name>(argument.value).text;
  const absl::StatusOr<SedScript> script = SedScript::Parse(text);
  if (script.ok()) return absl::OkStatus();
  return binder.Error(
      ErrorCode::kBadRegex, argument.span,
      fmt::format("failed to parse the sed expression '{}': {}", text, MessageOf(script.status())));
}

absl::StatusOr<plan::NodePtr> BindRex(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<RexNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string field, binder.Text(call, "field"));
  node->field = binder.Intern(field);
  SPELK_ASSIGN_OR_RETURN(const std::string mode, binder.Choice(call, "mode"));
  SPELK_ASSIGN_OR_RETURN(const int64_t max_match, binder.Integer(call, "max_match"));
  node->max_match = static_cast<uint64_t>(max_match);
  SPELK_ASSIGN_OR_RETURN(const std::string offset_field, binder.Text(call, "offset_field"));
  if (!offset_field.empty()) node->offset_field = binder.Intern(offset_field);
  SPELK_ASSIGN_OR_RETURN(const ast::Argument* argument, PatternArgument(call, binder));
  node->pattern = std::get<ast::Name>(argument->value).text;
  node->sed = mode == "sed";
  SPELK_RETURN_IF_ERROR(node->sed ? BindSed(call, *argument, binder)
                                  : BindExtraction(*argument, binder, node.get()));
  return node;
}

exec::OperatorPtr BuildRex(const plan::Node& node, const exec::RunContext& run) {
  const auto& rex = plan::As<RexNode>(node);
  if (rex.sed) return std::make_unique<Sed>(rex, run);
  return std::make_unique<Extract>(rex, run);
}

constexpr Argument kRexArguments[] = {
    {.name = "regex",
     .type = "regular expression, or sed expression",
     .fallback = "",
     .summary = "In quotes. Each named group (?<name>…) becomes a field."},
    {.name = "field",
     .type = "field",
     .fallback = "_raw",
     .summary = "What is looked at, or edited.",
     .is_option = true},
    {.name = "max_match",
     .type = "int",
     .fallback = "1",
     .summary = "How many matches are taken; 0 is all. Several give a multivalue.",
     .is_option = true},
    {.name = "offset_field",
     .type = "field",
     .fallback = "",
     .summary = "Gets where the groups lie: name=first-last, joined by &.",
     .is_option = true},
    {.name = "mode",
     .type = "one of sed",
     .fallback = "",
     .summary = "sed: s/regex/replacement/flags (g, or a number) and y/abc/xyz/.",
     .is_option = true}};
constexpr std::string_view kRexNotes[] = {
    "a match overwrites a field; without one, and for a group that took no part, it stays as it is",
    "of a multivalue each value is tried, with max_match for each of them"};
constexpr Example kRexExamples[] = {
    {.title = "A named group becomes a field",
     .input = R"({"m":"user=ana ok"} {"m":"nobody"})",
     .query = R"q(rex field=m "user=(?<user>\w+)")q",
     .output = R"({"m":"user=ana ok","user":"ana"} {"m":"nobody"})"},
    {.title = "All matches, as a multivalue",
     .input = R"({"m":"7 and 8"})",
     .query = R"q(rex field=m max_match=0 "(?<n>\d)" | table n)q",
     .output = R"({"n":["7","8"]})"},
    {.title = "Mask numbers",
     .input = R"({"card":"1234-5678"})",
     .query = R"q(rex field=card mode=sed "s/\d{4}-/XXXX-/g")q",
     .output = R"({"card":"XXXX-5678"})"},
};

constexpr plan::NodeEntry kRexNodes[] = {{&plan::TypeOf<RexNode>, &BuildRex}};

}  // namespace

extern constexpr CommandEntry kRex = {
    .name = "rex",
    .signature =
        "rex [field=<field>] \"<regex>\" [max_match=<int>] [offset_field=<field>]   or   "
        "rex [field=<field>] mode=sed \"<sed expression>\"",
    .summary = "Takes fields out of text by a regular expression, or edits text.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kRexArguments,
    .notes = kRexNotes,
    .examples = kRexExamples,
    .nodes = kRexNodes,
    .bind = &BindRex,
};

}  // namespace spelk::commands
