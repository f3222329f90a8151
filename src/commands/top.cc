// top: the most frequent values of fields, with their counts and shares.
#include "commands/top.h"

#include <fmt/format.h>

#include <algorithm>

#include "exec/aggregate/aggregation.h"
#include "exec/batch_builder.h"
#include "exec/row_sink.h"

namespace spelk::commands {
namespace {

using exec::Aggregation;

// ---------------------------------------------------------------- binding

absl::Status BindLimit(const ast::CommandCall& call, plan::Binder& binder,
                       std::vector<const ast::Argument*>* arguments, TopNode* node) {
  SPELK_ASSIGN_OR_RETURN(const int64_t limit, binder.Integer(call, "limit"));
  node->limit = static_cast<uint64_t>(limit);
  if (arguments->empty()) return absl::OkStatus();
  const ast::Argument& first = *arguments->front();
  const std::optional<uint64_t> number = plan::Binder::WholeNumber(first);
  if (!number) return absl::OkStatus();
  if (binder.FindOption(call, "limit") != nullptr) {
    return binder.Error(ErrorCode::kBadArgument, first.span, "the limit is given twice");
  }
  node->limit = *number;
  arguments->erase(arguments->begin());
  return absl::OkStatus();
}

absl::StatusOr<Field> OutputField(const ast::CommandCall& call, plan::Binder& binder,
                                  std::string_view show, std::string_view name,
                                  const TopNode& node) {
  SPELK_ASSIGN_OR_RETURN(const bool shown, binder.Flag(call, show));
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.Text(call, name));
  if (!shown) return Field();
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  const Span span = option != nullptr ? option->value->span : call.name.span;
  if (text.empty()) return binder.Error(ErrorCode::kBadOptionValue, span, "a field name is empty");
  const Field field = binder.Intern(text);
  const auto is_it = [&](Field other) { return other == field; };
  if (std::any_of(node.fields.begin(), node.fields.end(), is_it) ||
      std::any_of(node.by.begin(), node.by.end(), is_it) || field == node.count_field) {
    return binder.Error(ErrorCode::kBadArgument, span,
                        fmt::format("the output field '{}' has the name of another field", text),
                        {fmt::format("{}= gives it another name", name)});
  }
  return field;
}

absl::Status CheckFields(const ast::CommandCall& call, plan::Binder& binder, const TopNode& node) {
  if (node.fields.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "no fields were specified");
  }
  std::vector<Field> all = node.fields;
  all.insert(all.end(), node.by.begin(), node.by.end());
  for (size_t i = 1; i < all.size(); ++i) {
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(all.begin(), end, all[i]) != end) {
      return binder.Error(ErrorCode::kBadArgument, call.span,
                          fmt::format("the field '{}' is repeated", all[i].name()));
    }
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- running

// Makes the rows of the result, in order.
class TopRows {
 public:
  TopRows(const TopNode& node, const exec::RunContext& run, exec::Output& out)
      : node_(node),
        out_(out),
        rows_(std::make_shared<Schema>(Columns(node)), node.rarest ? "rare" : "top", run) {}

  static std::vector<Field> Columns(const TopNode& node) {
    std::vector<Field> fields = node.by;
    fields.insert(fields.end(), node.fields.begin(), node.fields.end());
    if (node.count_field) fields.push_back(node.count_field);
    if (node.percent_field) fields.push_back(node.percent_field);
    return fields;
  }

  // `values` are those of the BY fields and then of the fields.
  absl::Status Add(std::span<const Value> values, uint64_t count, uint64_t total) {
    std::vector<Value> row(values.begin(), values.end());
    if (node_.count_field) row.push_back(Value::Integer(static_cast<int64_t>(count)));
    // Six decimals, as Splunk prints them.
    const double percent = 100.0 * static_cast<double>(count) / static_cast<double>(total);
    const std::string text = fmt::format("{:.6f}", percent);
    if (node_.percent_field) row.push_back(Value::Text(text, JsonType::kNumber));
    SPELK_RETURN_IF_ERROR(rows_.Add(row));
    return rows_.full() ? Finish() : absl::OkStatus();
  }

  absl::Status Finish() {
    if (rows_.rows() == 0) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(Batch batch, rows_.Take());
    return out_.Push(std::move(batch));
  }

  std::string_view what() const { return node_.rarest ? "rare" : "top"; }

 private:
  const TopNode& node_;
  exec::Output& out_;
  exec::BatchBuilder rows_;
};

// How many rows each group of the BY fields has.
class Totals {
 public:
  explicit Totals(MemoryBudget* budget) : reservation_(budget) {}
  absl::Status Add(std::string_view key, uint64_t count, std::string_view what) {
    const auto found = totals_.find(key);
    if (found != totals_.end()) {
      found->second += count;
      return absl::OkStatus();
    }
    const size_t bytes = 2 * (key.size() + kEntry);
    if (!reservation_.Grow(bytes)) return reservation_.budget()->Exhausted(what, bytes);
    totals_.emplace(std::string(key), count);
    return absl::OkStatus();
  }
  uint64_t Of(std::string_view key) const { return totals_.find(key)->second; }

 private:
  static constexpr size_t kEntry = 48;
  Reservation reservation_;
  StringMap<uint64_t> totals_;
};

// Counts like stats, then ranks the counts within each group.
class TopSink final : public exec::StateSink<Aggregation> {
 public:
  TopSink(const TopNode& node, const exec::RunContext& run)
      : node_(node), run_(run), count_(node.count_field) {
    std::vector<Field> by = node.by;
    by.insert(by.end(), node.fields.begin(), node.fields.end());
    // A count that is not shown needs a name that no other column has.
    for (std::string name = "count"; !count_; name += '#') {
      const Field field = run.fields->Intern(name);
      if (std::find(by.begin(), by.end(), field) == by.end()) count_ = field;
    }
    plan::AggregateCall& count = calls_.emplace_back();
    count.function = "count";
    count.output = count_;
    if (node.partial_count) count.partials = {node.partial_count};
    plan_ = exec::AggregationPlan::Make(calls_, by, false, false, run, what(), {},
                                        {node.partial_version, plan::AggregateMode::kWhole});
  }

  absl::StatusOr<Aggregation> NewState() const override {
    SPELK_RETURN_IF_ERROR(plan_.status());
    return Aggregation::Make(**plan_);
  }
  absl::Status Update(Aggregation& state, Batch batch, exec::Position at) const override {
    return state.Update(batch, at);
  }
  absl::Status Finish(Aggregation state, exec::Output& out) const override;

 private:
  std::string_view what() const { return node_.rarest ? "rare" : "top"; }
  exec::SorterOptions Ranking() const;

  const TopNode& node_;
  const exec::RunContext& run_;
  Field count_;
  std::vector<plan::AggregateCall> calls_;
  absl::StatusOr<std::unique_ptr<const exec::AggregationPlan>> plan_;
};

// By group, then by count; of equal counts the last in the order of bytes comes first (top, the
// example with limit=1).
exec::SorterOptions TopSink::Ranking() const {
  exec::SorterOptions options;
  for (const Field field : node_.by) options.keys.push_back({field, plan::SortBy::kText, false});
  options.keys.push_back({count_, plan::SortBy::kNumber, !node_.rarest});
  for (const Field field : node_.fields) {
    options.keys.push_back({field, plan::SortBy::kText, true});
  }
  options.what = what();
  return options;
}

// The group of the BY fields that a row of counts belongs to.
std::string GroupOf(const Batch& batch, uint32_t row, const std::vector<Field>& by) {
  std::string key;
  for (const Field field : by) {
    exec::AppendKeyPart(TextOf(batch.Find(field)->At(batch.physical(row))), key);
  }
  return key;
}

// Goes through the ranked counts group by group and shows as many as the limit allows.
class Selection {
 public:
  Selection(const TopNode& node, const exec::RunContext& run, const Totals& totals,
            exec::Output& out)
      : node_(node),
        totals_(totals),
        run_(run),
        out_(out),
        rows_(node, run, out),
        limit_(node.rarest ? plan::kRareMaxResultRows : plan::kTopMaxResultRows),
        most_(plan::MostOf(run.services.limits, limit_)),
        by_values_(run.budget) {}

  absl::StatusOr<exec::Demand> Take(const Batch& batch, uint32_t row, uint64_t count) {
    if (std::string key = GroupOf(batch, row, node_.by); key != group_) {
      SPELK_RETURN_IF_ERROR(EndGroup());
      SPELK_RETURN_IF_ERROR(StartGroup(std::move(key), batch, row));
    }
    if (node_.limit != 0 && shown_ == node_.limit) return exec::Demand::kMore;
    if (all_ == most_) {
      cut_ = true;
      return exec::Demand::kEnough;
    }
    values_.resize(node_.by.size());
    for (const Field field : node_.fields) {
      values_.push_back(batch.Find(field)->At(batch.physical(row)));
    }
    SPELK_RETURN_IF_ERROR(rows_.Add(values_, count, total_));
    ++shown_;
    ++all_;
    shown_count_ += count;
    return out_.enough() ? exec::Demand::kEnough : exec::Demand::kMore;
  }
  absl::Status Finish() {
    if (cut_) {
      run_.warnings->Add(
          ErrorCode::kTruncated,
          fmt::format("{}: kept the first {} rows{}", rows_.what(), most_, plan::CutBy(limit_)));
    } else {
      SPELK_RETURN_IF_ERROR(EndGroup());
    }
    return rows_.Finish();
  }

 private:
  absl::Status StartGroup(std::string key, const Batch& batch, uint32_t row) {
    total_ = totals_.Of(key);
    group_ = std::move(key);
    shown_ = 0;
    shown_count_ = 0;
    by_values_.Reset();
    values_.clear();
    for (const Field field : node_.by) {
      values_.push_back(CopyValue(batch.Find(field)->At(batch.physical(row)), by_values_));
    }
    return by_values_.status(rows_.what());
  }
  // The row of all that the limit left out.
  absl::Status EndGroup() {
    if (!node_.use_other || !group_ || shown_count_ == total_) return absl::OkStatus();
    values_.resize(node_.by.size());
    values_.resize(node_.by.size() + node_.fields.size(), Value::Text(node_.other));
    return rows_.Add(values_, total_ - shown_count_, total_);
  }

  const TopNode& node_;
  const Totals& totals_;
  const exec::RunContext& run_;
  exec::Output& out_;
  TopRows rows_;
  const plan::Limit& limit_;
  const uint64_t most_;  // Of all groups together.
  uint64_t all_ = 0;
  bool cut_ = false;
  std::optional<std::string> group_;
  uint64_t total_ = 0;
  uint64_t shown_ = 0;
  uint64_t shown_count_ = 0;
  Arena by_values_;
  std::vector<Value> values_;  // Of the BY fields, which the group's rows share, and the fields.
};

absl::Status TopSink::Finish(Aggregation state, exec::Output& out) const {
  const auto count_of = [&](const Batch& batch, uint32_t row) {
    return static_cast<uint64_t>(batch.Find(count_)->At(batch.physical(row)).integer());
  };
  Totals totals(run_.budget);
  exec::Sorter sorter(Ranking(), run_);
  uint64_t batches = 0;
  const auto rank = [&](Batch rows) -> absl::Status {
    for (uint32_t r = 0; r < rows.size(); ++r) {
      SPELK_RETURN_IF_ERROR(totals.Add(GroupOf(rows, r, node_.by), count_of(rows, r), what()));
    }
    return sorter.Add(std::move(rows), exec::Position{batches++, 0});
  };
  SPELK_RETURN_IF_ERROR(state.EmitRows(rank));
  Selection selection(node_, run_, totals, out);
  const auto take = [&](const Batch& batch, uint32_t row, const plan::RowRank&) {
    return selection.Take(batch, row, count_of(batch, row));
  };
  SPELK_RETURN_IF_ERROR(sorter.ForEach(take));
  return selection.Finish();
}

constexpr Example kTopExamples[] = {
    {.title = "Values with their counts and shares",
     .input = R"({"user":"ana"} {"user":"bo"} {"user":"ana"} {"user":"cy"})",
     .query = "top limit=1 user",
     .output = R"({"user":"ana","count":2,"percent":50.000000})"},
    {.title = "What the limit left out",
     .input = R"({"user":"ana"} {"user":"bo"} {"user":"ana"} {"user":"cy"})",
     .query = "top 1 user showperc=f useother=t",
     .output = R"({"user":"ana","count":2} {"user":"OTHER","count":2})"},
};
constexpr std::string_view kTopNotes[] = {
    "the share is that of the rows which have all the fields, in the row's group",
    "of equal counts the value that is last in the order of bytes comes first",
    "a row that lacks a field does not count; each value of a multivalue does"};

absl::StatusOr<plan::NodePtr> BindTopCommand(const ast::CommandCall& call, plan::Binder& binder) {
  return BindTop(call, binder, false);
}

}  // namespace

plan::Dataflow TopNode::GetDataflow() const {
  plan::Dataflow flow;
  flow.reads = plan::FieldSet::Of(fields);
  for (const Field field : by) flow.reads.Add(field);
  for (const Field field : {partial_version, partial_count}) {
    if (field) flow.reads.Add(field);
  }
  flow.passes = false;
  flow.columns = TopRows::Columns(*this);
  flow.order = Order::kIgnores;
  flow.runs = Runs::kSink;
  flow.ignores_without = plan::EachOf(fields);
  for (const Field field : by) flow.ignores_without.push_back(plan::FieldSet::Of({field}));
  return flow;
}

namespace {

// How often each combination came, of which limits and shares follow.
plan::NodePtr PartialCounts(const TopNode& top, plan::Binder& binder) {
  auto node = plan::Make<plan::AggregateNode>(top.span);
  node->mode = plan::AggregateMode::kPartial;
  node->partial_version = top.partial_version;
  node->by = top.by;
  node->by.insert(node->by.end(), top.fields.begin(), top.fields.end());
  plan::AggregateCall& count = node->aggregates.emplace_back();
  count.function = "count";
  count.output = binder.Intern("count");
  count.partials = {top.partial_count};
  return node;
}

}  // namespace

absl::StatusOr<plan::NodePtr> BindTop(const ast::CommandCall& call, plan::Binder& binder,
                                      bool rarest, plan::AggregateMode mode) {
  auto node = plan::Make<TopNode>(call.span);
  node->rarest = rarest;
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  std::vector<const ast::Argument*> arguments = binder.Positional(call);
  SPELK_RETURN_IF_ERROR(BindLimit(call, binder, &arguments, node.get()));
  SPELK_ASSIGN_OR_RETURN(node->fields, binder.FieldNames(arguments));
  SPELK_ASSIGN_OR_RETURN(node->by, binder.By(call));
  SPELK_RETURN_IF_ERROR(CheckFields(call, binder, *node));
  SPELK_ASSIGN_OR_RETURN(node->count_field,
                         OutputField(call, binder, "showcount", "countfield", *node));
  SPELK_ASSIGN_OR_RETURN(node->percent_field,
                         OutputField(call, binder, "showperc", "percentfield", *node));
  SPELK_ASSIGN_OR_RETURN(node->use_other, binder.Flag(call, "useother"));
  SPELK_ASSIGN_OR_RETURN(node->other, binder.Text(call, "otherstr"));
  node->partial_version = binder.Intern(plan::kPartialVersion);
  node->partial_count = binder.Intern(plan::PartialName("ct", ""));
  if (mode == plan::AggregateMode::kPartial) return PartialCounts(*node, binder);
  return node;
}

exec::OperatorPtr BuildTop(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<TopSink>(plan::As<TopNode>(node), run);
}

constexpr plan::NodeEntry kTopNodes[] = {{&plan::TypeOf<TopNode>, &BuildTop}};

extern constexpr CommandEntry kTop = {
    .name = "top",
    .signature =
        "top [<N>] [limit=<int>] [countfield=<field>] [percentfield=<field>] "
        "[showcount=<bool>] [showperc=<bool>] [useother=<bool>] [otherstr=<text>] "
        "<field>… [BY <field>…]",
    .summary = "Shows the most frequent values of fields, with their counts and shares.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kClauseBy},
    .arguments = kTopArguments,
    .notes = kTopNotes,
    .examples = kTopExamples,
    .nodes = kTopNodes,
    .bind = &BindTopCommand,
};

}  // namespace spelk::commands
