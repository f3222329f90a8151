// Binding of statistics: count, dc(user) AS users, values(eval(…)), sum(*delay).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/bind/binder.h"
#include "syntax/elsewhere.h"
#include "value/time_span.h"

namespace spelk::plan {
namespace {

// The column's name is the call as typed, with quotes left out (stats, "Usage").
std::string TypedName(std::string_view function, std::string_view argument) {
  return fmt::format("{}({})", function, argument);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == ',')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == ',')) text.remove_suffix(1);
  return text;
}

// if(condition, 1, null())
ExprPtr OneWhere(ExprPtr condition, const FunctionEntry& choice) {
  auto made = std::make_unique<Expr>();
  made->kind = ExprKind::kCall;
  made->type = Type::kNumber;
  made->span = condition->span;
  made->function = &choice;
  const Span span = condition->span;
  made->arguments.push_back(std::move(condition));
  made->arguments.push_back(MakeLiteral(Literal::Number("1"), Type::kNumber, span));
  made->arguments.push_back(MakeLiteral(Literal::Null(), Type::kAny, span));
  return made;
}

}  // namespace

absl::Status Binder::BindAggregateArgument(const ast::ArgumentCall& call,
                                           const AggregateEntry& entry, AggregateCall* bound) {
  const ast::Argument& argument = call.arguments.front();
  if (const auto* name = std::get_if<ast::Name>(&argument.value)) {
    if (IsPattern(name->text)) {
      bound->pattern = name->text;
    } else {
      bound->field = Intern(name->text);
    }
    return absl::OkStatus();
  }
  if (const auto* expression = std::get_if<ast::ArgumentExpression>(&argument.value);
      expression != nullptr && expression->is_eval && expression->expression != nullptr) {
    SPELK_ASSIGN_OR_RETURN(bound->expression, Expression(*expression->expression));
    // per_hour(eval(method="GET")) is the rate of the events for which it holds.
    if (bound->expression->type == Type::kBoolean && entry.name.starts_with("per_")) {
      bound->expression = OneWhere(std::move(bound->expression), *entries_.Function("if"));
    }
    if (bound->expression->type == Type::kBoolean && !entry.boolean_argument) {
      return Error(ErrorCode::kBooleanAssigned, argument.span,
                   "fields cannot be assigned a boolean result. instead, try "
                   "if([bool expr], [expr], [expr])");
    }
    return absl::OkStatus();
  }
  return Error(ErrorCode::kBadStatistic, argument.span,
               fmt::format("the argument '{}' is invalid", TextOf(argument.span)),
               {"a statistic takes a field or eval(…)"});
}

absl::StatusOr<ExprPtr> Binder::ExpressionOfStatistics(const ast::Expr& expr,
                                                       std::vector<AggregateCall>* calls) {
  statistics_ = calls;
  absl::StatusOr<ExprPtr> bound = Expression(expr);
  statistics_ = nullptr;
  return bound;
}

absl::StatusOr<ExprPtr> Binder::BindStatisticIn(const ast::Expr& expr,
                                                const ast::FunctionCall& call) {
  AggregateCall bound;
  bound.span = expr.span;
  bound.function = call.name.text;
  const AggregateEntry* entry = entries_.Aggregate(bound.function, &bound.number);
  if (call.arguments.empty() && !entry->without_field) {
    return Error(ErrorCode::kBadStatistic, expr.span,
                 fmt::format("the argument '{}' is invalid", TextOf(expr.span)),
                 {fmt::format("usage: {}", entry->signature)});
  }
  if (!call.arguments.empty()) {
    const ast::Expr& argument = *call.arguments.front();
    if (const auto* field = std::get_if<ast::FieldReference>(&argument.node)) {
      bound.field = Intern(field->name);
    } else {
      std::vector<AggregateCall>* outer = std::exchange(statistics_, nullptr);
      absl::StatusOr<ExprPtr> inner = Expression(argument);
      statistics_ = outer;
      SPELK_RETURN_IF_ERROR(inner.status());
      bound.expression = std::move(*inner);
    }
  }
  bound.output = Intern(TextOf(expr.span));
  const Field output = bound.output;
  statistics_->push_back(std::move(bound));
  return MakeField(output, expr.span);
}

// sparkline(count, 1h), sparkline(avg(x)).
absl::StatusOr<AggregateCall> Binder::BindSparkline(const ast::Argument& argument,
                                                    const AggregateEntry& entry) {
  const auto invalid = [&](std::vector<std::string> notes) {
    return Error(ErrorCode::kBadStatistic, argument.span,
                 fmt::format("the argument '{}' is invalid", Trim(TextOf(argument.span))),
                 std::move(notes));
  };
  const auto* call = std::get_if<ast::ArgumentCall>(&argument.value);
  if (call == nullptr) {
    // The word alone is that of count.
    AggregateCall bound;
    bound.function = entry.made_of.front();
    bound.is_sparkline = true;
    bound.span = argument.span;
    bound.output = Intern(argument.alias ? std::string_view(argument.alias->text) : entry.name);
    return bound;
  }
  if (call->arguments.empty() || call->arguments.size() > 2) {
    return invalid({fmt::format("usage: {}", entry.signature)});
  }
  SPELK_ASSIGN_OR_RETURN(AggregateCall bound, Aggregate(call->arguments.front()));
  double number = 0;
  const AggregateEntry* inner = entries_.Aggregate(bound.function, &number);
  const bool allowed =
      std::find(entry.made_of.begin(), entry.made_of.end(), inner->name) != entry.made_of.end();
  if (!allowed || !bound.pattern.empty() || bound.is_sparkline) {
    return invalid({fmt::format("it is made of one field by {}", fmt::join(entry.made_of, ", "))});
  }
  if (call->arguments.size() == 2) {
    bound.spark_span = TextOf(call->arguments.back().span);
    if (!ParseTimeSpan(bound.spark_span)) {
      return invalid({fmt::format("\"{}\" is no span of time, such as 1h", bound.spark_span)});
    }
  }
  bound.is_sparkline = true;
  bound.span = argument.span;
  // Named as typed, up to AS.
  const Span typed = Cover(call->name.span, call->arguments.back().span);
  bound.output = Intern(argument.alias ? std::string(argument.alias->text)
                                       : fmt::format("{})", TextOf(typed)));
  return bound;
}

absl::StatusOr<AggregateCall> Binder::Aggregate(const ast::Argument& argument) {
  AggregateCall bound;
  bound.span = argument.span;
  const auto* call = std::get_if<ast::ArgumentCall>(&argument.value);
  const auto* word = std::get_if<ast::Name>(&argument.value);
  const auto invalid = [&](ErrorCode code, std::vector<std::string> notes) {
    return Error(code, argument.span,
                 fmt::format("the argument '{}' is invalid", Trim(TextOf(argument.span))),
                 std::move(notes));
  };
  if (call == nullptr && (word == nullptr || word->quoted))
    return invalid(ErrorCode::kBadStatistic, {});
  bound.function = call != nullptr ? call->name.text : word->text;
  const AggregateEntry* entry = entries_.Aggregate(bound.function, &bound.number);
  if (entry == nullptr) {
    if (entries_.IsUnbuiltAggregate(bound.function)) {
      return Error(ErrorCode::kUnbuiltFunction, argument.span,
                   fmt::format("the statistic '{}' is not built yet", bound.function));
    }
    std::vector<std::string> notes = {fmt::format("there is no statistic \"{}\"", bound.function)};
    if (bound.function.ends_with('\'')) {
      return invalid(ErrorCode::kBadStatistic,
                     {"single quotes are a part of a name here; one with blanks stands in double "
                      "quotes: AS \"a b\""});
    }
    const std::vector<std::string_view> similar = entries_.SimilarAggregates(bound.function);
    const std::string_view advice =
        syntax::AdviceOn(syntax::ElsewhereKind::kStatistic, bound.function);
    if (!advice.empty()) {
      notes.emplace_back(advice);
    } else if (!similar.empty() && similar.front() == bound.function) {
      notes = {fmt::format("which percentile is wanted? write {}95(…)", bound.function)};
    } else if (entries_.Function(bound.function) != nullptr) {
      notes = {fmt::format("{} is a function of eval; a statistic takes it as eval({}(…))",
                           bound.function, bound.function)};
    } else if (call == nullptr && similar.empty()) {
      notes.emplace_back("fields stand in the parentheses of a statistic, or behind BY");
    } else {
      for (std::string& note : DidYouMean(similar)) notes.push_back(std::move(note));
    }
    return invalid(ErrorCode::kBadStatistic, std::move(notes));
  }
  if (!entry->made_of.empty()) return BindSparkline(argument, *entry);
  const CommandEntry* command = entries_.Command(command_);
  const bool has_it = entry->only_in.empty() || command == entries_.Command(entry->only_in) ||
                      command == entries_.Command(fmt::format("si{}", entry->only_in));
  if (!has_it) {
    return invalid(ErrorCode::kUnbuiltFunction,
                   {fmt::format("{} is a statistic of {} only", entry->name, entry->only_in)});
  }
  if (entry->takes_number && bound.number > 100) {
    return invalid(ErrorCode::kBadStatistic, {"a percentile lies between 0 and 100"});
  }
  if (call != nullptr && call->arguments.size() > 1) {
    return invalid(ErrorCode::kBadStatistic, {fmt::format("usage: {}", entry->signature)});
  }
  std::string shown = bound.function;
  if (call != nullptr && !call->arguments.empty()) {
    SPELK_RETURN_IF_ERROR(BindAggregateArgument(*call, *entry, &bound));
    const auto* name = std::get_if<ast::Name>(&call->arguments.front().value);
    shown = TypedName(bound.function, name != nullptr ? std::string_view(name->text)
                                                      : TextOf(call->arguments.front().span));
  } else if (!entry->without_field) {
    // Deprecated but documented: a function without a field means all fields.
    bound.pattern = "*";
    shown = TypedName(bound.function, "*");
  }
  const std::string output = argument.alias ? argument.alias->text : shown;
  if (output.empty())
    return Error(ErrorCode::kBadArgument, argument.alias->span, "a field name is empty");
  if (bound.pattern.empty()) {
    bound.output = Intern(output);
    return bound;
  }
  bound.output_pattern = output;
  if (std::count(output.begin(), output.end(), '*') !=
      std::count(bound.pattern.begin(), bound.pattern.end(), '*')) {
    return Error(ErrorCode::kBadArgument, argument.span,
                 fmt::format("wildcards do not match: '{}' and '{}'", bound.pattern, output));
  }
  return bound;
}

absl::Status Binder::Aggregates(const ast::CommandCall& command, const std::vector<Field>& by,
                                bool may_be_empty, AggregateNode* node) {
  SPELK_RETURN_IF_ERROR(NoSigns(
      command, {"a statistic cannot be computed with here; eval can, behind the next pipe"}));
  const std::vector<const ast::Argument*> arguments = Positional(command);
  if (arguments.empty() && !may_be_empty) {
    return Error(ErrorCode::kMissingArgument, command.name.span, "a statistic is missing",
                 {"usage: " + command_ + " <statistic>… [BY <field>…]"});
  }
  for (const ast::Argument* argument : arguments) {
    SPELK_ASSIGN_OR_RETURN(AggregateCall call, Aggregate(*argument));
    // A command that binds statistics into a row for each group, and to that alone, can draw them.
    if (call.is_sparkline && !may_be_empty) {
      return Error(ErrorCode::kBadStatistic, argument->span,
                   "sparkline is a statistic of stats and chart only");
    }
    SPELK_RETURN_IF_ERROR(AddStatistic(std::move(call), argument->span, by, node));
  }
  return absl::OkStatus();
}

absl::Status Binder::AddStatistic(AggregateCall call, Span span, const std::vector<Field>& by,
                                  AggregateNode* node) {
  NamePartials(entries_, node->all_numbers, fields_, &call);
  double number = 0;
  const AggregateEntry* entry = entries_.Aggregate(call.function, &number);
  node->needs_order = node->needs_order || entry->needs != AggregateNeeds::kValue;
  node->needs_time = node->needs_time || call.is_sparkline || entry->needs == AggregateNeeds::kTime;
  if (std::find(by.begin(), by.end(), call.output) != by.end()) {
    return Error(ErrorCode::kBadArgument, span,
                 "the output field '" + std::string(call.output.name()) +
                     "' cannot have the same name as a group-by field");
  }
  const bool repeated = std::any_of(
      node->aggregates.begin(), node->aggregates.end(),
      [&](const AggregateCall& other) { return call.output && other.output == call.output; });
  if (repeated) {
    return Error(ErrorCode::kBadArgument, span,
                 "the output field '" + std::string(call.output.name()) + "' is given twice");
  }
  node->aggregates.push_back(std::move(call));
  if (node->needs_time) node->time = Intern("_time");
  return absl::OkStatus();
}

}  // namespace spelk::plan
