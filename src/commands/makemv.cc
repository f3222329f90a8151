// makemv: splits the text of a field into a multivalue.
#include <memory>
#include <optional>

#include "base/status.h"
#include "commands/entry.h"
#include "exec/column_map.h"
#include "value/multivalue.h"
#include "value/number.h"
#include "value/regex.h"

namespace spelk::commands {
namespace {

struct MakeMvNode final : plan::Node {
  static constexpr std::string_view kName = "makemv";
  Field field;
  std::string delimiter;  // Unless there is a tokenizer.
  std::string tokenizer;
  bool keep_empty = false;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({field});
    flow.makes = {field};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("delimiter", delimiter);
    visit("tokenizer", tokenizer);
    visit("keep_empty", keep_empty);
  }
};

struct MakeMvState {
  exec::ColumnSetter setter;
  std::optional<RegexMatcher> matcher;
  std::vector<Value> pieces;
};

class MakeMv final : public exec::Streaming<MakeMvState> {
 public:
  MakeMv(const MakeMvNode& node, const exec::RunContext& run)
      : field_(node.field),
        delimiter_(node.delimiter),
        keep_empty_(node.keep_empty),
        regex_(node.tokenizer.empty() ? nullptr : Compile(node.tokenizer)),
        run_(run) {}

  absl::StatusOr<MakeMvState> NewState() const override {
    MakeMvState state{exec::ColumnSetter(field_), {}, {}};
    if (regex_ != nullptr) {
      SPELK_RETURN_IF_ERROR(regex_->status());
      state.matcher.emplace(**regex_);
    }
    return state;
  }

  absl::Status Process(Batch batch, MakeMvState& state, exec::Output& out) const override {
    const Column* column = batch.Find(field_);
    if (column == nullptr || column->is_null_constant()) return out.Push(std::move(batch));
    const auto split = [&](const Value& value) { return Split(value, state, batch.arena()); };
    SPELK_RETURN_IF_ERROR(exec::MapColumn(field_, state.setter, "makemv", split, &batch));
    return out.Push(std::move(batch));
  }

 private:
  static std::unique_ptr<const absl::StatusOr<Regex>> Compile(const std::string& pattern) {
    return std::make_unique<const absl::StatusOr<Regex>>(Regex::Compile(pattern));
  }

  // A value in which nothing is found stays as it is, and so does one of which no piece is left.
  Value Split(const Value& value, MakeMvState& state, Arena& arena) const {
    state.pieces.clear();
    for (const Value& each : value.each()) {
      std::string_view text;
      if (each.is_text()) {
        text = each.text();
      } else {
        char buffer[kNumberText];
        text = arena.Copy(TextOf(each, buffer));
      }
      const size_t before = state.pieces.size();
      if (state.matcher) {
        Tokenize(text, state);
      } else {
        SplitAtDelimiter(text, state.pieces);
      }
      const bool whole = state.pieces.size() == before + 1 && state.pieces[before].text() == text;
      if (whole) state.pieces[before] = each;  // Keeps what it was: a number, a JSON literal.
    }
    return state.pieces.empty() ? value : MakeMulti(state.pieces, arena);
  }

  void Take(std::string_view piece, std::vector<Value>& pieces) const {
    if (!piece.empty() || keep_empty_) pieces.push_back(Value::Text(piece));
  }

  void SplitAtDelimiter(std::string_view text, std::vector<Value>& pieces) const {
    for (;;) {
      const size_t at = text.find(delimiter_);
      Take(text.substr(0, at), pieces);
      if (at == std::string_view::npos) return;
      text.remove_prefix(at + delimiter_.size());
    }
  }

  void Tokenize(std::string_view text, MakeMvState& state) const {
    for (size_t start = 0; start <= text.size(); start = state.matcher->NextStart(text)) {
      const MatchResult result = state.matcher->Match(text, start);
      if (result == MatchResult::kLimit) {
        run_.evaluation.counters->regex_limits.fetch_add(1, std::memory_order_relaxed);
      }
      if (result != MatchResult::kYes) return;
      if (const auto group = state.matcher->Group(text, 1)) Take(*group, state.pieces);
    }
  }

  const Field field_;
  const std::string delimiter_;
  const bool keep_empty_;
  const std::unique_ptr<const absl::StatusOr<Regex>> regex_;  // Null without a tokenizer.
  const exec::RunContext& run_;
};

absl::Status CheckTokenizer(const ast::ArgumentOption& option, const std::string& pattern,
                            plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.CheckRegex(pattern, option.value->span));
  const absl::StatusOr<Regex> regex = Regex::Compile(pattern);
  if (regex.ok() && regex->capture_count() > 0) return absl::OkStatus();
  return binder.Error(ErrorCode::kBadOptionValue, option.value->span,
                      "the tokenizer must have a capturing group",
                      {"the first group of each match is one value: tokenizer=\"([^,]+),?\""});
}

absl::StatusOr<plan::NodePtr> BindMakeMv(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<MakeMvNode>(call.span);
  const ast::ArgumentOption* tokenizer = binder.FindOption(call, "tokenizer");
  const ast::ArgumentOption* delimiter = binder.FindOption(call, "delim");
  if (tokenizer != nullptr && delimiter != nullptr) {
    return binder.Error(ErrorCode::kBadArgument, tokenizer->name.span,
                        "delim and tokenizer exclude each other");
  }
  SPELK_ASSIGN_OR_RETURN(node->delimiter, binder.Text(call, "delim"));
  SPELK_ASSIGN_OR_RETURN(node->tokenizer, binder.Text(call, "tokenizer"));
  SPELK_ASSIGN_OR_RETURN(node->keep_empty, binder.Flag(call, "allowempty"));
  SPELK_ASSIGN_OR_RETURN(const bool single_text, binder.Flag(call, "setsv"));
  if (tokenizer != nullptr) {
    SPELK_RETURN_IF_ERROR(CheckTokenizer(*tokenizer, node->tokenizer, binder));
    node->delimiter.clear();
  } else if (node->delimiter.empty()) {
    return binder.Error(ErrorCode::kBadOptionValue, delimiter->value->span, "the delim is empty");
  }
  SPELK_ASSIGN_OR_RETURN(node->field, binder.OneField(call));
  if (node->field.internal()) {
    return binder.Error(ErrorCode::kBadArgument, binder.Positional(call)[0]->span,
                        "it does not apply to internal fields, whose names begin with _",
                        {"copy the field first: eval text=_raw | makemv text"});
  }
  if (single_text && tokenizer == nullptr) binder.NoteDelimiter(node->field, node->delimiter);
  return node;
}

exec::OperatorPtr BuildMakeMv(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<MakeMv>(plan::As<MakeMvNode>(node), run);
}

constexpr Argument kMakeMvArguments[] = {
    {.name = "field", .type = "field", .fallback = "", .summary = "The field that is split."},
    {.name = "delim",
     .type = "text",
     .fallback = " ",
     .summary = "What stands between the values; one or more characters.",
     .is_option = true},
    {.name = "tokenizer",
     .type = "regex",
     .fallback = "",
     .summary = "Instead of delim: the first group of each match is one value.",
     .is_option = true},
    {.name = "allowempty",
     .type = "bool",
     .fallback = "f",
     .summary = "Empty texts between two delimiters are values too.",
     .is_option = true},
    {.name = "setsv",
     .type = "bool",
     .fallback = "f",
     .summary = "The field keeps the text beside the multivalue: nomv puts delim between the "
                "values.",
     .is_option = true}};
constexpr std::string_view kMakeMvNotes[] = {
    "a text without the delimiter, or in which the tokenizer finds nothing, stays as it is",
    "of a multivalue each value is split"};
constexpr Example kMakeMvExamples[] = {
    {.title = "Split at a comma; empty texts are dropped",
     .input = R"({"to":"ana,bo,,cy"})",
     .query = "makemv delim=\",\" to | table to",
     .output = R"({"to":["ana","bo","cy"]})"},
    {.title = "Keep empty texts",
     .input = R"({"to":"ana,,bo"})",
     .query = "makemv delim=\",\" allowempty=true to | eval n=mvcount(to) | table n",
     .output = R"({"n":3})"},
    {.title = "The first group of each match",
     .input = R"({"to":"<ana@x.org>; <bo@x.org>"})",
     .query = "makemv tokenizer=\"<([^>]+)>\" to | table to",
     .output = R"({"to":["ana@x.org","bo@x.org"]})"},
};

constexpr plan::NodeEntry kMakeMvNodes[] = {{&plan::TypeOf<MakeMvNode>, &BuildMakeMv}};

}  // namespace

extern constexpr CommandEntry kMakeMv = {
    .name = "makemv",
    .signature =
        "makemv [delim=<text> | tokenizer=<regex>] [allowempty=<bool>] [setsv=<bool>] <field>",
    .summary = "Splits the text of a field into a multivalue.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kMakeMvArguments,
    .notes = kMakeMvNotes,
    .examples = kMakeMvExamples,
    .nodes = kMakeMvNodes,
    .bind = &BindMakeMv,
};

}  // namespace spelk::commands
