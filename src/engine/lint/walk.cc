// The walk over a tree that hands each of its parts to the rules, and what rules share.
#include <algorithm>
#include <functional>
#include <variant>

#include "base/overloaded.h"
#include "engine/inner_check.h"
#include "engine/lint/rule.h"
#include "engine/lint/text_search.h"
#include "engine/why/hints.h"
#include "syntax/operands.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::engine::lint {
namespace {

class LintWalker {
 public:
  explicit LintWalker(Visit* visit) : visit_(*visit) {}

  void Pipeline(const ast::Pipeline& pipeline) {
    const Visit before = visit_;
    visit_.pipeline = &pipeline;
    visit_.around.clear();
    for (const Family* family : Families()) {
      if (family->pipeline != nullptr) family->pipeline(visit_, pipeline);
    }
    for (size_t c = 0; c < pipeline.commands.size(); ++c) {
      visit_.command = &pipeline.commands[c];
      visit_.position = c;
      visit_.negated = false;
      Command(pipeline.commands[c]);
    }
    Restore(before);
  }

 private:
  void Restore(const Visit& before) {
    visit_.pipeline = before.pipeline;
    visit_.command = before.command;
    visit_.position = before.position;
    visit_.depth = before.depth;
    visit_.base = before.base;
    visit_.negated = before.negated;
    visit_.around = before.around;
  }

  void Command(const ast::CommandCall& call) {
    if (call.broken) {
      for (const ast::PipelinePtr& subsearch : call.broken->subsearches) Subsearch(*subsearch);
      return;
    }
    for (const Family* family : Families()) {
      if (family->command != nullptr) family->command(visit_, call);
    }
    visit_.base = visit_.position == 0 && !visit_.pipeline->leading_pipe;
    if (call.search) Terms(*call.search);
    visit_.base = false;
    if (call.expression != nullptr) Expression(*call.expression);
    for (const ast::Assignment& assignment : call.assignments) {
      if (assignment.value != nullptr) Expression(*assignment.value);
      if (assignment.subsearch != nullptr) Subsearch(*assignment.subsearch);
    }
    for (const ast::Argument& argument : call.arguments) Argument(argument);
    Text(call);
    for (const ast::Clause& clause : call.clauses) {
      for (const ast::Argument& argument : clause.arguments) Argument(argument);
      if (clause.search) Terms(*clause.search);
    }
  }

  // What the compiler says of it, it says of the search around.
  void Text(const ast::CommandCall& call) {
    const TextSearch text(visit_, call);
    if (!text.there()) return;
    const Search& search = visit_.search;
    const Source source("<map>", text.text());
    Compilation compiled;
    CompileAlone(search.core, text.text(), {}, &compiled, nullptr).IgnoreError();
    ast::Pipeline tree;
    Diagnostics ignored;
    ParsePartly(source, search.core.entries(), search.core.limits(), ignored, &tree).IgnoreError();
    std::vector<Report> reports;
    const Search inner{search.core, source, tree, compiled, search.options};
    Visit visit(inner, &reports);
    LintWalker(&visit).Pipeline(tree);
    for (Report& report : reports) {
      if (text.Place(&report)) visit_.Add(std::move(report));
    }
  }

  void Subsearch(const ast::Pipeline& pipeline) {
    ++visit_.depth;
    Pipeline(pipeline);
    --visit_.depth;
  }

  void Argument(const ast::Argument& argument) {
    std::visit(Overloaded{[&](const ast::ArgumentCall& call) {
                            for (const ast::Argument& each : call.arguments) Argument(each);
                          },
                          [&](const ast::ArgumentExpression& expression) {
                            if (expression.expression != nullptr)
                              Expression(*expression.expression);
                          },
                          [&](const ast::ArgumentSearch& search) { Terms(search.terms); },
                          [&](const ast::ArgumentOption& option) {
                            if (option.value != nullptr) Argument(*option.value);
                          },
                          [&](const ast::ArgumentSubsearch& subsearch) {
                            if (subsearch.pipeline != nullptr) Subsearch(*subsearch.pipeline);
                          },
                          [](const auto&) {}},
               argument.value);
    if (argument.alias_subsearch != nullptr) Subsearch(*argument.alias_subsearch);
  }

  void Value(const ast::SearchValue& value) {
    if (const auto* pipeline = std::get_if<ast::PipelinePtr>(&value.value);
        pipeline != nullptr && *pipeline != nullptr) {
      Subsearch(**pipeline);
    }
  }

  void Terms(const ast::SearchExpr& terms) {
    for (const Family* family : Families()) {
      if (family->terms != nullptr) family->terms(visit_, terms);
    }
    std::visit(
        Overloaded{[&](const ast::SearchAnd& all) {
                     for (const ast::SearchExpr& operand : all.operands) Terms(operand);
                   },
                   [&](const ast::SearchOr& any) {
                     for (const ast::SearchExpr& operand : any.operands) Terms(operand);
                   },
                   [&](const ast::SearchNot& negation) {
                     visit_.negated = !visit_.negated;
                     Terms(*negation.operand);
                     visit_.negated = !visit_.negated;
                   },
                   [&](const ast::SearchComparison& comparison) { Value(comparison.value); },
                   [&](const ast::SearchIn& in) {
                     for (const ast::SearchValue& value : in.values) Value(value);
                   },
                   [&](const ast::SearchSubsearch& subsearch) { Subsearch(*subsearch.pipeline); },
                   [](const auto&) {}},
        terms.node);
  }

  void Expressions(const std::vector<ast::ExprPtr>& expressions) {
    for (const ast::ExprPtr& expression : expressions) {
      if (expression != nullptr) Expression(*expression);
    }
  }

  void Expression(const ast::Expr& expr) {
    for (const Family* family : Families()) {
      if (family->expression != nullptr) family->expression(visit_, expr);
    }
    visit_.around.push_back(&expr);
    ast::ForEachOperand(expr, [this](const ast::Expr& operand) { Expression(operand); });
    const auto* subsearch = std::get_if<ast::ExpressionSubsearch>(&expr.node);
    if (subsearch != nullptr && subsearch->pipeline != nullptr) Subsearch(*subsearch->pipeline);
    visit_.around.pop_back();
  }

  Visit& visit_;
};

}  // namespace

std::string Visit::CommandName() const {
  return command == nullptr || command->macro ? "" : LowerAscii(command->name.text);
}

void Walk(const Search& search, std::vector<Report>* reports) {
  Visit visit(search, reports);
  for (const Family* family : Families()) {
    if (family->whole != nullptr) family->whole(visit);
  }
  LintWalker(&visit).Pipeline(search.tree);
}

// ---------------------------------------------------------------- what rules share

const std::string* FieldOf(const ast::Expr& expr) {
  const auto* field = std::get_if<ast::FieldReference>(&expr.node);
  return field == nullptr ? nullptr : &field->name;
}

const std::string* TextOf(const ast::Expr& expr) {
  const auto* text = std::get_if<ast::StringLiteral>(&expr.node);
  return text == nullptr ? nullptr : &text->text;
}

std::optional<double> NumberOf(const ast::Expr& expr) {
  if (const auto* negation = std::get_if<ast::Negation>(&expr.node)) {
    const std::optional<double> number = NumberOf(*negation->operand);
    return number ? std::optional(-*number) : std::nullopt;
  }
  const auto* number = std::get_if<ast::NumberLiteral>(&expr.node);
  if (number == nullptr) return std::nullopt;
  const std::optional<Number> value = ParseNumber(number->text);
  return value ? std::optional(value->value) : std::nullopt;
}

const ast::FunctionCall* CallOf(const ast::Expr& expr,
                                std::initializer_list<std::string_view> names) {
  const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr) return nullptr;
  const bool found = std::any_of(names.begin(), names.end(), [call](std::string_view name) {
    return EqualsIgnoringCase(call->name.text, name);
  });
  return found ? call : nullptr;
}

const ast::Name* WordOf(const ast::SearchValue& value) {
  return std::get_if<ast::Name>(&value.value);
}

void ForEachValue(const ast::SearchExpr& terms,
                  const std::function<void(const ast::Name& field, CompareOp op,
                                           const ast::SearchValue& value)>& take) {
  if (const auto* comparison = std::get_if<ast::SearchComparison>(&terms.node)) {
    take(comparison->field, comparison->op, comparison->value);
  } else if (const auto* in = std::get_if<ast::SearchIn>(&terms.node)) {
    for (const ast::SearchValue& value : in->values) {
      take(in->field, in->negated ? CompareOp::kNotEqual : CompareOp::kEqual, value);
    }
  }
}

std::string FilterOf(std::string_view name) {
  std::string filter;
  for (const char c : name) {
    const char lower = LowerAscii(c);
    const bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
    filter += plain ? lower : '_';
  }
  return filter + "_filter";
}

std::string Beginning(std::string_view text, size_t longest) {
  if (text.size() <= longest) return std::string(text);
  size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace spelk::engine::lint
