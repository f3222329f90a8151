// append: the rows of another search, after those that are there.
#include "commands/combine/options.h"
#include "commands/combine/subsearches.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindAppend(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most most, BindSubsearchOptions(call, binder));
  SPELK_ASSIGN_OR_RETURN(std::vector<plan::NodePtr> others, BindSubsearches(call, binder, 1, 1));
  return MakeAppend(call.span, std::move(others), most);
}

constexpr Argument kAppendArguments[] = {kSubsearchArgument, kMaxOutOption, kMaxTimeOption,
                                         kTimeoutOption, kExtendTimeRangeOption};
constexpr std::string_view kAppendNotes[] = {
    "the subsearch runs first, over the same inputs; its rows have no place in the order of time"};
constexpr Example kAppendExamples[] = {
    {.title = "A row of totals after the counts",
     .input = R"({"host":"a"} {"host":"b"} {"host":"a"})",
     .query = R"(stats count by host | append [search host=* | stats count | eval host="all"])",
     .output = R"({"host":"a","count":2} {"host":"b","count":1} {"count":3,"host":"all"})"}};

}  // namespace

extern constexpr CommandEntry kAppend = {
    .name = "append",
    .signature =
        "append [maxout=<int>] [maxtime=<int>] [timeout=<int>] [extendtimerange=<bool>] "
        "[<subsearch>]",
    .summary = "Adds the rows of another search after those that are there.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kAppendArguments,
    .notes = kAppendNotes,
    .examples = kAppendExamples,
    .nodes = {&kAppendNode, 1},
    .bind = &BindAppend,
};

}  // namespace spelk::commands
