// The tree as an outline, and the outline with one node a line.
#include <fmt/format.h>

#include <utility>

#include "base/overloaded.h"
#include "syntax/parse.h"

namespace spelk {
namespace {

class Outliner {
 public:
  OutlineNode Run(const ast::Pipeline& pipeline) {
    OutlineNode root;
    at_ = &root;
    Pipeline(pipeline);
    return std::move(root.children[0]);
  }

 private:
  // A node below the one at hand.
  OutlineNode& Add(std::string_view kind, std::string text, Span span) {
    at_->children.push_back({std::string(kind), std::move(text), span, {}});
    return at_->children.back();
  }
  // The same, with what `children` adds below it.
  template <class Children>
  void Add(std::string_view kind, std::string text, Span span, const Children& children) {
    OutlineNode* above = at_;
    at_ = &Add(kind, std::move(text), span);
    children();
    at_ = above;
  }

  void Pipeline(const ast::Pipeline& pipeline) {
    Add("pipeline", "", pipeline.span, [&] {
      for (const ast::CommandCall& call : pipeline.commands) Command(call);
    });
  }

  static std::string Show(const ast::Name& name) {
    return name.quoted ? fmt::format("\"{}\"", name.text) : name.text;
  }

  static std::string TextOf(const ast::MacroCall& macro) {
    std::string text = macro.name.text;
    for (const ast::Name& argument : macro.arguments) text += " (" + argument.text + ")";
    return text;
  }
  void Macro(const ast::MacroCall& macro, Span span) { Add("macro", TextOf(macro), span); }

  void Subsearch(const ast::Pipeline& pipeline) {
    Add("subsearch", "", pipeline.brackets, [&] { Pipeline(pipeline); });
  }

  void Command(const ast::CommandCall& call) {
    if (call.broken) {
      return Add("broken", call.name.text, call.span, [&] {
        for (const ast::Pipeline* subsearch : call.subsearches) Subsearch(*subsearch);
      });
    }
    const std::string text = call.macro ? TextOf(*call.macro) : call.name.text;
    Add(call.macro ? "macro" : "command", text, call.span, [&] {
      const auto* all = call.search ? std::get_if<ast::SearchAnd>(&call.search->node) : nullptr;
      if (call.search && (all == nullptr || !all->operands.empty())) Search(*call.search);
      if (call.expression != nullptr) Expression(*call.expression);
      for (const ast::Assignment& assignment : call.assignments) Assign(assignment);
      for (const ast::Argument& argument : call.arguments) Argument(argument);
      for (const ast::Clause& clause : call.clauses) Clause(clause);
    });
  }

  void Assign(const ast::Assignment& assignment) {
    if (assignment.subsearch != nullptr) return Subsearch(*assignment.subsearch);
    const std::string text = assignment.macro ? TextOf(*assignment.macro) : Show(assignment.target);
    Add(assignment.macro ? "macro" : "assign", text, assignment.target.span, [&] {
      if (assignment.value != nullptr) Expression(*assignment.value);
    });
  }

  void Clause(const ast::Clause& clause) {
    constexpr std::string_view kWords[] = {"by", "over", "output", "outputnew", "where", "from"};
    Add("clause", std::string(kWords[static_cast<size_t>(clause.word)]), clause.span, [&] {
      for (const ast::Argument& argument : clause.arguments) Argument(argument);
      if (clause.search) Search(*clause.search);
    });
  }

  void Argument(const ast::Argument& argument) {
    const std::string as = argument.alias ? "as " + Show(*argument.alias) : "";
    const std::string alias = as.empty() ? "" : " " + as;
    const Span span = argument.span;
    std::visit(
        Overloaded{
            [&](const ast::Name& name) { Add("argument", Show(name) + alias, span); },
            [&](const ast::ArgumentCall& call) {
              Add("call", call.name.text + alias, span, [&] {
                for (const ast::Argument& each : call.arguments) Argument(each);
              });
            },
            [&](const ast::ArgumentExpression& evaluation) {
              const std::string_view kind = evaluation.is_eval ? "eval" : "expression";
              Add(kind, as, span, [&] { Expression(*evaluation.expression); });
            },
            [&](const ast::ArgumentSearch& search) {
              Add("terms", as, span, [&] { Search(search.terms); });
            },
            [&](const ast::ArgumentList& list) {
              Add("list", as, span, [&] {
                for (const ast::Name& item : list.items) Add("argument", Show(item), item.span);
              });
            },
            [&](const ast::ArgumentOption& option) {
              const std::string text =
                  fmt::format("{} {}{}", Show(option.name), Spelling(option.op), alias);
              Add("option", text, span, [&] { Argument(*option.value); });
            },
            [&](const ast::ArgumentSign& sign) { Add("sign", std::string(1, sign.sign), span); },
            [&](const ast::ArgumentSubsearch& subsearch) {
              Add("subsearch", as, span, [&] { Pipeline(*subsearch.pipeline); });
            },
            [&](const ast::MacroCall& macro) { Add("macro", TextOf(macro) + alias, span); }},
        argument.value);
    if (argument.alias_subsearch != nullptr) Subsearch(*argument.alias_subsearch);
  }

  void Parts(std::string_view kind, const std::vector<ast::SearchExpr>& parts, Span span) {
    Add(kind, "", span, [&] {
      for (const ast::SearchExpr& part : parts) Search(part);
    });
  }

  void Value(const ast::SearchValue& value) {
    std::visit(Overloaded{[&](const ast::Name& name) {
                            Add(value.exact_case ? "exact value" : "value", Show(name), value.span);
                          },
                          [&](const ast::MacroCall& macro) { Macro(macro, value.span); },
                          [&](const ast::PipelinePtr& pipeline) { Pipeline(*pipeline); }},
               value.value);
  }

  void Search(const ast::SearchExpr& search) {
    constexpr std::string_view kTerms[] = {"term", "phrase", "case term", "whole term"};
    const Span span = search.span;
    std::visit(
        Overloaded{[&](const ast::SearchAnd& all) { Parts("and", all.operands, span); },
                   [&](const ast::SearchOr& any) { Parts("or", any.operands, span); },
                   [&](const ast::SearchNot& negation) {
                     Add("not", "", span, [&] { Search(*negation.operand); });
                   },
                   [&](const ast::SearchComparison& comparison) {
                     const std::string text =
                         fmt::format("{} {}", Show(comparison.field), Spelling(comparison.op));
                     Add("field", text, span, [&] { Value(comparison.value); });
                   },
                   [&](const ast::SearchIn& in) {
                     Add("field", Show(in.field) + (in.negated ? " not in" : " in"), span, [&] {
                       for (const ast::SearchValue& value : in.values) Value(value);
                     });
                   },
                   [&](const ast::SearchTerm& term) {
                     Add(kTerms[static_cast<size_t>(term.kind)], Show(term.text), span);
                   },
                   [&](const ast::SearchSubsearch& subsearch) {
                     Add("subsearch", "", span, [&] { Pipeline(*subsearch.pipeline); });
                   },
                   [&](const ast::MacroCall& macro) { Macro(macro, span); }},
        search.node);
  }

  void Operands(std::string_view kind, const std::vector<ast::ExprPtr>& operands, Span span,
                std::string text = "") {
    Add(kind, std::move(text), span, [&] {
      for (const ast::ExprPtr& operand : operands) Expression(*operand);
    });
  }
  void Operands(std::string_view kind, std::initializer_list<const ast::Expr*> operands, Span span,
                std::string_view text = "") {
    Add(kind, std::string(text), span, [&] {
      for (const ast::Expr* operand : operands) Expression(*operand);
    });
  }

  void Chain(const ast::ArithmeticChain& chain, Span span) {
    constexpr char kSpelling[] = {'+', '-', '.', '*', '/', '%'};
    std::string text;
    for (const ast::ArithmeticOp op : chain.operators) {
      text += text.empty() ? "" : " ";
      text += kSpelling[static_cast<size_t>(op)];
    }
    Operands("arithmetic", chain.operands, span, std::move(text));
  }

  void Expression(const ast::Expr& expr) {
    constexpr std::string_view kLogical[] = {"and", "or", "xor"};
    const Span span = expr.span;
    std::visit(
        Overloaded{[&](const ast::NumberLiteral& number) { Add("number", number.text, span); },
                   [&](const ast::StringLiteral& string) {
                     Add("string", fmt::format("\"{}\"", string.text), span);
                   },
                   [&](const ast::BooleanLiteral& boolean) {
                     Add(boolean.value ? "true" : "false", "", span);
                   },
                   [&](const ast::FieldReference& field) { Add("field", field.name, span); },
                   [&](const ast::FunctionCall& call) {
                     Operands("call", call.arguments, span, call.name.text);
                   },
                   [&](const ast::ArithmeticChain& chain) { Chain(chain, span); },
                   [&](const ast::Negation& negation) {
                     Operands("negate", {negation.operand.get()}, span);
                   },
                   [&](const ast::Comparison& comparison) {
                     Operands("compare", {comparison.left.get(), comparison.right.get()}, span,
                              Spelling(comparison.op));
                   },
                   [&](const ast::LikeOperator& like) {
                     Operands("like", {like.left.get(), like.pattern.get()}, span);
                   },
                   [&](const ast::InOperator& in) {
                     Add(in.negated ? "not in" : "in", "", span, [&] {
                       Expression(*in.operand);
                       for (const ast::ExprPtr& value : in.values) Expression(*value);
                     });
                   },
                   [&](const ast::NotOperator& negation) {
                     Operands("not", {negation.operand.get()}, span);
                   },
                   [&](const ast::LogicalList& list) {
                     Operands(kLogical[static_cast<size_t>(list.op)], list.operands, span);
                   },
                   [&](const ast::ExpressionSubsearch& subsearch) {
                     Add("subsearch", "", span, [&] { Pipeline(*subsearch.pipeline); });
                   },
                   [&](const ast::MacroCall& macro) { Macro(macro, span); }},
        expr.node);
  }

  OutlineNode* at_ = nullptr;
};

void AppendOutline(const OutlineNode& node, bool with_spans, size_t depth, std::string* out) {
  out->append(depth * 2, ' ');
  *out += node.kind;
  if (!node.text.empty()) *out += " " + node.text;
  if (with_spans && !node.span.empty()) {
    *out += fmt::format("  [{},{})", node.span.begin, node.span.end);
  }
  *out += '\n';
  for (const OutlineNode& child : node.children) AppendOutline(child, with_spans, depth + 1, out);
}

}  // namespace

OutlineNode Outline(const ast::Pipeline& pipeline) { return Outliner().Run(pipeline); }

std::string Dump(const ast::Pipeline& pipeline, bool with_spans) {
  std::string text;
  AppendOutline(Outline(pipeline), with_spans, 0, &text);
  return text;
}

}  // namespace spelk
