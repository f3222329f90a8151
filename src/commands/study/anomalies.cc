// anomalies: how unexpected the text of a row is after those before it.
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "base/bytes.h"
#include "commands/entry.h"
#include "exec/column_setter.h"
#include "plan/bind/lookups.h"
#include "plan/table.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

struct AnomaliesNode final : plan::Node {
  static constexpr std::string_view kName = "anomalies";
  double threshold = 0.01;
  bool label_only = false;
  bool normalize = true;
  uint64_t window = 100;
  Field field;
  std::string expected;  // A table of events that are; empty: none.
  double expected_threshold = 0.05;
  std::vector<Field> by;
  Field score;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.results = false;
    flow.reads = plan::FieldSet::Of(by);
    flow.reads.Add(field);
    flow.writes = plan::FieldSet::Of({score});
    flow.makes = {score};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("threshold", threshold);
    visit("labelonly", label_only);
    visit("normalize", normalize);
    visit("maxvalues", window);
    visit("field", field);
    visit("denylist", expected);
    visit("denylistthreshold", expected_threshold);
    visit("by", by);
    visit("score", score);
  }
};

using TermTexts = std::vector<std::string>;

// The different terms of a text, sorted: runs of letters, digits and _, and every other character
// that is no blank. Normalized, all digits are alike.
TermTexts TermsOf(std::string text, bool normalize) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
  };
  TermTexts terms;
  for (size_t begin = 0; begin < text.size();) {
    if (static_cast<unsigned char>(text[begin]) <= ' ') {
      ++begin;
      continue;
    }
    size_t end = begin + 1;
    while (is_word(text[begin]) && end < text.size() && is_word(text[end])) ++end;
    for (size_t i = begin; normalize && i < end; ++i) {
      if (text[i] >= '0' && text[i] <= '9') text[i] = '0';
    }
    terms.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

// s(): how many characters it takes to write each different term once. The more uniform texts are,
// the less is new in each.
size_t SizeOf(const TermTexts& terms) {
  size_t size = 0;
  for (const std::string& term : terms) size += term.size();
  return size;
}

// [s(P and X) - s(P)] / [s(P) + s(X)].
double ScoreOf(size_t added, size_t before, size_t own) {
  return own == 0 ? 0 : static_cast<double>(added) / static_cast<double>(before + own);
}

constexpr size_t kTermBytes = 96;  // Of a term in a hash table, beside its characters.

// The last texts of one group, of which scores are computed.
class Previous {
 public:
  // The score of the text after them; then it is one of them.
  double Add(const TermTexts& terms, uint64_t most, size_t* bytes) {
    size_t added = 0;
    for (const std::string& term : terms) added += counts_.contains(term) ? 0 : term.size();
    const double score = ScoreOf(added, size_, SizeOf(terms));
    std::vector<const std::string*> kept;
    kept.reserve(terms.size());
    for (const std::string& term : terms) {
      const auto [place, is_new] = counts_.try_emplace(term, 0);
      if (is_new) {
        size_ += term.size();
        *bytes += kTermBytes + term.size();
      }
      ++place->second;
      kept.push_back(&place->first);
    }
    *bytes += kept.size() * sizeof(kept[0]) + kTermBytes;
    texts_.push_back(std::move(kept));
    if (texts_.size() > most) Forget(bytes);
    return score;
  }

 private:
  void Forget(size_t* bytes) {
    const std::vector<const std::string*>& oldest = texts_.front();
    *bytes -= oldest.size() * sizeof(oldest[0]) + kTermBytes;
    for (const std::string* term : oldest) {
      const auto place = counts_.find(*term);
      if (--place->second > 0) continue;
      size_ -= term->size();
      *bytes -= kTermBytes + term->size();
      counts_.erase(place);
    }
    texts_.pop_front();
  }

  // Texts point to the terms in it.
  absl::node_hash_map<std::string, uint32_t> counts_;
  std::deque<std::vector<const std::string*>> texts_;
  size_t size_ = 0;
};

// Texts that are expected, found by their terms.
class Expected {
 public:
  void Add(const TermTexts& terms) {
    for (const std::string& term : terms) by_term_[term].push_back(sizes_.size());
    sizes_.push_back(SizeOf(terms));
  }

  // Whether a text that shares a term with one of them adds no more than this to it. Without a term
  // in common any short text would be like a long one.
  bool Holds(const TermTexts& terms, double threshold) const {
    if (sizes_.empty()) return false;
    const size_t own = SizeOf(terms);
    absl::flat_hash_map<size_t, size_t> common;
    for (const std::string& term : terms) {
      const auto found = by_term_.find(term);
      if (found == by_term_.end()) continue;
      for (const size_t text : found->second) common[text] += term.size();
    }
    return std::any_of(common.begin(), common.end(), [&](const auto& each) {
      return ScoreOf(own - each.second, sizes_[each.first], own) <= threshold;
    });
  }

 private:
  absl::flat_hash_map<std::string, std::vector<size_t>> by_term_;
  std::vector<size_t> sizes_;
};

struct AnomaliesState {
  AnomaliesState(MemoryBudget* budget, Field score) : setter(score), reservation(budget) {}
  exec::ColumnSetter setter;
  Expected expected;
  absl::flat_hash_map<std::string, std::unique_ptr<Previous>> groups;
  size_t bytes = 0;
  Reservation reservation;
};

class Anomalies final : public exec::Sequential<AnomaliesState> {
 public:
  Anomalies(const AnomaliesNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<AnomaliesState> NewState() const override {
    run_.warnings->Add(ErrorCode::kDiffers,
                       "anomalies: Splunk's measure of how alike events are is not published, so "
                       "scores may differ: `spelk help anomalies` tells what stands for it here");
    AnomaliesState state(run_.budget, node_.score);
    if (!node_.expected.empty()) SPELK_RETURN_IF_ERROR(ReadExpected(&state));
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, AnomaliesState& state,
                                       exec::Output& out) const override {
    const Column texts = ColumnOf(batch, node_.field);
    std::vector<Column> groups;
    for (const Field field : node_.by) groups.push_back(ColumnOf(batch, field));
    auto* scores = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("anomalies"));
    std::vector<uint32_t> kept;
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const std::optional<double> score = Score(texts.At(row), groups, row, state);
      scores[row] = score ? NumberValue(*score) : Value::Null();
      if (node_.label_only || (score && *score > node_.threshold)) {
        kept.push_back(static_cast<uint32_t>(row));
      }
      SPELK_RETURN_IF_ERROR(Reserve(state));
    }
    if (kept.empty()) return exec::Demand::kMore;
    state.setter.Set(Column::Values({scores, batch.physical_rows()}), &batch);
    batch.Select(std::move(kept));
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

 private:
  static Column ColumnOf(const Batch& batch, Field field) {
    const Column* column = batch.Find(field);
    return column == nullptr ? Column::Null(batch.physical_rows()) : *column;
  }

  // None for a row without a text, or without a group.
  std::optional<double> Score(const Value& value, const std::vector<Column>& groups, size_t row,
                              AnomaliesState& state) const {
    if (value.is_null()) return std::nullopt;
    std::string key;
    ByteWriter writer(key);
    for (const Column& group : groups) {
      const Value& by = group.At(row);
      if (by.is_null()) return std::nullopt;
      writer.Text(TextOf(by));
    }
    const auto [place, added] = state.groups.try_emplace(key);
    if (added) {
      place->second = std::make_unique<Previous>();
      state.bytes += 256 + key.size();
    }
    const TermTexts terms = TermsOf(TextOf(value), node_.normalize);
    if (state.expected.Holds(terms, node_.expected_threshold)) return 0;
    return place->second->Add(terms, node_.window, &state.bytes);
  }

  absl::Status ReadExpected(AnomaliesState* state) const {
    plan::Tables& tables = *run_.services.tables;
    SPELK_ASSIGN_OR_RETURN(const plan::LookupPtr lookup, tables.FindFile(node_.expected));
    if (lookup == nullptr) {
      return absl::NotFoundError("the file '" + node_.expected + "' of anomalies is not there");
    }
    SPELK_ASSIGN_OR_RETURN(const plan::TablePtr table, tables.Rows(*lookup));
    const std::optional<size_t> column = table->Find(node_.field.name());
    if (!column) {
      return absl::FailedPreconditionError("anomalies: the file '" + node_.expected +
                                           "' has no column '" + std::string(node_.field.name()) +
                                           "', which is the field that is looked at");
    }
    for (size_t r = 0; r < table->rows(); ++r) {
      const Value& value = table->At(*column, r);
      if (value.is_null()) continue;
      const TermTexts terms = TermsOf(TextOf(value), node_.normalize);
      state->bytes += SizeOf(terms) + terms.size() * kTermBytes;
      SPELK_RETURN_IF_ERROR(Reserve(*state));
      state->expected.Add(terms);
    }
    return absl::OkStatus();
  }

  absl::Status Reserve(AnomaliesState& state) const {
    if (state.bytes <= state.reservation.bytes() || state.reservation.Resize(2 * state.bytes)) {
      return absl::OkStatus();
    }
    return run_.budget->Exhausted("anomalies", 2 * state.bytes);
  }

  const AnomaliesNode& node_;
  const exec::RunContext& run_;
};

// Splunk had other names for the denylist before.
absl::StatusOr<const ast::ArgumentOption*> EitherOption(const ast::CommandCall& call,
                                                        std::string_view name,
                                                        std::string_view former,
                                                        plan::Binder& binder) {
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  const ast::ArgumentOption* other = binder.FindOption(call, former);
  if (option != nullptr && other != nullptr) {
    return binder.Error(ErrorCode::kRepeatedOption, other->name.span,
                        "it is the former name of \"" + std::string(name) + "\", given as well");
  }
  return option != nullptr ? option : other;
}

absl::Status BindExpected(const ast::CommandCall& call, plan::Binder& binder, AnomaliesNode* node) {
  SPELK_ASSIGN_OR_RETURN(const ast::ArgumentOption* file,
                         EitherOption(call, "denylist", "blacklist", binder));
  if (file != nullptr) {
    SPELK_ASSIGN_OR_RETURN(node->expected, binder.OptionText(*file));
    SPELK_RETURN_IF_ERROR(plan::BindCsvFile(node->expected, file->value->span, binder).status());
  }
  SPELK_RETURN_IF_ERROR(
      EitherOption(call, "denylistthreshold", "blacklistthreshold", binder).status());
  for (const std::string_view name : {"denylistthreshold", "blacklistthreshold"}) {
    SPELK_ASSIGN_OR_RETURN(const std::optional<double> threshold, binder.Decimal(call, name));
    if (binder.FindOption(call, name) != nullptr && threshold)
      node->expected_threshold = *threshold;
  }
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> BindAnomalies(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<AnomaliesNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> threshold, binder.Decimal(call, "threshold"));
  node->threshold = threshold.value_or(0.01);
  SPELK_ASSIGN_OR_RETURN(node->label_only, binder.Flag(call, "labelonly"));
  SPELK_ASSIGN_OR_RETURN(node->normalize, binder.Flag(call, "normalize"));
  SPELK_ASSIGN_OR_RETURN(const int64_t window, binder.Integer(call, "maxvalues", 10, 10'000));
  node->window = static_cast<uint64_t>(window);
  SPELK_ASSIGN_OR_RETURN(const std::string field, binder.Text(call, "field"));
  node->field = binder.Intern(field);
  SPELK_RETURN_IF_ERROR(BindExpected(call, binder, node.get()));
  SPELK_ASSIGN_OR_RETURN(node->by, binder.By(call));
  node->score = binder.Intern("unexpectedness");
  return node;
}

exec::OperatorPtr BuildAnomalies(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Anomalies>(plan::As<AnomaliesNode>(node), run);
}

constexpr Argument kAnomaliesArguments[] = {
    {.name = "threshold",
     .type = "number",
     .fallback = "0.01",
     .summary = "Rows with a greater score are unexpected.",
     .is_option = true},
    {.name = "labelonly",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether all rows stay, instead of the unexpected ones.",
     .is_option = true},
    {.name = "normalize",
     .type = "bool",
     .fallback = "true",
     .summary = "Whether all digits count as the same one.",
     .is_option = true},
    {.name = "maxvalues",
     .type = "int, 10 to 10000",
     .fallback = "100",
     .summary = "With how many rows before it a row is compared.",
     .is_option = true},
    {.name = "field",
     .type = "field",
     .fallback = "_raw",
     .summary = "Whose texts are compared.",
     .is_option = true},
    {.name = "denylist",
     .type = "file",
     .fallback = "",
     .summary = "A CSV file of texts that are expected, in a column of the field's name: what is "
                "like one of them has the score 0, and no other row is compared with it.",
     .is_option = true},
    {.name = "denylistthreshold",
     .type = "number",
     .fallback = "0.05",
     .summary =
         "What is like one of them: a text X that has a term of the expected text P, and for which "
         "[s(P and X) - s(P)] / [s(P) + s(X)] is at most this.",
     .is_option = true},
    {.name = "blacklist",
     .type = "file",
     .fallback = "",
     .summary = "The former name of denylist.",
     .is_option = true},
    {.name = "blacklistthreshold",
     .type = "number",
     .fallback = "",
     .summary = "The former name of denylistthreshold.",
     .is_option = true},
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "Rows are compared with those that have the same values."}};
constexpr std::string_view kAnomaliesNotes[] = {
    "unexpectedness is [s(P and X) - s(P)] / [s(P) + s(X)], for a text X after the texts P",
    "Splunk does not publish s: here it is the number of characters that the different terms have "
    "together; a term is a run of letters, digits and _, or another character that is no blank",
    "the first row is all unexpected (1); events come newest first unless they are sorted before",
    "a row without the field, or without one of the BY fields, has no score, and stays with "
    "labelonly=true alone"};
constexpr Example kAnomaliesExamples[] = {
    {.title = "The one message that is new",
     .input = R"({"m":"user 1 in"} {"m":"user 2 in"} {"m":"disk full"} {"m":"user 3 in"})",
     .query = "anomalies field=m labelonly=true | table m unexpectedness",
     .output = R"({"m":"user 1 in","unexpectedness":1} {"m":"user 2 in","unexpectedness":0} )"
               R"({"m":"disk full","unexpectedness":0.5333333333333333} )"
               R"({"m":"user 3 in","unexpectedness":0})"},
};

constexpr plan::NodeEntry kAnomaliesNodes[] = {{&plan::TypeOf<AnomaliesNode>, &BuildAnomalies}};

}  // namespace

extern constexpr CommandEntry kAnomalies = {
    .name = "anomalies",
    .signature =
        "anomalies [threshold=<number>] [labelonly=<bool>] [normalize=<bool>] "
        "[maxvalues=<int>] [field=<field>] [denylist=<file>] "
        "[denylistthreshold=<number>] [BY <field>…]",
    .summary = "Finds rows whose texts are unexpected after those before them.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kAnomaliesArguments,
    .notes = kAnomaliesNotes,
    .differs =
        "Splunk does not publish how it measures how alike events are, so scores may "
        "differ; `spelk help anomalies` tells how it is done here.",
    .examples = kAnomaliesExamples,
    .nodes = kAnomaliesNodes,
    .bind = &BindAnomalies,
};

}  // namespace spelk::commands
