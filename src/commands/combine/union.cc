// union: the rows of several searches; those of events interleave by time, others follow each
// other.
#include <algorithm>
#include <optional>
#include <utility>

#include "commands/combine/options.h"
#include "commands/combine/subsearches.h"
#include "commands/model/dataset.h"

namespace spelk::commands {
namespace {

// Searches in brackets and datasets by name, as they are written.
absl::StatusOr<std::vector<plan::NodePtr>> BindDatasets(const ast::CommandCall& call,
                                                        plan::Binder& binder) {
  std::vector<plan::NodePtr> plans;
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  for (size_t at = 0; at < arguments.size();) {
    if (const auto* bracket = std::get_if<ast::ArgumentSubsearch>(&arguments[at]->value)) {
      ++at;
      SPELK_ASSIGN_OR_RETURN(plan::NodePtr plan, binder.Subsearch(*bracket->pipeline));
      plans.push_back(std::move(plan));
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(const std::optional<NamedRows> named,
                           ReadNamedRows(arguments, false, &at, binder));
    if (!named) {
      return binder.Unexpected(*arguments[at],
                               {"it takes searches in brackets, and datasets: datamodel:NAME, "
                                "lookup:NAME, savedsearch:NAME"});
    }
    SPELK_ASSIGN_OR_RETURN(plan::NodePtr plan, BindNamedRows(*named, binder));
    plans.push_back(std::move(plan));
  }
  const size_t least = binder.is_first() ? 2 : 1;
  if (plans.size() >= least) return plans;
  return binder.Error(
      ErrorCode::kMissingArgument, call.name.span,
      least == 1 ? "missing or invalid subsearch" : "it needs at least 2 searches or datasets",
      {"usage: union [search …] lookup:NAME …"});
}

absl::StatusOr<plan::NodePtr> BindUnion(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most most, BindSubsearchOptions(call, binder, false));
  SPELK_ASSIGN_OR_RETURN(std::vector<plan::NodePtr> plans, BindDatasets(call, binder));
  const bool streams = std::all_of(plans.begin(), plans.end(), [](const plan::NodePtr& plan) {
    return IsStreamOfEvents(*plan);
  });
  const plan::Node* input = binder.input();
  if (streams && (input == nullptr || IsStreamOfEvents(*input))) {
    auto node = plan::Make<plan::UniteNode>(call.span);
    if (input != nullptr) node->streams.push_back(binder.TakeInput());
    for (plan::NodePtr& plan : plans) node->streams.push_back(std::move(plan));
    return node;
  }
  if (binder.is_first()) return MakeRowsOfSearches(call.span, std::move(plans), most);
  return MakeAppend(call.span, std::move(plans), most);
}

constexpr Argument kUnionArguments[] = {
    {.name = "subsearch",
     .type = "[search]…",
     .fallback = "",
     .summary = "Searches in brackets: two where union comes first. A dataset may stand for one: "
                "datamodel:NAME, lookup:NAME, savedsearch:NAME."},
    kMaxOutOption,
    kMaxTimeOption,
    kTimeoutOption};
constexpr std::string_view kUnionNotes[] = {
    "where all searches only stream events, maxout does not cut: it is for those that run first"};
constexpr Example kUnionExamples[] = {
    {.title = "Rows of two searches",
     .input = "",
     .query = "| union [| makeresults | eval a=1 | table a] [| makeresults | eval a=2 | table a]",
     .output = R"({"a":1} {"a":2})"},
    {.title = "Events interleave by time",
     .input = R"({"_time":1,"a":1} {"_time":2,"b":1} {"_time":3,"a":2})",
     .query = "search a=* | union [search b=*] | table a b",
     .output = R"({"a":2} {"b":1} {"a":1})"}};

}  // namespace

extern constexpr CommandEntry kUnion = {
    .name = "union",
    .signature = "union [maxout=<int>] [maxtime=<int>] [timeout=<int>] [<subsearch>]…",
    .summary = "Unites the rows of several searches.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kUnionArguments,
    .notes = kUnionNotes,
    .examples = kUnionExamples,
    .nodes = {&kRowsOfSearchesNode, 1},
    .bind = &BindUnion,
};

}  // namespace spelk::commands
