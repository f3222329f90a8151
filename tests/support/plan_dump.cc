// Writing plans out in full.
#include "support/plan_dump.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plan/entry.h"
#include "plan/nodes.h"
#include "value/number.h"

namespace spelk::tests {
namespace {

std::string NameOrNone(Field field) {
  if (!field) return "-";
  return fmt::format("{}{}", field.name(), field.hidden() ? " (hidden)" : "");
}

std::string Names(const std::vector<Field>& fields) {
  std::string text;
  for (const Field field : fields) text += NameOrNone(field) + ",";
  return text;
}

class Dump {
 public:
  void Plan(const plan::Node& root) {
    plan::ForEachNode(root, [this](const plan::Node& node) { Node(node); });
    plan::ForEachHeldPlan(root, [this](const plan::Node& plan, plan::Held how) {
      Line("held {}:", static_cast<int>(how));
      ++depth_;
      Plan(plan);
      --depth_;
    });
  }
  std::string Take() { return std::move(text_); }

 private:
  template <class... Arguments>
  void Line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_.append(2 * depth_, ' ');
    text_ += fmt::format(format, std::forward<Arguments>(arguments)...);
    text_ += '\n';
  }

  void Node(const plan::Node& node) {
    Line("{} of {} id {} from {} at {}-{}: {}", node.type().name,
         node.entry == nullptr ? "-" : node.entry->name, node.id, node.from, node.span.begin,
         node.span.end, node.Print());
    ++depth_;
    if (const auto* scan = plan::TryAs<plan::ScanNode>(&node)) Rules(*scan);
    if (const auto* aggregate = plan::TryAs<plan::AggregateNode>(&node)) Calls(*aggregate);
    // Visiting is written for what changes expressions; here nothing does.
    const_cast<plan::Node&>(node).VisitExpressions([this](plan::ExprPtr& expr) { Expr(*expr); });
    --depth_;
  }

  static std::string Events(const plan::EventSet& events) {
    return fmt::format("{} /{}/ [{}]", plan::NameOf(events.stanza), events.pattern, events.name);
  }

  void Rules(const plan::ScanNode& scan) {
    Partials("scan", scan.partials);
    for (const plan::ComputedColumns& rule : scan.rules) {
      std::string except;
      for (const plan::EventSet& events : rule.except) except += Events(events) + "; ";
      std::string targets;
      for (const Field target : rule.targets) targets += NameOrNone(target) + "; ";
      for (const Field listed : rule.listed) targets += "listed " + NameOrNone(listed) + "; ";
      Line("rule {} for {} where {} except {} {}{}", rule.name, targets, Events(rule.where), except,
           rule.only_missing, rule.parallel_before);
    }
  }

  void Partials(std::string_view of, const std::vector<Field>& fields) {
    for (const Field field : fields) Line("partial {} {}", of, NameOrNone(field));
  }

  void Calls(const plan::AggregateNode& node) {
    Partials("version", {node.partial_version});
    for (const plan::AggregateCall& call : node.aggregates) {
      Partials(call.function, call.partials);
      Line("call {} {} of {} {} as {} {} at {}-{}", call.function, call.number,
           NameOrNone(call.field), call.pattern, NameOrNone(call.output), call.output_pattern,
           call.span.begin, call.span.end);
    }
  }

  void Expr(const plan::Expr& expr) {
    std::string patterns;
    for (const plan::Pattern& pattern : expr.patterns) {
      patterns += fmt::format("{} {},", pattern.text, pattern.exact_case);
    }
    std::string operators;
    for (const ast::ArithmeticOp op : expr.operators)
      operators += fmt::format("{},", static_cast<int>(op));
    std::string rows;
    for (const std::vector<std::string>& row : expr.rows)
      rows += fmt::format("{};", fmt::join(row, ","));
    const Value literal = expr.literal.value();
    Line("expr {} type {} id {} from {} at {}-{} literal {} {} {} field {} function {}",
         static_cast<int>(expr.kind), static_cast<int>(expr.type), expr.id, expr.from,
         expr.span.begin, expr.span.end, static_cast<int>(literal.kind()),
         literal.is_text() ? static_cast<int>(literal.json_type()) : 0,
         literal.is_null() ? "" : TextOf(literal), NameOrNone(expr.field),
         expr.function == nullptr ? "-" : expr.function->name);
    Line("  operators {} op {} patterns {} unset {} names {} term {} rows of {}: {}", operators,
         static_cast<int>(expr.op), patterns, static_cast<int>(expr.unset), expr.all_names,
         static_cast<int>(expr.term), Names(expr.row_fields), rows);
    Line("  time {} {} subsearch {}{}{} {} texts {}", expr.earliest, expr.latest, expr.as_terms,
         expr.negated_scope, expr.base_scope, expr.plan != nullptr, fmt::join(expr.texts, ","));
    ++depth_;
    for (const plan::ExprPtr& argument : expr.arguments) Expr(*argument);
    --depth_;
  }

  std::string text_;
  size_t depth_ = 0;
};

}  // namespace

std::string DumpPlan(const plan::Node& root) {
  Dump dump;
  dump.Plan(root);
  return dump.Take();
}

}  // namespace spelk::tests
