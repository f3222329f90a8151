// What a run is going to do, as text.
#include <fmt/format.h>

#include <functional>

#include "base/status.h"
#include "engine/runner.h"

namespace spelk::engine {
namespace {

// Conditions that hold for every event without such a field.
std::string Assumed(const plan::ScanNode& scan) {
  std::string out;
  const std::function<void(const plan::Expr&)> visit = [&](const plan::Expr& expr) {
    if (expr.unset != plan::Unset::kNoMatch) {
      // The hidden field is shown under the name that people write.
      const std::string_view hidden_name = expr.field.name();
      const std::string_view name = expr.field == hidden::kIndex ? "index" : hidden_name;
      const std::string condition = plan::Print(expr);
      const bool begins_with_it = condition.starts_with(hidden_name);
      out += fmt::format("taken as {} where {} is unset: {}{}\n",
                         expr.unset == plan::Unset::kTrue ? "true" : "false", name,
                         begins_with_it ? name : "",
                         begins_with_it ? condition.substr(hidden_name.size()) : condition);
    }
    for (const plan::ExprPtr& argument : expr.arguments) visit(*argument);
  };
  if (scan.predicate != nullptr) visit(*scan.predicate);
  return out;
}

// "name", or "name":" for a member that is a text.
std::string ShownKey(std::string_view key) {
  constexpr std::string_view kText = ":\"";
  if (!key.ends_with(kText)) return std::string(key);
  return fmt::format("{} with a text", key.substr(0, key.size() - kText.size()));
}

// Knowledge that every search has is not worth a line.
bool IsShown(const plan::ComputedColumns& rule) { return !rule.text_source || !rule.text.empty(); }

// What a scan reads and skips.
std::string ReportScan(const plan::ScanNode* scan) {
  std::string out;
  plan::FieldSet read = plan::FieldSet::Of(scan->fields);
  if (scan->predicate != nullptr) plan::CollectFields(*scan->predicate, &read);
  for (const plan::ComputedColumns& rule : scan->rules) {
    if (IsShown(rule)) read.Add(rule.Inputs());
  }
  if (scan->all_fields) read.AddAll();
  for (const std::string& pattern : scan->patterns) read.AddPattern(pattern);
  out += fmt::format("fields: {}\n", read.Print());
  for (const plan::ComputedColumns& rule : scan->rules) {
    if (!IsShown(rule)) continue;
    std::vector<std::string_view> targets;
    for (const Field target : rule.targets) targets.push_back(target.name());
    out += fmt::format("knowledge: {} = {}{}{}\n", fmt::join(targets, ", "), plan::PrintRule(rule),
                       rule.only_missing ? " where it is missing" : "",
                       rule.where.name.empty() ? "" : fmt::format(", by [{}]", rule.where.name));
  }
  if (scan->prefilter.empty()) out += "prefilter: none, every line is parsed\n";
  for (const plan::LiteralGroup& group : scan->prefilter) {
    // What stands in quotes is the last piece of a member's name.
    const bool keys = group.literals.front().starts_with('"');
    out += keys ? "prefilter: a line must have a member " : "prefilter: a line must hold ";
    for (size_t i = 0; i < group.literals.size(); ++i) {
      const std::string_view separator = i == 0                           ? ""
                                         : i + 1 == group.literals.size() ? " or "
                                                                          : ", ";
      out += separator;
      out += keys ? ShownKey(group.literals[i]) : fmt::format("\"{}\"", group.literals[i]);
    }
    out += group.ignore_case ? ", in any case\n" : "\n";
  }
  return out;
}

}  // namespace

// Something that can be optimized and printed in the place of a subsearch.
plan::ExprPtr Runner::StandIn(const plan::Expr& subsearch) {
  auto rows = std::make_unique<plan::Expr>();
  rows->kind = plan::ExprKind::kTupleIn;
  rows->type = subsearch.type;
  rows->row_fields.push_back(fields_.Intern("[subsearch]"));
  rows->rows.push_back({"…"});
  return plan::MadeFrom(subsearch, std::move(rows));
}

absl::StatusOr<std::string> Runner::Explain(const plan::Node& root, Stage stage) {
  SPELK_RETURN_IF_ERROR(CheckPasses());
  PlanRun& plan = Prepare(root);
  feed_.known = !request_.inputs.empty();
  if (request_.inputs.empty()) {
    // Nothing was read, so subsearches stand as they are.
    for (const SubsearchPlace& place : SubsearchesOf(plan.root())) {
      if (place.place != nullptr) *place.place = StandIn(**place.place);
    }
  } else {
    SPELK_RETURN_IF_ERROR(ReadAhead({&plan}));
    SPELK_RETURN_IF_ERROR(plan.status);
  }
  SPELK_ASSIGN_OR_RETURN(const optimize::OrderReport order, Optimize(plan, request_.form));
  if (stage == Stage::kPipeline) {
    SPELK_RETURN_IF_ERROR(plan.Build());
    return plan.pipeline().Print();
  }
  std::string out = plan::PrintPlan(*plan.root());
  for (const plan::ScanNode* scan : plan::ScansOf(*plan.root())) out += ReportScan(scan);
  if (plan::ScansOf(*plan.root()).empty()) return out + "reads no events\n";
  out += order.newest_first ? fmt::format("order: newest first (needed by {})\n", order.needed_by)
                            : std::string("order: input\n");
  for (const plan::ScanNode* scan : plan::ScansOf(*plan.root())) out += Assumed(*scan);
  return out;
}

}  // namespace spelk::engine
