// Binder: AST to plan. Each command meets its entry here; options, fields, functions and types are
// checked for the whole query, subsearches included, before any event is read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/diagnostics.h"
#include "plan/entry.h"
#include "plan/limits.h"
#include "plan/nodes.h"
#include "plan/services.h"

namespace spelk::plan {

class DataModels;     // plan/data_model.h
class SavedSearches;  // plan/saved_searches.h

// What a binder reaches, with the searches that stand under a name.
struct BinderServices : BindServices {
  const DataModels* models = nullptr;
  const SavedSearches* saved_searches = nullptr;
};

// Not thread-safe; one for each query.
class Binder {
 public:
  // Of a search with one subsearch in another: what walks plans is recursive.
  static constexpr size_t kMostCommands = 500;

  Binder(const Source& source, const Registry& entries, FieldTable& fields,
         Diagnostics& diagnostics, BinderServices services = {})
      : source_(source),
        entries_(entries),
        fields_(fields),
        diagnostics_(diagnostics),
        services_(services) {}

  // From now on a subsearch is an error: the text is data.
  void ForbidSubsearches() { subsearches_ = false; }

  // A whole search. Errors are collected over all commands; the status is the first.
  absl::StatusOr<NodePtr> Bind(const ast::Pipeline& pipeline);
  // One command of a search, over its input; a generating one, and the first without input, have
  // none.
  absl::StatusOr<NodePtr> BindCommand(const ast::CommandCall& call, bool first, NodePtr input);

  // ---- for commands: where the command stands

  // True for the first command of a search: one that is not generating reads events then.
  bool is_first() const { return is_first_; }
  // The command as typed, for messages.
  const std::string& command() const { return command_; }
  // What stands before the command at hand; null for the first one.
  const Node* input() const { return input_.get(); }
  // Takes it, for a command whose node begins with it: the binder chains nothing below then.
  NodePtr TakeInput() { return std::move(input_); }
  const Registry& entries() const { return entries_; }
  const BinderServices& services() const { return services_; }
  std::string_view TextOf(Span span) const { return spelk::TextOf(source_.text(), span); }
  Field Intern(std::string_view name) { return fields_.Intern(name); }
  FieldTable& fields() { return fields_; }
  // What stands between the values of a field in the single text that Splunk keeps beside a
  // multivalue (nomv): noted by the command that makes the multivalue, until another one changes
  // the field.
  void NoteDelimiter(Field field, std::string delimiter);
  std::optional<std::string> DelimiterOf(Field field) const;
  // A scan of all events.
  std::unique_ptr<ScanNode> NewScan(Span span);

  // ---- messages; each returns the status to pass on

  absl::Status Error(ErrorCode code, Span span, std::string_view message,
                     std::vector<std::string> notes = {});  // "<command>: <message>"
  void Warn(ErrorCode code, Span span, std::string_view message,
            std::vector<std::string> notes = {});

  // ---- options; without one the entry's fallback holds. Names and Booleans ignore case.

  const ast::ArgumentOption* FindOption(const ast::CommandCall& call, std::string_view name) const;
  absl::StatusOr<bool> Flag(const ast::CommandCall& call, std::string_view name);
  absl::StatusOr<int64_t> Integer(const ast::CommandCall& call, std::string_view name,
                                  int64_t least = 0, int64_t most = INT64_MAX);
  // Likewise; without the option a limit holds.
  struct Most {
    uint64_t count = 0;
    bool by_limit = false;
  };
  absl::StatusOr<Most> MostBy(const ast::CommandCall& call, std::string_view name,
                              const Limit& limit, int64_t least = 0);
  // The value of a limit; UINT64_MAX if there is none.
  uint64_t MostOf(const Limit& limit) const { return plan::MostOf(services_.limits, limit); }
  // A finite number; nothing without the option.
  absl::StatusOr<std::optional<double>> Decimal(const ast::CommandCall& call,
                                                std::string_view name);
  absl::StatusOr<std::string> Text(const ast::CommandCall& call, std::string_view name);
  // One of the words that the entry's type lists ("one of a|b|c"), in lower case.
  absl::StatusOr<std::string> Choice(const ast::CommandCall& call, std::string_view name);
  // Refuses what is no option of the command, or stands as a condition, for commands that look at
  // their options themselves (CommandEntry::free_options).
  absl::Status CheckOption(const ast::ArgumentOption& option);
  // The text of an option's value: a word or a quoted text.
  absl::StatusOr<std::string> OptionText(const ast::ArgumentOption& option);
  // Refuses a value that is not of the type which the entry gives the option.
  absl::Status BadOption(const ast::ArgumentOption& option, std::string_view value);

  // ---- arguments by place

  // What is neither option nor sign, in order, clauses left out.
  std::vector<const ast::Argument*> Positional(const ast::CommandCall& call) const;
  // A word that is a whole number; beyond 64 bits it is the greatest. Nothing for other arguments,
  // those in quotes included.
  static std::optional<uint64_t> WholeNumber(const ast::Argument& argument);
  // A single whole number, or the fallback of the entry's argument of that name.
  absl::StatusOr<uint64_t> Count(const ast::CommandCall& call, std::string_view name);
  // The argument as a field name; an error for calls, expressions and the like.
  absl::StatusOr<Field> FieldName(const ast::Argument& argument, bool patterns = false);
  absl::StatusOr<std::vector<Field>> FieldNames(const std::vector<const ast::Argument*>& arguments,
                                                bool patterns = false);
  // The one field that the command takes.
  absl::StatusOr<Field> OneField(const ast::CommandCall& call);
  // What is sorted by: a field, or auto(), num(), str(), ip() of one; ascending.
  absl::StatusOr<SortKey> OneSortKey(const ast::Argument& argument);
  // The same, with the name that follows AS; a null field without it.
  struct Named {
    Field field;
    Field alias;
  };
  absl::StatusOr<Named> OneNamedField(const ast::CommandCall& call);
  // The fields of the BY clause.
  absl::StatusOr<std::vector<Field>> By(const ast::CommandCall& call);
  const ast::Clause* FindClause(const ast::CommandCall& call, ast::ClauseWord word) const;
  // Refuses + and -, which Positional leaves out.
  absl::Status NoSigns(const ast::CommandCall& call, std::vector<std::string> notes = {});
  // Refuses an argument.
  absl::Status Unexpected(const ast::Argument& argument, std::vector<std::string> notes = {});
  // Refuses arguments that the command does not take.
  absl::Status NoArguments(const ast::CommandCall& call);
  // A regular expression that compiles; the error points at the argument.
  absl::Status CheckRegex(std::string_view pattern, Span span);

  // ---- expressions, statistics, searches

  absl::StatusOr<ExprPtr> Expression(const ast::Expr& expr);
  // An expression that can be true or false.
  absl::StatusOr<ExprPtr> Predicate(const ast::Expr& expr);
  // The same as the value of an option, which may be quoted: reset_after="(x>1)".
  absl::StatusOr<ExprPtr> PredicateIn(const ast::ArgumentOption& option);
  // Search terms; `base` for the first command of a search, where index=, sourcetype= … have their
  // meaning, `negated` for terms under an odd number of NOTs.
  absl::StatusOr<ExprPtr> SearchTerms(const ast::SearchExpr& search, bool base,
                                      bool negated = false);
  // Search terms in a text of their own, as searchmatch() has them; all of it stands at `span`.
  absl::StatusOr<ExprPtr> SearchText(std::string_view text, Span span);
  // What an option of shape kSearch says: search terms in parentheses or as text, or eval(…).
  absl::StatusOr<ExprPtr> FilterIn(const ast::ArgumentOption& option);
  // x IN (a, b).
  absl::StatusOr<ExprPtr> Membership(const ast::Expr& operand, std::span<const ast::ExprPtr> values,
                                     Span span);
  // count, dc(x) AS n, values(eval(…)).
  absl::StatusOr<AggregateCall> Aggregate(const ast::Argument& argument);
  // One statistic more of the node, with what it needs; see Aggregates.
  absl::Status AddStatistic(AggregateCall call, Span span, const std::vector<Field>& by,
                            AggregateNode* node);
  // The time range that top-level terms of a search command set is that of the whole plan.
  void NoteTimeRange(const Expr& predicate);
  static std::vector<TimeModifiers> TimeRangesIn(const Expr& predicate);
  // An expression that computes with statistics: avg(size)/max(delay). Each is added to `calls`,
  // and the expression reads its output.
  absl::StatusOr<ExprPtr> ExpressionOfStatistics(const ast::Expr& expr,
                                                 std::vector<AggregateCall>* calls);
  // All statistics of the command, into the node, with what they need. Names must differ from each
  // other and from `by`.
  absl::Status Aggregates(const ast::CommandCall& call, const std::vector<Field>& by,
                          bool may_be_empty, AggregateNode* node);
  // A whole search in a text of its own: what a data set or a saved search stands for. All of it
  // stands at `span`; `what` says in messages whose text it is. Such texts may hold each other, up
  // to a limit.
  absl::StatusOr<NodePtr> SearchIn(std::string_view text, Span span, std::string_view what);
  // Likewise commands over rows that are given: the plan of these goes on with them.
  absl::StatusOr<NodePtr> CommandsIn(std::string_view text, Span span, std::string_view what,
                                     NodePtr rows);
  // A pipeline in brackets: its own search, or (append, join …) rows for this one.
  absl::StatusOr<NodePtr> Subsearch(const ast::Pipeline& pipeline);
  // A pipeline in brackets over rows that the command hands it (appendpipe): it begins with a
  // RowsNode.
  absl::StatusOr<NodePtr> Body(const ast::Pipeline& pipeline);
  // A subsearch where a value is due. Refuses what was meant as a list of values: ["a", "b"].
  absl::StatusOr<NodePtr> ValueSubsearch(const ast::Pipeline& pipeline, Span span);
  absl::Status RefuseValueList(const ast::Pipeline& pipeline, Span span);

 private:
  friend class SearchBinder;

  // `start`: null for a search of its own, else what its first command takes.
  absl::StatusOr<NodePtr> BindPipeline(const ast::Pipeline& pipeline, NodePtr start);
  // A pipeline of its own within the command at hand, which goes on after it.
  absl::StatusOr<NodePtr> Within(const ast::Pipeline& pipeline, NodePtr start);
  absl::StatusOr<NodePtr> BindNested(const ast::Pipeline& pipeline, NodePtr start);
  absl::Status BindBroken(const ast::CommandCall& call);
  void ForgetDelimiters(const Node& bound);
  absl::Status CheckOptions(const ast::CommandCall& call, const CommandEntry& entry);
  // Whether subsearches stand among the arguments.
  static bool HoldsText(const ast::CommandCall& call);
  absl::StatusOr<NodePtr> Defer(const ast::CommandCall& call, const CommandEntry& entry, bool first,
                                NodePtr input);
  absl::Status UnknownOption(const ast::ArgumentOption& option);
  absl::Status UnknownCommand(const ast::CommandCall& call);
  absl::StatusOr<ExprPtr> BindStatisticIn(const ast::Expr& expr, const ast::FunctionCall& call);
  std::vector<std::string> NotesOnCommand(std::string_view name) const;
  const Argument* FindArgument(std::string_view name) const;

  absl::StatusOr<ExprPtr> PredicateInText(std::string_view text, Diagnostics& problems);
  absl::StatusOr<ExprPtr> BindCall(const ast::Expr& expr, const ast::FunctionCall& call);
  absl::StatusOr<ExprPtr> BindArithmetic(const ast::Expr& expr, const ast::ArithmeticChain& chain);
  absl::StatusOr<ExprPtr> BindComparison(const ast::Expr& expr, const ast::Comparison& comparison);
  absl::StatusOr<ExprPtr> BindLogical(const ast::Expr& expr, const ast::LogicalList& list);
  absl::StatusOr<ExprPtr> BindLike(const ast::Expr& expr, const ast::LikeOperator& like);
  absl::Status CheckBoolean(Expr& expr, std::string_view operation);
  absl::StatusOr<const FunctionEntry*> FindFunction(const ast::Name& name);
  absl::Status InvalidArguments(const FunctionEntry& entry, std::string_view name, Span span,
                                std::string note);
  absl::Status CheckArguments(const FunctionEntry& entry, std::string_view name, const Expr& call);
  // A call of bound arguments, checked.
  absl::StatusOr<ExprPtr> FinishCall(const FunctionEntry& entry, std::string_view name,
                                     std::vector<ExprPtr> arguments, Span span);
  absl::StatusOr<AggregateCall> BindSparkline(const ast::Argument& argument,
                                              const AggregateEntry& entry);
  absl::Status BindAggregateArgument(const ast::ArgumentCall& call, const AggregateEntry& entry,
                                     AggregateCall* bound);

  const Source& source_;
  const Registry& entries_;
  FieldTable& fields_;
  Diagnostics& diagnostics_;
  const BinderServices services_;
  NodePtr input_;                           // Of the command at hand.
  std::vector<TimeModifiers> time_ranges_;  // Of the pipeline at hand.
  size_t commands_ = 0;                     // Of the pipeline at hand and of those around it.
  const CommandEntry* entry_ = nullptr;
  std::string command_;
  bool is_first_ = false;
  std::vector<AggregateCall>* statistics_ = nullptr;  // Of the expression at hand.
  bool subsearches_ = true;                           // They may stand in the text.
  size_t texts_ = 0;                                  // In how many texts of their own this stands.
  struct Delimiter {
    Field field;
    std::string text;
    bool is_new = false;  // Noted by the command at hand.
  };
  std::vector<Delimiter> delimiters_;
};

// True for a field whose comparisons mean something of their own, in a base search or everywhere:
// index, sourcetype, earliest …
bool IsSpecialName(std::string_view name, bool base);

// "t", "true", "1", "f", "false", "0" in any case.
std::optional<bool> ParseFlag(std::string_view text);

}  // namespace spelk::plan
