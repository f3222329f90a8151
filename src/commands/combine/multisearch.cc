// multisearch: several searches side by side, their events newest first.
#include "commands/combine/subsearches.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindMultisearch(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(std::vector<plan::NodePtr> streams,
                         BindSubsearches(call, binder, 2, SIZE_MAX));
  for (const plan::NodePtr& stream : streams) {
    if (IsStreamOfEvents(*stream)) continue;
    const auto bad = [&](const plan::Node& node) {
      return node.input == nullptr ? plan::TryAs<plan::ScanNode>(&node) == nullptr
                                   : node.GetDataflow().runs != Runs::kStreaming;
    };
    Span span = stream->span;
    for (const plan::Node* node : plan::ChainOf(*stream)) {
      if (!bad(*node)) continue;
      span = node->span;
      break;
    }
    return binder.Error(
        ErrorCode::kBadArgument, span,
        "multisearch subsearches might only contain purely streaming operations",
        {"each reads events and passes them through commands such as eval, where and rex; append "
         "takes any search"});
  }
  auto node = plan::Make<plan::UniteNode>(call.span);
  node->streams = std::move(streams);
  return node;
}

constexpr Argument kMultisearchArguments[] = {
    {.name = "subsearch",
     .type = "[search]…",
     .fallback = "",
     .summary = "Two or more searches of streaming commands."}};
constexpr std::string_view kMultisearchNotes[] = {
    "an event that several of the searches find comes as often; events of equal times stand in the "
    "order of the searches"};
constexpr Example kMultisearchExamples[] = {
    {.title = "Two searches with marks of their own",
     .input = R"({"_time":1,"a":1} {"_time":2,"b":1} {"_time":3,"a":2})",
     .query = R"(| multisearch [search a=* | eval from="first"] [search b=* | eval from="second"])"
              R"( | table a b from)",
     .output = R"({"a":2,"from":"first"} {"b":1,"from":"second"} {"a":1,"from":"first"})"}};

}  // namespace

extern constexpr CommandEntry kMultisearch = {
    .name = "multisearch",
    .signature = "| multisearch [<subsearch>] [<subsearch>]…",
    .summary = "Runs several streaming searches side by side and unites their events.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kMultisearchArguments,
    .notes = kMultisearchNotes,
    .examples = kMultisearchExamples,
    .bind = &BindMultisearch,
};

}  // namespace spelk::commands
