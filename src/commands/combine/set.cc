// set: union, difference and intersection of the rows of two searches.
#include <algorithm>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "commands/combine/subsearches.h"
#include "exec/aggregate/group_keys.h"
#include "exec/row_table.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

enum class SetOperation : uint8_t { kUnion, kDiff, kIntersect };
constexpr size_t EnumSize(SetOperation) { return 3; }
std::string_view NameOf(SetOperation operation) {
  constexpr std::string_view kNames[] = {"union", "diff", "intersect"};
  return kNames[static_cast<size_t>(operation)];
}

struct SetNode final : plan::Node {
  static constexpr std::string_view kName = "set";
  SetOperation operation = SetOperation::kUnion;
  uint64_t most = 0;  // Rows of each search.

  plan::Dataflow GetDataflow() const override {
    return {.reads = plan::FieldSet(),
            .passes = false,
            .columns = UnionOfColumns(ColumnsOf(*others[0]), ColumnsOf(*others[1])),
            .order = Order::kKeeps,
            .runs = Runs::kSource};
  }
  uint64_t MostOtherRows() const override { return most; }
  std::string MostOtherRowsBy() const override {
    return "limit " + plan::NameOf(plan::kSubsearchMaxOut);
  }
  bool WellFormed(const plan::Registry&) const { return others.size() == 2; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("operation", operation);
    visit.Unprinted("most", most);
  }
};

// A row as one text: its fields by name, those that begin with _ left out.
class RowKeys {
 public:
  explicit RowKeys(const exec::RowTable& table) : table_(table), fields_(table.fields()) {
    std::erase_if(fields_, [](Field field) { return field.internal(); });
    std::sort(fields_.begin(), fields_.end(), [](Field a, Field b) { return a.name() < b.name(); });
  }
  std::string Of(size_t row) const {
    std::string key;
    char buffer[kNumberText];
    for (const Field field : fields_) {
      const Value value = table_.At(row, field);
      if (value.is_null()) continue;
      exec::AppendKeyPart(field.name(), key);
      ByteWriter(key).Varint(value.count());
      for (const Value& each : value.each()) exec::AppendKeyPart(TextOf(each, buffer), key);
    }
    return key;
  }

 private:
  const exec::RowTable& table_;
  std::vector<Field> fields_;
};

class Set final : public exec::SourceOperator {
 public:
  Set(const SetNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::Status Produce(exec::Output& out) const override {
    SPELK_ASSIGN_OR_RETURN(const exec::RowTablePtr a,
                           exec::TakeTable(&node_.others[0], run_, "set"));
    SPELK_ASSIGN_OR_RETURN(const exec::RowTablePtr b,
                           exec::TakeTable(&node_.others[1], run_, "set"));
    const Keys in_a(*a, run_);
    const Keys in_b(*b, run_);
    SPELK_RETURN_IF_ERROR(in_a.status());
    SPELK_RETURN_IF_ERROR(in_b.status());
    switch (node_.operation) {
      case SetOperation::kUnion:
        SPELK_RETURN_IF_ERROR(a->Push(in_a.Distinct(nullptr, false), run_, out));
        return b->Push(in_b.Distinct(&in_a, false), run_, out);
      case SetOperation::kDiff:
        SPELK_RETURN_IF_ERROR(a->Push(in_a.Distinct(&in_b, false), run_, out));
        return b->Push(in_b.Distinct(&in_a, false), run_, out);
      case SetOperation::kIntersect:
        return a->Push(in_a.Distinct(&in_b, true), run_, out);
    }
    return absl::OkStatus();
  }

 private:
  // The keys of a table, each with its first row.
  class Keys {
   public:
    Keys(const exec::RowTable& table, const exec::RunContext& run) : reservation_(run.budget) {
      const RowKeys keys(table);
      for (size_t row = 0; row < table.size(); ++row) {
        std::string key = keys.Of(row);
        const size_t bytes = 2 * (key.size() + sizeof(key) + sizeof(row));
        if (!reservation_.Grow(bytes)) {
          status_ = run.budget->Exhausted("set", bytes);
          return;
        }
        if (first_.try_emplace(std::move(key), row).second) rows_.push_back(row);
      }
    }
    const absl::Status& status() const { return status_; }
    // The first of equal rows, in order, that are (or are not) among the others.
    std::vector<size_t> Distinct(const Keys* others, bool wanted) const {
      if (others == nullptr) return rows_;
      std::vector<size_t> rows;
      for (const auto& [key, row] : first_) {
        if (others->first_.contains(key) == wanted) rows.push_back(row);
      }
      std::sort(rows.begin(), rows.end());
      return rows;
    }

   private:
    Reservation reservation_;
    absl::Status status_;
    absl::flat_hash_map<std::string, size_t> first_;
    std::vector<size_t> rows_;
  };

  const SetNode& node_;
  const exec::RunContext& run_;
};

std::optional<SetOperation> OperationOf(std::string_view word) {
  for (size_t i = 0; i < EnumSize(SetOperation()); ++i) {
    const auto operation = static_cast<SetOperation>(i);
    if (NameOf(operation) == word) return operation;
  }
  return std::nullopt;
}

absl::StatusOr<plan::NodePtr> BindSet(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<SetNode>(call.span);
  node->most = binder.MostOf(plan::kSubsearchMaxOut);
  const ast::Argument* word = nullptr;
  std::vector<plan::NodePtr> plans;
  for (const ast::Argument& argument : call.arguments) {
    if (const auto* bracket = std::get_if<ast::ArgumentSubsearch>(&argument.value)) {
      SPELK_ASSIGN_OR_RETURN(plan::NodePtr plan, binder.Subsearch(*bracket->pipeline));
      plans.push_back(std::move(plan));
      continue;
    }
    const auto* name = std::get_if<ast::Name>(&argument.value);
    if (name == nullptr || word != nullptr || !plans.empty()) {
      return binder.Error(ErrorCode::kBadArgument, argument.span,
                          "unexpected \"" + std::string(binder.TextOf(argument.span)) + "\"",
                          {"usage: set union|diff|intersect [search …] [search …]"});
    }
    word = &argument;
    const auto operation = OperationOf(name->text);
    if (!operation) {
      return binder.Error(ErrorCode::kBadArgument, argument.span,
                          "invalid operation \"" + name->text + "\"",
                          {"it takes union, diff or intersect"});
    }
    node->operation = *operation;
  }
  if (word == nullptr || plans.size() != 2) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "it needs an operation and two subsearches",
                        {"usage: set union|diff|intersect [search …] [search …]"});
  }
  node->others = std::move(plans);
  return node;
}

exec::OperatorPtr BuildSet(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Set>(plan::As<SetNode>(node), run);
}

constexpr Argument kSetArguments[] = {
    {.name = "operation",
     .type = "one of union|diff|intersect",
     .fallback = "",
     .summary = "union: rows of either, diff: rows of exactly one, intersect: rows of both."},
    {.name = "subsearch",
     .type = "[search] [search]",
     .fallback = "",
     .summary = "Two searches, of which 10000 rows each are taken."}};
constexpr std::string_view kSetNotes[] = {
    "rows are alike if all their fields are, those that begin with _ left out; of rows that are "
    "alike the first stays"};
constexpr Example kSetExamples[] = {
    {.title = "What only one of the searches gives",
     .input = R"({"u":"ana","d":1} {"u":"bo","d":1} {"u":"bo","d":2} {"u":"cy","d":2})",
     .query = "| set diff [search d=1 | table u] [search d=2 | table u]",
     .output = R"({"u":"ana"} {"u":"cy"})"}};
constexpr plan::NodeEntry kSetNodes[] = {{&plan::TypeOf<SetNode>, &BuildSet}};

}  // namespace

extern constexpr CommandEntry kSet = {
    .name = "set",
    .signature = "| set (union | diff | intersect) [<subsearch>] [<subsearch>]",
    .summary = "Unites, compares or intersects the rows of two searches.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kSetArguments,
    .notes = kSetNotes,
    .examples = kSetExamples,
    .nodes = kSetNodes,
    .bind = &BindSet,
};

}  // namespace spelk::commands
