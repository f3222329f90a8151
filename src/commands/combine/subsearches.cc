// Binding brackets, and appending the rows of other searches.
#include "commands/combine/subsearches.h"

#include <algorithm>

#include "base/status.h"
#include "exec/row_handover.h"

namespace spelk::commands {

absl::StatusOr<std::vector<plan::NodePtr>> BindSubsearches(const ast::CommandCall& call,
                                                           plan::Binder& binder, size_t least,
                                                           size_t most) {
  std::vector<plan::NodePtr> plans;
  absl::Status first_error;
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
    const auto* bracket = std::get_if<ast::ArgumentSubsearch>(&argument.value);
    if (bracket == nullptr || plans.size() == most) {
      return binder.Error(ErrorCode::kBadArgument, argument.span,
                          "unexpected \"" + std::string(binder.TextOf(argument.span)) + "\"",
                          {"searches stand in brackets: " + binder.command() + " [search …]"});
    }
    absl::StatusOr<plan::NodePtr> plan = binder.Subsearch(*bracket->pipeline);
    first_error.Update(plan.status());
    if (plan.ok()) plans.push_back(std::move(*plan));
  }
  SPELK_RETURN_IF_ERROR(first_error);
  if (plans.size() < least) {
    return binder.Error(
        ErrorCode::kMissingArgument, call.name.span,
        least == 1 ? "missing or invalid subsearch"
                   : "it needs at least " + std::to_string(least) + " subsearches",
        {"usage: " + binder.command() + (least == 1 ? " [search …]" : " [search …] [search …]")});
  }
  return plans;
}

absl::StatusOr<const ast::ArgumentSubsearch*> TheBracket(const ast::CommandCall& call,
                                                         plan::Binder& binder) {
  const ast::ArgumentSubsearch* found = nullptr;
  for (const ast::Argument& argument : call.arguments) {
    const auto* bracket = std::get_if<ast::ArgumentSubsearch>(&argument.value);
    if (bracket == nullptr) continue;
    if (found != nullptr) {
      return binder.Error(ErrorCode::kBadArgument, argument.span, "it takes one subsearch");
    }
    found = bracket;
  }
  if (found == nullptr) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "missing or invalid subsearch",
                        {"usage: " + binder.command() + " … [commands]"});
  }
  return found;
}

bool IsStreamOfEvents(const plan::Node& root) {
  for (const plan::Node* node : plan::ChainOf(root)) {
    if (!node->others.empty() || node->body != nullptr) return false;
    if (node->input == nullptr) {
      if (plan::TryAs<plan::ScanNode>(node) == nullptr) return false;
      continue;
    }
    if (node->GetDataflow().runs != Runs::kStreaming) return false;
  }
  return true;
}

std::optional<std::vector<Field>> ColumnsOf(const plan::Node& root) {
  return plan::ShapeOf(root).columns;
}

std::optional<std::vector<Field>> UnionOfColumns(const std::optional<std::vector<Field>>& columns,
                                                 const std::optional<std::vector<Field>>& more) {
  if (!columns || !more) return std::nullopt;
  std::vector<Field> all = *columns;
  for (const Field field : *more) {
    if (std::find(all.begin(), all.end(), field) == all.end()) all.push_back(field);
  }
  return all;
}

namespace {

std::optional<std::vector<Field>> WithOthers(std::optional<std::vector<Field>> columns,
                                             const std::vector<plan::NodePtr>& others) {
  for (const plan::NodePtr& other : others) columns = UnionOfColumns(columns, ColumnsOf(*other));
  return columns;
}

absl::Status EmitOthers(const std::vector<plan::NodePtr>& others, const exec::RunContext& run,
                        exec::Output& out) {
  for (const plan::NodePtr& other : others) {
    const std::unique_ptr<exec::Spool> rows = run.handover->Take(&other);
    if (rows != nullptr && !out.enough()) SPELK_RETURN_IF_ERROR(rows->Emit(out));
  }
  return absl::OkStatus();
}

struct AppendNode final : plan::Node {
  static constexpr std::string_view kName = "append";
  uint64_t most = 0;  // Rows of each search.
  bool by_limit = false;

  // A filter after it is for the appended rows, too. These have no place in the order of time:
  // where order matters, the rows before them are put in theirs first.
  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet(), .runs = Runs::kSequential};
  }
  bool DependsOnOrder(const plan::FieldSet&, bool ignored) const override { return !ignored; }
  uint64_t MostOtherRows() const override { return most; }
  std::string MostOtherRowsBy() const override { return MaxOutOrLimit(by_limit); }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return WithOthers(before, others);
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("most", most);
    visit.Unprinted("by_limit", by_limit);
  }
};

class Append final : public exec::Sequential<exec::NoState> {
 public:
  Append(const AppendNode& node, const exec::RunContext& run) : node_(node), run_(run) {}
  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }
  absl::StatusOr<exec::Demand> Process(Batch batch, exec::NoState&,
                                       exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return out.enough() ? exec::Demand::kEnough : exec::Demand::kMore;
  }
  absl::Status Finish(exec::NoState&, exec::Output& out) const override {
    return EmitOthers(node_.others, run_, out);
  }

 private:
  const AppendNode& node_;
  const exec::RunContext& run_;
};

exec::OperatorPtr BuildAppend(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Append>(plan::As<AppendNode>(node), run);
}

struct RowsOfSearchesNode final : plan::Node {
  static constexpr std::string_view kName = "rows-of-searches";
  uint64_t most = 0;  // Rows of each search.
  bool by_limit = false;

  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet(),
            .passes = false,
            .columns = WithOthers(std::vector<Field>(), others),
            .order = Order::kKeeps,
            .runs = Runs::kSource};
  }
  uint64_t MostOtherRows() const override { return most; }
  std::string MostOtherRowsBy() const override { return MaxOutOrLimit(by_limit); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("most", most);
    visit.Unprinted("by_limit", by_limit);
  }
};

class RowsOfSearches final : public exec::SourceOperator {
 public:
  RowsOfSearches(const RowsOfSearchesNode& node, const exec::RunContext& run)
      : node_(node), run_(run) {}
  absl::Status Produce(exec::Output& out) const override {
    return EmitOthers(node_.others, run_, out);
  }

 private:
  const RowsOfSearchesNode& node_;
  const exec::RunContext& run_;
};

exec::OperatorPtr BuildRowsOfSearches(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<RowsOfSearches>(plan::As<RowsOfSearchesNode>(node), run);
}

}  // namespace

const plan::NodeEntry kAppendNode = {&plan::TypeOf<AppendNode>, &BuildAppend};
const plan::NodeEntry kRowsOfSearchesNode = {&plan::TypeOf<RowsOfSearchesNode>,
                                             &BuildRowsOfSearches};

plan::NodePtr MakeAppend(Span span, std::vector<plan::NodePtr> others, plan::Binder::Most most) {
  auto node = plan::Make<AppendNode>(span);
  node->others = std::move(others);
  node->most = most.count;
  node->by_limit = most.by_limit;
  return node;
}

plan::NodePtr MakeRowsOfSearches(Span span, std::vector<plan::NodePtr> others,
                                 plan::Binder::Most most) {
  auto node = plan::Make<RowsOfSearchesNode>(span);
  node->others = std::move(others);
  node->most = most.count;
  node->by_limit = most.by_limit;
  return node;
}

}  // namespace spelk::commands
