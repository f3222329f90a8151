// Reading, expanding, parsing and binding.
#include "engine/compile.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "commands/entry.h"
#include "functions/entry.h"
#include "plan/binder.h"
#include "value/time_format.h"

namespace spelk::engine {

Core::Core(const CoreOptions& options)
    : entries_(commands::AllCommands(), commands::UnbuiltCommands(), functions::AllFunctions(),
               functions::UnbuiltFunctions(), functions::AllAggregates(),
               functions::UnbuiltAggregates()),
      builtin_(options.builtin) {
  absl::StatusOr<absl::TimeZone> zone = LoadZone(options.time_zone);
  if (zone.ok()) {
    zone_ = *zone;
  } else {
    status_ = zone.status();
  }
  status_.Update(knowledge_.Load(options.apps, options.builtin));
}

namespace {

// Expressions inside macros: iseval definitions and validations.
absl::StatusOr<knowledge::MacroValue> EvaluateForMacro(const Core& core, std::string_view text) {
  SPELK_ASSIGN_OR_RETURN(const plan::ExprPtr expr, CompileExpression(core, text));
  plan::EvalCounters counters;
  plan::EvalEnvironment environment;
  environment.constants.zone = core.zone();
  environment.counters = &counters;
  Arena arena;
  SPELK_ASSIGN_OR_RETURN(const Value value, plan::EvaluateConstant(*expr, environment, arena));
  return knowledge::MacroValue::Of(value);
}

}  // namespace

absl::Status Compile(const Core& core, std::string name, std::string_view text, bool parse_only,
                     Compilation* compilation) {
  compilation->source = std::make_shared<Source>(std::move(name), std::string(text));
  SPELK_RETURN_IF_ERROR(core.status());
  Diagnostics& diagnostics = compilation->diagnostics;
  if (!parse_only) {
    const auto evaluate = [&core](std::string_view expression) {
      return EvaluateForMacro(core, expression);
    };
    SPELK_ASSIGN_OR_RETURN(compilation->source,
                           core.knowledge().macros().Expand(compilation->source, core.limits(),
                                                            evaluate, diagnostics));
  }
  SPELK_ASSIGN_OR_RETURN(compilation->ast,
                         Parse(*compilation->source, core.entries(), core.limits(), diagnostics));
  if (parse_only) return absl::OkStatus();
  plan::Binder binder(*compilation->source, core.entries(), core.fields(), diagnostics);
  SPELK_ASSIGN_OR_RETURN(compilation->plan, binder.Bind(compilation->ast));
  return absl::OkStatus();
}

absl::StatusOr<plan::ExprPtr> CompileSearchTerms(const Core& core, std::string_view text,
                                                 bool base) {
  const Source source("<subsearch>", std::string(text));
  Diagnostics diagnostics;
  SPELK_ASSIGN_OR_RETURN(const ast::SearchExpr terms,
                         ParseSearchTerms(source, core.entries(), core.limits(), diagnostics));
  plan::Binder binder(source, core.entries(), core.fields(), diagnostics);
  return binder.SearchTerms(terms, base);
}

absl::StatusOr<plan::ExprPtr> CompileExpression(const Core& core, std::string_view text) {
  const Source source("<expression>", std::string(text));
  Diagnostics diagnostics;
  SPELK_ASSIGN_OR_RETURN(const ast::ExprPtr expr,
                         ParseExpression(source, core.entries(), core.limits(), diagnostics));
  plan::Binder binder(source, core.entries(), core.fields(), diagnostics);
  return binder.Expression(*expr);
}

}  // namespace spelk::engine
