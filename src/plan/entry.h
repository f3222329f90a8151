// Entries: the one declaration of a command, a function, a statistic. Binding, messages, help, the
// support matrix, completion and the example tests all come from here.
#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "plan/node.h"
#include "plan/types.h"
#include "syntax/parse.h"

namespace spelk::exec {
class Operator;
using OperatorPtr = std::unique_ptr<Operator>;
struct RunContext;
}  // namespace spelk::exec

namespace spelk::plan {

class Binder;

// A query that the tests run and help shows.
struct Example {
  std::string_view title;
  std::string_view input;        // JSON objects separated by blanks; empty for no input.
  std::string_view lookup = "";  // A table `users`, as CSV, for commands on lookup tables.
  std::string_view query;
  std::string_view output;  // Likewise; numbers compare by value.
};

// An option (name=value) or an argument by place.
struct Argument {
  std::string_view name;
  std::string_view type;      // "bool", "int", "text", "field", "span", "one of a|b|c" …
  std::string_view fallback;  // What holds when it is left out; empty if nothing does.
  std::string_view summary;
  bool is_option = false;  // Written name=value.
  bool no_effect = false;  // Accepted because Splunk has it; does nothing here.
  bool refused = false;    // Known because Splunk has it; refused by name.
  bool repeats = false;    // May be given several times.
  ValueShape value = ValueShape::kText;
};

// A type of plan nodes and how its operator is made. Nodes are built by their type, whichever
// command bound them: a command may bind to one node, to a chain or to a tree.
struct NodeEntry {
  const NodeType& (*type)() = nullptr;
  exec::OperatorPtr (*build)(const Node&, const exec::RunContext&) = nullptr;
};

struct CommandEntry {
  std::string_view name;
  std::span<const std::string_view> aliases = {};
  std::string_view signature;
  std::string_view summary;
  std::string_view page = "";  // Of the Search Reference, if it differs from the name.
  CommandKind kind = CommandKind::kDistributableStreaming;
  CommandShape shape = {};
  bool subpipelines = false;          // Takes [ … ] as a pipeline, not as text.
  bool alias_behind_options = false;  // `field option=x AS name` names the field: bin.
  bool free_options = false;          // name=value names a field, not an option: regex.
  std::span<const Argument> arguments = {};
  std::span<const std::string_view> notes = {};  // What differs here, limits; shown by help.
  std::string_view differs = "";  // Where the answer is not Splunk's; for the support matrix.
  std::span<const Example> examples = {};
  // The node types that this command's file declares; the planner's own are in exec/core.h.
  std::span<const NodeEntry> nodes = {};
  // Makes the nodes. The binder chains them to what stands before the command: to the input of the
  // last node that has none.
  absl::StatusOr<NodePtr> (*bind)(const ast::CommandCall&, Binder&) = nullptr;
};

// A command that Splunk has and spelk does not have, or not yet: it parses and is refused by name.
struct UnbuiltCommand {
  std::string_view name;
  CommandShape shape;
  std::string_view why = "";      // Why it has no place here; empty: it is not built yet.
  std::string_view instead = "";  // What does its work, then.
};

// ---------------------------------------------------------------- functions

class Call;      // One call of a function on one row; plan/call.h.
class Prepared;  // What a function made once from its constant arguments.
class CallNode;
struct FunctionEntry;

enum class Nulls : uint8_t {
  kPropagate,  // Any null argument: the result is null, and the function is not called.
  kSee,        // The function sees nulls.
};
enum class Multi : uint8_t {
  kWhole,  // The function sees multivalues.
  kEach,   // Called for each value of the first argument; the results make a multivalue.
  kAny,    // Boolean: true if it is true for any value of the first argument.
  kNull,   // Documented as not supporting multivalue fields: null.
};
enum class Stability : uint8_t {
  kPure,  // The same arguments give the same value.
  kRun,   // Constant within one run: now().
  kRow,   // Different for each row: random().
};

struct Arity {
  size_t least = 0;
  size_t most = 0;
};
inline constexpr size_t kMany = std::numeric_limits<size_t>::max();

// What a bound call must fulfil beyond count and types. Returns the message, or an empty text.
using CallCheck = std::string (*)(std::span<const ExprPtr> arguments);

// The type of a call, where it follows from the arguments.
using TypeRule = Type (*)(std::span<const ExprPtr> arguments);

struct FunctionEntry {
  std::string_view name;
  std::span<const std::string_view> aliases = {};
  std::string_view signature;
  std::string_view summary;
  std::string_view page;  // Of the Search Reference: "Text functions".
  Arity arity = {};
  std::span<const Type> parameters = {};  // The last one stands for all further arguments.
  Type result = Type::kAny;
  TypeRule result_of = nullptr;  // Instead of `result`.
  Nulls nulls = Nulls::kPropagate;
  Multi multi = Multi::kNull;
  Stability stability = Stability::kPure;
  // Called for each row.
  Value (*call)(Call&, std::span<const Value>) = nullptr;
  // Instead of `call`, for what must not evaluate all its arguments (if, case, coalesce) or
  // evaluates one several times a row (mvmap, mvfilter): makes the evaluator's node.
  std::unique_ptr<class EvalNode> (*make)(const Expr&, class EvalFactory&) = nullptr;
  // Instead of both, for what is another expression in the form of a call: in(), searchmatch(),
  // true().
  absl::StatusOr<ExprPtr> (*bind)(const ast::Expr&, const ast::FunctionCall&, Binder&) = nullptr;
  // Makes what `call` finds as Call::prepared(): a compiled regex, a format. `constants[i]` is null
  // for an argument that is not constant; it never fails if all are. An error about literals
  // refuses the query; constants that were computed are then taken as not constant.
  absl::StatusOr<std::unique_ptr<Prepared>> (*prepare)(std::span<const Value* const> constants) =
      nullptr;
  CallCheck check = nullptr;
  bool looks_up = false;  // The first argument names a lookup table.
  // Puts the arguments of a checked call into the form that `make` takes, which has `arranged` more
  // of them: mvmap().
  void (*arrange)(std::vector<ExprPtr>* arguments) = nullptr;
  size_t arranged = 0;
  std::span<const Example> examples = {};
  std::span<const std::string_view> notes = {};
  std::string_view differs = "";
};

// ---------------------------------------------------------------- statistics

class AggregateState;
struct AggregateOps;

// What an aggregate must know of a row beside the value.
enum class AggregateNeeds : uint8_t {
  kValue,
  kOrder,  // Where the row stands: first, last, list.
  kTime,   // The row's _time: earliest, latest, rate.
};

struct AggregateEntry {
  std::string_view name;  // For percentiles the stem: "perc" takes perc95, perc99.9.
  std::span<const std::string_view> aliases = {};
  std::string_view signature;
  std::string_view summary;
  std::string_view page;
  bool takes_number = false;   // The name goes on with a number: perc95.
  bool without_field = false;  // May stand without a field: count.
  // Made of one of these, span by span: sparkline(count, 1h). Its own `ops` are those of count.
  std::span<const std::string_view> made_of = {};
  std::string_view only_in = "";  // The one command that has it: per_hour.
  bool boolean_argument = false;  // count(eval(x>1)) counts where it is true.
  bool numeric = false;           // Looks at numbers only; allnum concerns it.
  AggregateNeeds needs = AggregateNeeds::kValue;
  std::string_view kept_as = "";  // The statistic whose state partial rows hold; empty: its own.
  const AggregateOps& (*ops)() = nullptr;
  std::span<const Example> examples = {};
  std::span<const std::string_view> notes = {};
  std::string_view differs = "";
};

// ---------------------------------------------------------------- the table

// All entries of an engine, found by name ignoring case. Immutable once made; shared between
// threads.
class Registry final : public ShapeTable {
 public:
  // `nodes` are those that no command declares.
  Registry(std::vector<const CommandEntry*> commands, std::span<const NodeEntry> nodes,
           std::span<const UnbuiltCommand> unbuilt, std::vector<const FunctionEntry*> functions,
           std::span<const std::string_view> unbuilt_functions,
           std::vector<const AggregateEntry*> aggregates,
           std::span<const std::string_view> unbuilt_aggregates);

  const CommandShape* Find(std::string_view name) const override;
  ValueShape FindValue(std::string_view command, std::string_view option) const override;
  const CommandEntry* Command(std::string_view name) const;
  // The entry of the node type of that name.
  const NodeEntry* Node(std::string_view name) const;
  const UnbuiltCommand* Unbuilt(std::string_view name) const;
  const FunctionEntry* Function(std::string_view name) const;
  bool IsUnbuiltFunction(std::string_view name) const;
  // By the whole name as typed; `number` gets what follows the stem of a percentile.
  const AggregateEntry* Aggregate(std::string_view name, double* number) const;
  bool IsUnbuiltAggregate(std::string_view name) const;

  // Sorted by name.
  const std::vector<const CommandEntry*>& commands() const { return commands_; }
  const std::vector<const FunctionEntry*>& functions() const { return functions_; }
  const std::vector<const AggregateEntry*>& aggregates() const { return aggregates_; }
  // The names nearest to a misspelt one, best first, at most three.
  std::vector<std::string_view> SimilarCommands(std::string_view name) const;
  std::vector<std::string_view> SimilarFunctions(std::string_view name) const;
  std::vector<std::string_view> SimilarAggregates(std::string_view name) const;

 private:
  std::vector<const CommandEntry*> commands_;
  std::vector<const FunctionEntry*> functions_;
  std::vector<const AggregateEntry*> aggregates_;
  StringMap<const CommandEntry*> command_by_name_;
  StringMap<const NodeEntry*> node_by_name_;
  StringMap<const UnbuiltCommand*> unbuilt_by_name_;
  StringMap<const FunctionEntry*> function_by_name_;
  StringMap<const AggregateEntry*> aggregate_by_name_;
  StringSet unbuilt_functions_;
  StringSet unbuilt_aggregates_;
};

// Names of a list that are nearest to `name` by edit distance, best first.
std::vector<std::string_view> NearestNames(std::string_view name,
                                           const std::vector<std::string_view>& names);
// The note that proposes names; none if there are none.
std::vector<std::string> DidYouMean(const std::vector<std::string_view>& names);

}  // namespace spelk::plan
