// Reading, expanding, parsing and binding.
#include "engine/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "commands/entry.h"
#include "engine/inner_check.h"
#include "engine/tables.h"
#include "functions/entry.h"
#include "plan/bind/binder.h"
#include "plan/lookup.h"
#include "plan/scan_conditions.h"
#include "value/time_format.h"
#include "value/utf8.h"

namespace spelk::engine {

Core::Core(const CoreOptions& options)
    : entries_(commands::AllCommands(), exec::CoreNodes(), commands::UnbuiltCommands(),
               functions::AllFunctions(), functions::UnbuiltFunctions(), functions::AllAggregates(),
               functions::UnbuiltAggregates()) {
  absl::StatusOr<absl::TimeZone> zone = LoadZone(options.time_zone);
  if (zone.ok()) {
    zone_ = *zone;
  } else {
    status_ = zone.status();
  }
  write_folder_ = options.write_folder;
  assumes_tables_ = options.empty_tables;
  status_.Update(
      knowledge_.Load({options.apps, options.builtin, options.lookups, options.write_folder,
                       options.macros, options.stanzas, options.base_limits, options.limits}));
}

namespace {

// What an expression inside of a macro may use.
constexpr size_t kMacroMemory = size_t{16} << 20U;

// Expressions inside macros: iseval definitions and validations, over one row with the arguments.
absl::StatusOr<knowledge::MacroValue> EvaluateForMacro(const Core& core, std::string_view text,
                                                       const knowledge::MacroArguments& arguments) {
  MemoryBudget budget(kMacroMemory);
  FieldTable fields(&core.fields(), &budget);
  SPELK_ASSIGN_OR_RETURN(const plan::ExprPtr expr, CompileExpression(core, fields, text));
  std::vector<Field> names;
  std::vector<Column> columns;
  for (const auto& [name, value] : arguments) {
    names.push_back(fields.Intern(name));
    columns.push_back(Column::Constant(Value::Text(value), 1));
  }
  const Batch batch(std::make_shared<Schema>(std::move(names)), std::move(columns), 1,
                    std::make_shared<BatchMemory>(&budget));
  plan::EvalCounters counters;
  plan::EvalEnvironment environment;
  environment.constants.zone = core.zone();
  environment.constants.commands = &core.entries();
  environment.counters = &counters;
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<plan::Evaluator> evaluator,
                         plan::Evaluator::Make(*expr, environment));
  Column result;
  const bool boolean = expr->type == plan::Type::kBoolean;
  SPELK_RETURN_IF_ERROR(boolean ? evaluator->Evaluate(batch, &result)
                                : evaluator->EvaluateAssigned(batch, &result));
  return knowledge::MacroValue::Of(result.At(0), boolean);
}

// Without a diagnostic, which would show the line.
absl::Status CheckUtf8(const Source& source) {
  const size_t bad = FirstNotUtf8(source.text());
  if (bad == std::string_view::npos) return absl::OkStatus();
  const LineColumn place = source.Locate(static_cast<uint32_t>(bad));
  return absl::InvalidArgumentError(fmt::format("{}:{}:{}: the search is not UTF-8: byte 0x{:02x}",
                                                source.name(), place.line, place.column,
                                                static_cast<unsigned char>(source.text()[bad])));
}

// What was left out of an app may change the answer.
void WarnOfSkipped(const Core& core, Diagnostics& diagnostics) {
  const std::vector<std::string>& skipped = core.knowledge().skipped();
  if (skipped.empty()) return;
  diagnostics.Warn(ErrorCode::kDiffers, {},
                   fmt::format("{} left out of the app folders; the first: {}",
                               skipped.size() == 1 ? "one line was"
                                                   : fmt::format("{} lines were", skipped.size()),
                               skipped.front()),
                   {"`spelk apps` lists them all"});
}

// The lookups that there are, and those that searches before this one write.
class LookupsToCome final : public plan::LookupCatalog {
 public:
  // `assume`: others count as empty.
  LookupsToCome(const plan::LookupCatalog& known, const std::vector<std::string>& tables,
                bool assume)
      : known_(known), tables_(tables), assume_(assume) {}

  absl::StatusOr<plan::LookupPtr> FindLookup(std::string_view name) const override {
    absl::StatusOr<plan::LookupPtr> found = known_.FindLookup(name);
    const bool missing = absl::IsNotFound(found.status()) || (found.ok() && *found == nullptr);
    if (missing && assume_) return Opened(AssumedLookup(name), {std::string(name)});
    SPELK_ASSIGN_OR_RETURN(plan::LookupPtr lookup, std::move(found));
    return Opened(std::move(lookup), {std::string(name)});
  }
  absl::StatusOr<plan::LookupPtr> FindFile(std::string_view name) const override {
    SPELK_ASSIGN_OR_RETURN(plan::LookupPtr lookup, known_.FindFile(name));
    if (lookup == nullptr && assume_) lookup = AssumedLookup(name);
    return Opened(std::move(lookup), {std::string(name), fmt::format("{}.csv", name)});
  }
  std::vector<std::string> LookupNames() const override { return known_.LookupNames(); }

 private:
  plan::LookupPtr Opened(plan::LookupPtr known, const std::vector<std::string>& names) const {
    const bool written = std::any_of(tables_.begin(), tables_.end(), [&](const std::string& table) {
      return std::find(names.begin(), names.end(), table) != names.end();
    });
    if (!written) return known;
    auto lookup = known == nullptr ? std::make_shared<plan::Lookup>()
                                   : std::make_shared<plan::Lookup>(*known);
    if (known == nullptr) lookup->name = lookup->table = names.front();
    lookup->columns.clear();
    lookup->open = true;
    return lookup;
  }

  const plan::LookupCatalog& known_;
  const std::vector<std::string>& tables_;
  const bool assume_;
};

}  // namespace

absl::StatusOr<plan::DataModelPtr> Core::Models::FindModel(std::string_view name) const {
  return core_.knowledge().models().Find(name);
}

std::vector<std::string> Core::Models::ModelNames() const {
  return core_.knowledge().models().Names();
}

absl::StatusOr<std::string> Core::Models::ExpandMacros(std::string_view text) const {
  if (text.find('`') == std::string_view::npos) return std::string(text);
  const auto evaluate = [this](std::string_view expression,
                               const knowledge::MacroArguments& arguments) {
    return EvaluateForMacro(core_, expression, arguments);
  };
  Diagnostics diagnostics;
  SPELK_ASSIGN_OR_RETURN(
      const SourcePtr expanded,
      core_.knowledge().macros().Expand(std::make_shared<Source>("<model>", std::string(text)),
                                        core_.limits(), evaluate, diagnostics));
  SPELK_RETURN_IF_ERROR(diagnostics.FirstError());
  return std::string(expanded->text());
}

namespace {

// Where a search asks for a time range itself, that of its schedule does not count.
void SetTimeRange(const CompileOptions& options, FieldTable& fields, plan::Node* root) {
  for (plan::ScanNode* scan : plan::ScansOf(*root)) {
    if (!scan->time_ranges.empty()) continue;
    plan::AddCondition(
        plan::MakeTimeRange(fields.Intern("_time"), options.earliest, options.latest), scan);
    scan->time_ranges.push_back({options.earliest, options.latest});
  }
  plan::ForEachHeldPlan(
      *root, [&](plan::Node& held, plan::Held) { SetTimeRange(options, fields, &held); });
}

}  // namespace

absl::StatusOr<SourcePtr> ExpandMacros(const Core& core, const SourcePtr& source,
                                       Diagnostics& diagnostics,
                                       std::vector<knowledge::ExpandedPiece>* pieces) {
  const auto evaluate = [&core](std::string_view expression,
                                const knowledge::MacroArguments& arguments) {
    return EvaluateForMacro(core, expression, arguments);
  };
  const auto is_command = [&core](std::string_view word) {
    return core.entries().Command(word) != nullptr;
  };
  return core.knowledge().macros().Expand(source, core.limits(), evaluate, diagnostics, is_command,
                                          pieces);
}

absl::Status Compile(const Core& core, std::string_view text, const CompileOptions& options,
                     Compilation* compilation, FieldTable* fields) {
  SPELK_RETURN_IF_ERROR(CompileAlone(core, text, options, compilation, fields));
  if (compilation->plan == nullptr) return absl::OkStatus();
  absl::Status inner = CheckInnerSearches(core, options, compilation, fields);
  if (!inner.ok()) compilation->plan = nullptr;
  return inner;
}

absl::Status CompileAlone(const Core& core, std::string_view text, const CompileOptions& options,
                          Compilation* compilation, FieldTable* fields) {
  compilation->source = std::make_shared<Source>(options.name, std::string(text));
  SPELK_RETURN_IF_ERROR(core.status());
  SPELK_RETURN_IF_ERROR(CheckUtf8(*compilation->source));
  Diagnostics& diagnostics = compilation->diagnostics;
  WarnOfSkipped(core, diagnostics);
  if (!options.parse_only) {
    SPELK_ASSIGN_OR_RETURN(compilation->source,
                           ExpandMacros(core, compilation->source, diagnostics, nullptr));
  }
  const absl::Status parsed = ParsePartly(*compilation->source, core.entries(), core.limits(),
                                          diagnostics, &compilation->ast);
  if (options.parse_only) {
    SPELK_RETURN_IF_ERROR(parsed);
    SPELK_ASSIGN_OR_RETURN(
        const std::vector<Token> tokens,
        Tokenize(*compilation->source, core.entries(), core.limits(), diagnostics));
    core.knowledge().macros().Check(*compilation->source, tokens, diagnostics);
    return absl::OkStatus();
  }
  const LookupsToCome lookups(core.knowledge().lookups(), options.tables, core.assumes_tables());
  plan::BinderServices services = core.bind_services();
  services.lookups = &lookups;
  // What did parse is bound even so, to report its errors as well.
  plan::Binder binder(*compilation->source, core.entries(),
                      fields == nullptr ? core.fields() : *fields, diagnostics, services);
  absl::StatusOr<plan::NodePtr> plan = binder.Bind(compilation->ast);
  diagnostics.SortByPlace();
  SPELK_RETURN_IF_ERROR(diagnostics.FirstError());
  SPELK_ASSIGN_OR_RETURN(compilation->plan, std::move(plan));
  if (!options.earliest.empty() || !options.latest.empty()) {
    SetTimeRange(options, fields == nullptr ? core.fields() : *fields, compilation->plan.get());
  }
  plan::NumberPlan(*compilation->plan);
  return absl::OkStatus();
}

absl::StatusOr<ast::SearchExpr> ParseTerms(const Core& core, std::string_view text) {
  const Source source("<subsearch>", std::string(text));
  Diagnostics diagnostics;
  return ParseSearchTerms(source, core.entries(), core.limits(), diagnostics);
}

absl::StatusOr<plan::NodePtr> CompileBody(const Core& core, FieldTable& fields,
                                          std::string_view text) {
  const auto source = std::make_shared<Source>("<body>", std::string(text));
  Diagnostics diagnostics;
  SPELK_ASSIGN_OR_RETURN(const ast::Pipeline pipeline,
                         Parse(*source, core.entries(), core.limits(), diagnostics));
  plan::Binder binder(*source, core.entries(), fields, diagnostics, core.bind_services());
  return binder.Body(pipeline);
}

absl::StatusOr<plan::ExprPtr> CompileTerms(const Core& core, FieldTable& fields,
                                           const ast::SearchExpr& terms, TermsScope scope) {
  const Source source("<subsearch>", "");
  Diagnostics diagnostics;
  plan::Binder binder(source, core.entries(), fields, diagnostics, core.bind_services());
  binder.ForbidSubsearches();
  return binder.SearchTerms(terms, scope.base, scope.negated);
}

absl::StatusOr<plan::ExprPtr> CompileTerms(const Core& core, FieldTable& fields,
                                           std::string_view text) {
  Diagnostics diagnostics;
  SPELK_ASSIGN_OR_RETURN(const SourcePtr expanded,
                         ExpandMacros(core, std::make_shared<Source>("<terms>", std::string(text)),
                                      diagnostics, nullptr));
  const Source& source = *expanded;
  SPELK_ASSIGN_OR_RETURN(const ast::SearchExpr terms,
                         ParseSearchTerms(source, core.entries(), core.limits(), diagnostics));
  plan::BinderServices services = core.bind_services();
  services.classes = nullptr;  // It may name others that are not there.
  plan::Binder binder(source, core.entries(), fields, diagnostics, services);
  binder.ForbidSubsearches();
  return binder.SearchTerms(terms, true);
}

absl::StatusOr<plan::ExprPtr> CompileExpression(const Core& core, FieldTable& fields,
                                                std::string_view text) {
  const Source source("<expression>", std::string(text));
  Diagnostics diagnostics;
  SPELK_ASSIGN_OR_RETURN(const ast::ExprPtr expr,
                         ParseExpression(source, core.entries(), core.limits(), diagnostics));
  plan::Binder binder(source, core.entries(), fields, diagnostics, core.bind_services());
  binder.ForbidSubsearches();
  return binder.Expression(*expr);
}

absl::StatusOr<plan::NodePtr> CompileCommand(const Core& core, FieldTable& fields,
                                             const Source& source, bool first, plan::NodePtr input,
                                             Diagnostics& diagnostics) {
  SPELK_ASSIGN_OR_RETURN(const ast::Pipeline tree,
                         Parse(source, core.entries(), core.limits(), diagnostics));
  if (tree.commands.size() > 1) {
    return diagnostics.Error(ErrorCode::kSubsearchText, tree.commands[1].span,
                             "a subsearch cannot give another command");
  }
  plan::Binder binder(source, core.entries(), fields, diagnostics, core.bind_services());
  binder.ForbidSubsearches();
  return binder.BindCommand(tree.commands[0], first, std::move(input));
}

absl::StatusOr<std::vector<plan::ExprPtr>> CompileList(const Core& core, FieldTable& fields,
                                                       std::string_view text) {
  // As arguments of a function, which is looked for only when a call is bound.
  const Source source("<list>", fmt::format("list({})", text));
  Diagnostics diagnostics;
  SPELK_ASSIGN_OR_RETURN(const ast::ExprPtr call,
                         ParseExpression(source, core.entries(), core.limits(), diagnostics));
  const auto* list = std::get_if<ast::FunctionCall>(&call->node);
  if (list == nullptr) return absl::InvalidArgumentError("it is more than one list");
  plan::Binder binder(source, core.entries(), fields, diagnostics, core.bind_services());
  binder.ForbidSubsearches();
  std::vector<plan::ExprPtr> values;
  for (const ast::ExprPtr& argument : list->arguments) {
    SPELK_ASSIGN_OR_RETURN(plan::ExprPtr value, binder.Expression(*argument));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace spelk::engine
