// join: rows of another search beside the rows that have the same values.
#include <algorithm>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "commands/combine/subsearches.h"
#include "commands/model/dataset.h"
#include "exec/row_sink.h"
#include "exec/row_table.h"
#include "exec/spool.h"
#include "plan/node_facets.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// Fields that must be equal: of the rows at hand, and of those of the search.
struct KeyPair {
  Field left;
  Field right;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("left", left);
    visit("right", right);
  }
};

struct JoinNode final : plan::Node, plan::MatchesOthers {
  static constexpr std::string_view kName = "join";
  std::vector<KeyPair> keys;  // None: all fields that both have.
  bool outer = false;
  bool use_time = false;
  bool earlier = true;
  bool overwrite = true;
  uint64_t max = 1;         // Matches of a row; 0: all.
  uint64_t most_other = 0;  // Rows of the other search.
  Field time;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.results = true};
    flow.runs = keys.empty() ? Runs::kSink : Runs::kStreaming;
    flow.order = keys.empty() ? Order::kNeeds : Order::kKeeps;
    flow.keeps_order = keys.empty();
    if (keys.empty()) return flow;
    flow.reads = plan::FieldSet();
    for (const KeyPair& key : keys) flow.reads.Add(key.left);
    if (use_time) flow.reads.Add(time);
    return flow;
  }
  uint64_t MostOtherRows() const override { return most_other; }
  std::string MostOtherRowsBy() const override {
    return "limit " + plan::NameOf(plan::kJoinMaxOut);
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return UnionOfColumns(before, ColumnsOf(*others[0]));
  }
  std::vector<std::pair<Field, Field>> MatchedFields() const override {
    std::vector<std::pair<Field, Field>> fields;
    for (const KeyPair& key : keys) fields.emplace_back(key.left, key.right);
    return fields;
  }
  bool WellFormed(const plan::Registry&) const { return others.size() == 1; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("keys", keys);
    visit("outer", outer);
    visit("usetime", use_time);
    visit("earlier", earlier);
    visit("overwrite", overwrite);
    visit("max", max);
    visit.Unprinted("most_other", most_other);
    visit.MayBeNull("time", time);
  }
};

// The rows of the search, by key. Immutable; shared by the workers.
class HashTable {
 public:
  static absl::StatusOr<std::shared_ptr<const HashTable>> Make(exec::RowTablePtr rows,
                                                               const std::vector<KeyPair>& keys,
                                                               const exec::RunContext& run) {
    std::shared_ptr<HashTable> table(new HashTable(std::move(rows), run.budget));
    std::vector<Value> values(keys.size());
    for (size_t row = 0; row < table->rows_->size(); ++row) {
      for (size_t k = 0; k < keys.size(); ++k) values[k] = table->rows_->At(row, keys[k].right);
      std::string key;
      if (!exec::AppendRowKey(values, key)) continue;  // A row without a key never matches.
      const size_t bytes = 2 * (key.size() + sizeof(key) + sizeof(uint32_t)) + kListBytes;
      if (!table->reservation_.Grow(bytes)) return run.budget->Exhausted("join", bytes);
      table->by_key_[std::move(key)].push_back(static_cast<uint32_t>(row));
    }
    return std::shared_ptr<const HashTable>(std::move(table));
  }
  const exec::RowTable& rows() const { return *rows_; }
  // In the order of the search.
  std::span<const uint32_t> Find(const std::string& key) const {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return {};
    return found->second;
  }

 private:
  static constexpr size_t kListBytes = 64;
  HashTable(exec::RowTablePtr rows, MemoryBudget* budget)
      : rows_(std::move(rows)), reservation_(budget) {}
  exec::RowTablePtr rows_;
  Reservation reservation_;
  absl::flat_hash_map<std::string, std::vector<uint32_t>> by_key_;
};
using HashTablePtr = std::shared_ptr<const HashTable>;

// Joins batches with the table; the scratch of one worker.
class Joiner {
 public:
  Joiner(HashTablePtr table, std::vector<KeyPair> keys, const JoinNode& node,
         const exec::RunContext& run)
      : table_(std::move(table)), keys_(std::move(keys)), node_(node), run_(run) {}

  absl::Status Join(const Batch& batch, exec::Output& out) {
    std::vector<const Column*> columns;
    for (const KeyPair& key : keys_) columns.push_back(batch.Find(key.left));
    const Column* times = node_.use_time ? batch.Find(node_.time) : nullptr;
    std::vector<Value> values(keys_.size());
    for (size_t r = 0; r < batch.size() && !out.enough(); ++r) {
      const auto physical = static_cast<uint32_t>(batch.physical(r));
      for (size_t k = 0; k < keys_.size(); ++k) {
        values[k] = columns[k] == nullptr ? Value::Null() : columns[k]->At(physical);
      }
      const Value time = times == nullptr ? Value::Null() : times->At(physical);
      std::string key;
      const bool has_key = !keys_.empty() && exec::AppendRowKey(values, key);
      uint64_t found = 0;
      if (has_key) {
        for (const uint32_t match : table_->Find(key)) {
          if (node_.use_time && !FitsTime(time, match)) continue;
          SPELK_RETURN_IF_ERROR(Add(batch, physical, match, out));
          if (++found == node_.max) break;
        }
      }
      if (found == 0 && node_.outer) SPELK_RETURN_IF_ERROR(Add(batch, physical, kNone, out));
    }
    return Flush(batch, out);
  }

 private:
  static constexpr int64_t kNone = -1;

  bool FitsTime(const Value& time, uint32_t match) const {
    const auto left = NumberOf(time);
    const auto right = NumberOf(table_->rows().At(match, node_.time));
    if (!left || !right) return false;
    return node_.earlier ? right->value <= left->value : right->value >= left->value;
  }

  absl::Status Add(const Batch& batch, uint32_t left, int64_t right, exec::Output& out) {
    left_.push_back(left);
    right_.push_back(right);
    if (left_.size() < run_.batch_rows) return absl::OkStatus();
    SPELK_RETURN_IF_ERROR(run_.cancel->status());
    return Flush(batch, out);
  }

  absl::Status Flush(const Batch& batch, exec::Output& out) {
    if (left_.empty()) return absl::OkStatus();
    const auto memory = std::make_shared<BatchMemory>(run_.budget);
    memory->pins.push_back(batch.memory());
    memory->pins.push_back(table_);
    std::vector<Field> fields;
    std::vector<Column> columns;
    const auto add = [&](Field field, const auto& value_of) {
      auto* values = memory->arena.AllocateArray<Value>(left_.size());
      SPELK_RETURN_IF_ERROR(memory->arena.status("join"));
      for (size_t i = 0; i < left_.size(); ++i) values[i] = value_of(i);
      fields.push_back(field);
      columns.push_back(Column::Values({values, left_.size()}));
      return absl::OkStatus();
    };
    const exec::RowTable& rows = table_->rows();
    const std::vector<Field>& others = rows.fields();
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      const Field field = (*batch.schema())[c];
      const Column& column = batch.column(c);
      const bool both =
          std::find(others.begin(), others.end(), field) != others.end() && !IsSharedKey(field);
      SPELK_RETURN_IF_ERROR(add(field, [&](size_t i) {
        const Value own = column.At(left_[i]);
        if (!both || right_[i] == kNone || (!node_.overwrite && !own.is_null())) return own;
        const Value other = rows.At(static_cast<size_t>(right_[i]), field);
        return other.is_null() ? own : other;
      }));
    }
    for (const Field field : others) {
      if (batch.schema()->Find(field)) continue;
      SPELK_RETURN_IF_ERROR(add(field, [&](size_t i) {
        return right_[i] == kNone ? Value::Null() : rows.At(static_cast<size_t>(right_[i]), field);
      }));
    }
    const size_t placed = batch.schema()->placed();  // Of the rows at hand; others come after them.
    Batch joined(std::make_shared<Schema>(std::move(fields), placed), std::move(columns),
                 left_.size(), memory);
    left_.clear();
    right_.clear();
    return out.Push(std::move(joined));
  }

  // Both sides have the same text.
  bool IsSharedKey(Field field) const {
    return std::any_of(keys_.begin(), keys_.end(), [field](const KeyPair& key) {
      return key.left == field && key.right == field;
    });
  }

  HashTablePtr table_;
  const std::vector<KeyPair> keys_;
  const JoinNode& node_;
  const exec::RunContext& run_;
  std::vector<uint32_t> left_;  // Physical rows of the batch at hand …
  std::vector<int64_t> right_;  // … and what stands beside them.
};

class JoinByKeys final : public exec::Streaming<Joiner> {
 public:
  JoinByKeys(const JoinNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<Joiner> NewState() const override {
    SPELK_ASSIGN_OR_RETURN(HashTablePtr table, Table());
    return Joiner(std::move(table), node_.keys, node_, run_);
  }
  absl::Status Process(Batch batch, Joiner& joiner, exec::Output& out) const override {
    return joiner.Join(batch, out);
  }

 private:
  // Made by the first worker.
  absl::StatusOr<HashTablePtr> Table() const {
    const std::lock_guard lock(mutex_);
    if (table_ != nullptr) return table_;
    SPELK_ASSIGN_OR_RETURN(exec::RowTablePtr rows, exec::TakeTable(&node_.others[0], run_, "join"));
    SPELK_ASSIGN_OR_RETURN(table_, HashTable::Make(std::move(rows), node_.keys, run_));
    return table_;
  }

  const JoinNode& node_;
  const exec::RunContext& run_;
  mutable std::mutex mutex_;
  mutable HashTablePtr table_;
};

// Which fields both sides have is known when all rows were seen.
class NaturalJoin final : public exec::SpoolSink {
 public:
  NaturalJoin(const JoinNode& node, const exec::RunContext& run)
      : SpoolSink("join", run), node_(node) {}

  absl::Status Finish(exec::Spool spool, exec::Output& out) const override {
    SPELK_ASSIGN_OR_RETURN(exec::RowTablePtr rows,
                           exec::TakeTable(&node_.others[0], run(), "join"));
    std::vector<KeyPair> keys;
    for (const Field field : spool.FieldsInOrder(nullptr)) {
      const std::vector<Field>& others = rows->fields();
      const bool both = std::find(others.begin(), others.end(), field) != others.end();
      if (both && !field.internal()) keys.push_back({field, field});
    }
    if (keys.empty()) {
      run().warnings->Add(ErrorCode::kDiffers,
                          "join: the two sides have no field in common, so no rows match");
    }
    SPELK_ASSIGN_OR_RETURN(HashTablePtr table, HashTable::Make(std::move(rows), keys, run()));
    Joiner joiner(std::move(table), std::move(keys), node_, run());
    JoinOutput joined(joiner, out);
    return spool.Emit(joined);
  }

 private:
  class JoinOutput final : public exec::Output {
   public:
    JoinOutput(Joiner& joiner, exec::Output& next) : joiner_(joiner), next_(next) {}
    absl::Status Push(Batch batch) override { return joiner_.Join(batch, next_); }
    bool enough() const override { return next_.enough(); }

   private:
    Joiner& joiner_;
    exec::Output& next_;
  };

  const JoinNode& node_;
};

// ---------------------------------------------------------------- binding

constexpr std::string_view kJoinUsage =
    "usage: join [type=inner|outer|left] [max=<int>] <field>… [search …]";

// The arguments of a call: options apart, those of WHERE are conditions.
class JoinBinder {
 public:
  JoinBinder(const ast::CommandCall& call, plan::Binder& binder)
      : call_(call), binder_(binder), node_(plan::Make<JoinNode>(call.span)) {
    node_->most_other = binder.MostOf(plan::kJoinMaxOut);
  }

  absl::StatusOr<plan::NodePtr> Bind() {
    SPELK_RETURN_IF_ERROR(BindOptions());
    std::vector<const ast::Argument*> fields;
    const std::vector<const ast::Argument*> arguments = binder_.Positional(call_);
    for (size_t at = 0; at < arguments.size();) {
      SPELK_ASSIGN_OR_RETURN(const bool search, TakeSearch(arguments, &at));
      if (!search) fields.push_back(arguments[at++]);
    }
    SPELK_ASSIGN_OR_RETURN(const std::vector<Field> names, binder_.FieldNames(fields));
    for (const Field name : names) node_->keys.push_back({name, name});
    if (const ast::Clause* where = binder_.FindClause(call_, ast::ClauseWord::kWhere)) {
      if (!node_->keys.empty()) {
        return binder_.Error(ErrorCode::kBadArgument, where->span,
                             "fields and WHERE cannot be used together");
      }
      SPELK_RETURN_IF_ERROR(BindWhere(*where));
    } else if (!left_.empty() || !right_.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument, call_.name.span,
                           "left= and right= need WHERE",
                           {"usage: join left=L right=R where L.a=R.b [search …]"});
    }
    if (node_->others.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument, call_.name.span,
                           "missing or invalid subsearch", {std::string(kJoinUsage)});
    }
    return std::move(node_);
  }

 private:
  absl::Status BindOptions() {
    SPELK_ASSIGN_OR_RETURN(const std::string type, binder_.Choice(call_, "type"));
    node_->outer = type != "inner";
    SPELK_ASSIGN_OR_RETURN(node_->use_time, binder_.Flag(call_, "usetime"));
    SPELK_ASSIGN_OR_RETURN(node_->earlier, binder_.Flag(call_, "earlier"));
    SPELK_ASSIGN_OR_RETURN(node_->overwrite, binder_.Flag(call_, "overwrite"));
    SPELK_ASSIGN_OR_RETURN(const int64_t max, binder_.Integer(call_, "max", 0));
    node_->max = static_cast<uint64_t>(max);
    if (node_->use_time) node_->time = binder_.Intern("_time");
    SPELK_ASSIGN_OR_RETURN(left_, binder_.Text(call_, "left"));
    SPELK_ASSIGN_OR_RETURN(right_, binder_.Text(call_, "right"));
    for (const ast::Argument& argument : call_.arguments) {
      const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
      if (option != nullptr) SPELK_RETURN_IF_ERROR(binder_.CheckOption(*option));
    }
    return absl::OkStatus();
  }

  // A search in brackets, or a dataset by name; `*at` is after it then.
  absl::StatusOr<bool> TakeSearch(const std::vector<const ast::Argument*>& arguments, size_t* at) {
    const Span span = arguments[*at]->span;
    const auto* bracket = std::get_if<ast::ArgumentSubsearch>(&arguments[*at]->value);
    std::optional<NamedRows> named;
    if (bracket == nullptr) {
      SPELK_ASSIGN_OR_RETURN(named, ReadNamedRows(arguments, false, at, binder_));
      if (!named) return false;
    } else {
      ++*at;
    }
    if (!node_->others.empty()) {
      return binder_.Error(ErrorCode::kBadArgument, span, "it takes one subsearch");
    }
    SPELK_ASSIGN_OR_RETURN(plan::NodePtr plan, bracket != nullptr
                                                   ? binder_.Subsearch(*bracket->pipeline)
                                                   : BindNamedRows(*named, binder_));
    node_->others.push_back(std::move(plan));
    return true;
  }

  // where L.a=R.b L.c=R.d [search]
  absl::Status BindWhere(const ast::Clause& where) {
    if (left_.empty() || right_.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument, where.span, "WHERE needs left= and right=",
                           {"usage: join left=L right=R where L.a=R.b [search …]"});
    }
    std::vector<const ast::Argument*> arguments;
    for (const ast::Argument& argument : where.arguments) arguments.push_back(&argument);
    for (size_t at = 0; at < arguments.size();) {
      SPELK_ASSIGN_OR_RETURN(const bool search, TakeSearch(arguments, &at));
      if (search) continue;
      const ast::Argument& argument = *arguments[at++];
      const auto* condition = std::get_if<ast::ArgumentOption>(&argument.value);
      const auto* name =
          condition == nullptr ? nullptr : std::get_if<ast::Name>(&condition->value->value);
      KeyPair key;
      if (name != nullptr && condition->op == CompareOp::kEqual) {
        key.left = FieldOf(condition->name.text, left_);
        key.right = FieldOf(name->text, right_);
        if (!key.left && !key.right) {
          key.left = FieldOf(name->text, left_);
          key.right = FieldOf(condition->name.text, right_);
        }
      }
      if (!key.left || !key.right) {
        return binder_.Error(
            ErrorCode::kBadArgument, argument.span,
            "invalid condition \"" + std::string(binder_.TextOf(argument.span)) + "\"",
            {"a condition is " + left_ + ".<field>=" + right_ + ".<field>"});
      }
      node_->keys.push_back(key);
    }
    if (node_->keys.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument, where.span, "a condition is missing");
    }
    return absl::OkStatus();
  }

  Field FieldOf(std::string_view name, std::string_view alias) {
    if (name.size() <= alias.size() + 1 || !name.starts_with(alias) || name[alias.size()] != '.') {
      return {};
    }
    return binder_.Intern(name.substr(alias.size() + 1));
  }

  const ast::CommandCall& call_;
  plan::Binder& binder_;
  std::unique_ptr<JoinNode> node_;
  std::string left_;
  std::string right_;
};

absl::StatusOr<plan::NodePtr> BindJoin(const ast::CommandCall& call, plan::Binder& binder) {
  return JoinBinder(call, binder).Bind();
}

exec::OperatorPtr BuildJoin(const plan::Node& node, const exec::RunContext& run) {
  const auto& join = plan::As<JoinNode>(node);
  if (join.keys.empty()) return std::make_unique<NaturalJoin>(join, run);
  return std::make_unique<JoinByKeys>(join, run);
}

constexpr Argument kJoinArguments[] = {
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary = "Fields that must be equal; without any, all that both sides have."},
    {.name = "subsearch",
     .type = "[search]",
     .fallback = "",
     .summary = "The right side, run first: 50000 rows of it."},
    {.name = "type",
     .type = "one of inner|outer|left",
     .fallback = "inner",
     .summary = "outer and left keep rows without a match.",
     .is_option = true},
    {.name = "max",
     .type = "int",
     .fallback = "1",
     .summary = "How many matches a row gets; 0 for all.",
     .is_option = true},
    {.name = "overwrite",
     .type = "bool",
     .fallback = "t",
     .summary = "Values of the right side replace those of the same name.",
     .is_option = true},
    {.name = "usetime",
     .type = "bool",
     .fallback = "f",
     .summary = "Only right rows that are earlier (or later) match.",
     .is_option = true},
    {.name = "earlier",
     .type = "bool",
     .fallback = "t",
     .summary = "With usetime: earlier ones, otherwise later ones.",
     .is_option = true},
    {.name = "left",
     .type = "text",
     .fallback = "",
     .summary = "What WHERE calls the rows at hand.",
     .is_option = true},
    {.name = "right",
     .type = "text",
     .fallback = "",
     .summary = "What WHERE calls those of the search.",
     .is_option = true},
    {.name = "WHERE",
     .type = "L.field=R.field…",
     .fallback = "",
     .summary = "Pairs of fields of different names."}};
constexpr std::string_view kJoinNotes[] = {
    "a row that lacks a field of the key matches nothing; keys are compared as text, in exact case",
    "the aliases left= and right= serve WHERE alone: fields keep their names"};
constexpr Example kJoinExamples[] = {
    {.title = "The department of each user",
     .input = R"({"user":"ana","n":1} {"user":"bo","n":2} {"user":"ana","dept":"hr"})",
     .query = "search n=* | join user [search dept=* | table user dept] | table user n dept",
     .output = R"({"user":"ana","n":1,"dept":"hr"})"},
    {.title = "Fields of different names, and rows without a match",
     .input = R"({"user":"ana","n":1} {"user":"bo","n":2} {"who":"ana","dept":"hr"})",
     .query = "search n=* | join type=left left=L right=R where L.user=R.who "
              "[search dept=* | table who dept] | table user n dept",
     .output = R"({"user":"ana","n":1,"dept":"hr"} {"user":"bo","n":2})"}};
constexpr plan::NodeEntry kJoinNodes[] = {{&plan::TypeOf<JoinNode>, &BuildJoin}};

}  // namespace

extern constexpr CommandEntry kJoin = {
    .name = "join",
    .signature =
        "join [type=(inner | outer | left)] [max=<int>] [overwrite=<bool>] "
        "[usetime=<bool>] [earlier=<bool>] (<field>… | left=<alias> right=<alias> where "
        "<alias>.<field>=<alias>.<field>…) [<subsearch>]",
    .summary = "Puts rows of another search beside the rows that have the same values.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kClauseWhere},
    .subpipelines = true,
    .free_options = true,
    .arguments = kJoinArguments,
    .notes = kJoinNotes,
    .examples = kJoinExamples,
    .nodes = kJoinNodes,
    .bind = &BindJoin,
};

}  // namespace spelk::commands
