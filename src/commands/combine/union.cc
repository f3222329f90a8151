// union: the rows of several searches; those of events interleave by time, others follow each
// other.
#include <algorithm>

#include "commands/combine/options.h"
#include "commands/combine/subsearches.h"

namespace spelk::commands {
namespace {

// What is no bracket names a dataset, which nothing here can hold yet.
absl::Status NoNamedDatasets(const ast::CommandCall& call, plan::Binder& binder) {
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value) ||
        std::holds_alternative<ast::ArgumentSubsearch>(argument.value)) {
      continue;
    }
    return binder.Error(ErrorCode::kUnbuiltOption, argument.span,
                        "the dataset '" + std::string(binder.TextOf(argument.span)) +
                            "' is not supported: datasets by name are not built yet",
                        {"write it as a search in brackets: union [search …] [| inputlookup …]"});
  }
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(NoNamedDatasets(call, binder));
  SPELK_ASSIGN_OR_RETURN(const uint64_t most, BindSubsearchOptions(call, binder, false));
  const size_t least = binder.is_first() ? 2 : 1;
  SPELK_ASSIGN_OR_RETURN(std::vector<plan::NodePtr> plans,
                         BindSubsearches(call, binder, least, SIZE_MAX));
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

constexpr Argument kArguments[] = {
    {.name = "subsearch",
     .type = "[search]…",
     .fallback = "",
     .summary = "Searches in brackets: two where union comes first."},
    kMaxOutOption,
    kMaxTimeOption,
    kTimeoutOption};
constexpr std::string_view kNotes[] = {
    "where all searches only stream events, maxout does not cut: it is for those that run first"};
constexpr Example kExamples[] = {
    {.title = "Rows of two searches",
     .input = "",
     .query = "| union [| makeresults | eval a=1 | table a] [| makeresults | eval a=2 | table a]",
     .output = R"({"a":1} {"a":2})"},
    {.title = "Events interleave by time",
     .input = R"({"_time":1,"a":1} {"_time":2,"b":1} {"_time":3,"a":2})",
     .query = "search a=* | union [search b=*] | table a b",
     .output = R"({"a":2} {"b":1} {"a":1})"}};

}  // namespace

constexpr CommandEntry kUnion = {
    .name = "union",
    .signature = "union [maxout=<int>] [maxtime=<int>] [timeout=<int>] [<subsearch>]…",
    .summary = "Unites the rows of several searches.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kArguments,
    .notes = kNotes,
    .examples = kExamples,
    .nodes = {&kRowsOfSearchesNode, 1},
    .bind = &Bind,
};

}  // namespace spelk::commands
