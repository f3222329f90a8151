// The tree with one node a line.
#include <fmt/format.h>

#include "base/overloaded.h"
#include "syntax/parse.h"

namespace spelk {
namespace {

class Dumper {
 public:
  explicit Dumper(bool with_spans) : with_spans_(with_spans) {}

  void Pipeline(const ast::Pipeline& pipeline) {
    Line("pipeline", pipeline.span);
    ++depth_;
    for (const ast::CommandCall& call : pipeline.commands) Command(call);
    --depth_;
  }
  std::string Take() { return std::move(out_); }

 private:
  void Line(std::string_view text, Span span) {
    out_.append(depth_ * 2, ' ');
    out_ += text;
    if (with_spans_ && !span.empty()) out_ += fmt::format("  [{},{})", span.begin, span.end);
    out_ += '\n';
  }

  static std::string Show(const ast::Name& name) {
    return name.quoted ? fmt::format("\"{}\"", name.text) : name.text;
  }

  void Macro(const ast::MacroCall& macro, Span span) {
    std::string text = "macro " + macro.name.text;
    for (const ast::Name& argument : macro.arguments) text += " (" + argument.text + ")";
    Line(text, span);
  }

  void Command(const ast::CommandCall& call) {
    if (call.macro) {
      Macro(*call.macro, call.span);
    } else {
      Line("command " + call.name.text, call.span);
    }
    ++depth_;
    const auto* all = call.search ? std::get_if<ast::SearchAnd>(&call.search->node) : nullptr;
    if (call.search && (all == nullptr || !all->operands.empty())) Search(*call.search);
    if (call.expression != nullptr) Expression(*call.expression);
    for (const ast::Assignment& assignment : call.assignments) Assign(assignment);
    for (const ast::Argument& argument : call.arguments) Argument(argument);
    for (const ast::Clause& clause : call.clauses) Clause(clause);
    --depth_;
  }

  void Assign(const ast::Assignment& assignment) {
    if (assignment.macro) {
      Macro(*assignment.macro, {});
    } else {
      Line("assign " + Show(assignment.target), assignment.target.span);
    }
    ++depth_;
    if (assignment.value != nullptr) Expression(*assignment.value);
    --depth_;
  }

  void Clause(const ast::Clause& clause) {
    constexpr std::string_view kWords[] = {"by", "over", "output", "outputnew", "where", "from"};
    Line(fmt::format("clause {}", kWords[static_cast<size_t>(clause.word)]), clause.span);
    ++depth_;
    for (const ast::Argument& argument : clause.arguments) Argument(argument);
    if (clause.search) Search(*clause.search);
    --depth_;
  }

  void Argument(const ast::Argument& argument) {
    const std::string alias = argument.alias ? " as " + Show(*argument.alias) : "";
    const auto head = [&](std::string_view text) {
      Line(std::string(text) + alias, argument.span);
    };
    std::visit(
        Overloaded{[&](const ast::Name& name) { head("argument " + Show(name)); },
                   [&](const ast::ArgumentCall& call) {
                     head("call " + call.name.text);
                     ++depth_;
                     for (const ast::Argument& each : call.arguments) Argument(each);
                     --depth_;
                   },
                   [&](const ast::ArgumentExpression& evaluation) {
                     head(evaluation.is_eval ? "eval" : "expression");
                     ++depth_;
                     Expression(*evaluation.expression);
                     --depth_;
                   },
                   [&](const ast::ArgumentOption& option) {
                     head(fmt::format("option {} {}", Show(option.name), Spelling(option.op)));
                     ++depth_;
                     Argument(*option.value);
                     --depth_;
                   },
                   [&](const ast::ArgumentSign& sign) { head(fmt::format("sign {}", sign.sign)); },
                   [&](const ast::ArgumentSubsearch& subsearch) {
                     head("subsearch");
                     Nested(*subsearch.pipeline);
                   },
                   [&](const ast::MacroCall& macro) { Macro(macro, argument.span); }},
        argument.value);
  }

  void Nested(const ast::Pipeline& pipeline) {
    ++depth_;
    Pipeline(pipeline);
    --depth_;
  }

  void Parts(std::string_view head, const std::vector<ast::SearchExpr>& parts, Span span) {
    Line(head, span);
    ++depth_;
    for (const ast::SearchExpr& part : parts) Search(part);
    --depth_;
  }

  void Value(const ast::SearchValue& value) {
    std::visit(Overloaded{[&](const ast::Name& name) {
                            Line((value.exact_case ? "exact value " : "value ") + Show(name),
                                 value.span);
                          },
                          [&](const ast::MacroCall& macro) { Macro(macro, value.span); },
                          [&](const ast::PipelinePtr& pipeline) { Pipeline(*pipeline); }},
               value.value);
  }

  void Search(const ast::SearchExpr& search) {
    constexpr std::string_view kTerms[] = {"term", "phrase", "case term", "whole term"};
    const Span span = search.span;
    std::visit(
        Overloaded{
            [&](const ast::SearchAnd& all) { Parts("and", all.operands, span); },
            [&](const ast::SearchOr& any) { Parts("or", any.operands, span); },
            [&](const ast::SearchNot& negation) {
              Line("not", span);
              ++depth_;
              Search(*negation.operand);
              --depth_;
            },
            [&](const ast::SearchComparison& comparison) {
              Line(fmt::format("field {} {}", Show(comparison.field), Spelling(comparison.op)),
                   span);
              ++depth_;
              Value(comparison.value);
              --depth_;
            },
            [&](const ast::SearchIn& in) {
              Line(fmt::format("field {} {}", Show(in.field), in.negated ? "not in" : "in"), span);
              ++depth_;
              for (const ast::SearchValue& value : in.values) Value(value);
              --depth_;
            },
            [&](const ast::SearchTerm& term) {
              Line(fmt::format("{} {}", kTerms[static_cast<size_t>(term.kind)], Show(term.text)),
                   span);
            },
            [&](const ast::SearchSubsearch& subsearch) {
              Line("subsearch", span);
              Nested(*subsearch.pipeline);
            },
            [&](const ast::MacroCall& macro) { Macro(macro, span); }},
        search.node);
  }

  void Operands(std::string_view head, const std::vector<ast::ExprPtr>& operands, Span span) {
    Line(head, span);
    ++depth_;
    for (const ast::ExprPtr& operand : operands) Expression(*operand);
    --depth_;
  }
  void Operands(std::string_view head, std::initializer_list<const ast::Expr*> operands,
                Span span) {
    Line(head, span);
    ++depth_;
    for (const ast::Expr* operand : operands) Expression(*operand);
    --depth_;
  }

  void Chain(const ast::ArithmeticChain& chain, Span span) {
    constexpr char kSpelling[] = {'+', '-', '.', '*', '/', '%'};
    std::string head = "arithmetic";
    for (const ast::ArithmeticOp op : chain.operators)
      head += fmt::format(" {}", kSpelling[static_cast<size_t>(op)]);
    Operands(head, chain.operands, span);
  }

  void Expression(const ast::Expr& expr) {
    constexpr std::string_view kLogical[] = {"and", "or", "xor"};
    const Span span = expr.span;
    std::visit(
        Overloaded{[&](const ast::NumberLiteral& number) { Line("number " + number.text, span); },
                   [&](const ast::StringLiteral& string) {
                     Line(fmt::format("string \"{}\"", string.text), span);
                   },
                   [&](const ast::BooleanLiteral& boolean) {
                     Line(boolean.value ? "true" : "false", span);
                   },
                   [&](const ast::FieldReference& field) { Line("field " + field.name, span); },
                   [&](const ast::FunctionCall& call) {
                     Operands("call " + call.name.text, call.arguments, span);
                   },
                   [&](const ast::ArithmeticChain& chain) { Chain(chain, span); },
                   [&](const ast::Negation& negation) {
                     Operands("negate", {negation.operand.get()}, span);
                   },
                   [&](const ast::Comparison& comparison) {
                     Operands(fmt::format("compare {}", Spelling(comparison.op)),
                              {comparison.left.get(), comparison.right.get()}, span);
                   },
                   [&](const ast::LikeOperator& like) {
                     Operands("like", {like.left.get(), like.pattern.get()}, span);
                   },
                   [&](const ast::InOperator& in) {
                     Operands(in.negated ? "not in" : "in", {in.operand.get()}, span);
                     ++depth_;
                     for (const ast::ExprPtr& value : in.values) Expression(*value);
                     --depth_;
                   },
                   [&](const ast::NotOperator& negation) {
                     Operands("not", {negation.operand.get()}, span);
                   },
                   [&](const ast::LogicalList& list) {
                     Operands(kLogical[static_cast<size_t>(list.op)], list.operands, span);
                   },
                   [&](const ast::ExpressionSubsearch& subsearch) {
                     Line("subsearch", span);
                     Nested(*subsearch.pipeline);
                   },
                   [&](const ast::MacroCall& macro) { Macro(macro, span); }},
        expr.node);
  }

  const bool with_spans_;
  size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string Dump(const ast::Pipeline& pipeline, bool with_spans) {
  Dumper dumper(with_spans);
  dumper.Pipeline(pipeline);
  return dumper.Take();
}

}  // namespace spelk
