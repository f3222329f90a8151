// metadata: the hosts, sources or sourcetypes that the inputs hold. It binds to the search that it
// stands for.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "commands/catalog/indexes.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindMetadata(const ast::CommandCall& call, plan::Binder& binder) {
  if (!binder.is_first()) return NotFirst(call, binder);
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  SPELK_RETURN_IF_ERROR(CheckOptions(call, {"type", "datatype", "splunk_server"}, binder));
  if (binder.FindOption(call, "type") == nullptr) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the type is missing",
                        {"usage: | metadata type=hosts|sources|sourcetypes [index=<text>]"});
  }
  SPELK_ASSIGN_OR_RETURN(const std::string type, binder.Choice(call, "type"));
  SPELK_RETURN_IF_ERROR(binder.Choice(call, "datatype").status());
  SPELK_ASSIGN_OR_RETURN(const std::string indexes, IndexTerms(call, binder));
  const std::string field = type.substr(0, type.size() - 1);
  const std::string search = fmt::format(
      "search {0} | stats min(_time) AS firstTime max(_time) AS lastTime count AS totalCount BY "
      "{1} | eval firstTime=floor(firstTime), lastTime=floor(lastTime), recentTime=lastTime, "
      "type=\"{2}\" | table {1} firstTime lastTime recentTime totalCount type",
      indexes, field, type);
  return binder.SearchIn(search, call.span, "metadata");
}

constexpr Argument kMetadataArguments[] = {{.name = "type",
                                            .type = "one of hosts|sources|sourcetypes",
                                            .fallback = "hosts",
                                            .summary = "What is listed; it must be given.",
                                            .is_option = true},
                                           kIndexOption,
                                           {.name = "datatype",
                                            .type = "one of event|metric|all",
                                            .fallback = "all",
                                            .summary = "Kinds of indexes.",
                                            .is_option = true,
                                            .no_effect = true},
                                           kServerOption,
                                           kServerGroupOption};
constexpr std::string_view kMetadataNotes[] = {
    "the events of the inputs are read, so the numbers are exact, and a time range holds to the "
    "second",
    "recentTime is lastTime: when an event was indexed is not known here"};
constexpr Example kMetadataExamples[] = {
    {.title = "The hosts of all events",
     .input = R"({"_time":1600000000,"host":"a"} {"_time":1600000100,"host":"a"} )"
              R"({"_time":1600000050,"host":"b"})",
     .query = "| metadata type=hosts",
     .output = R"({"host":"a","firstTime":1600000000,"lastTime":1600000100,)"
               R"("recentTime":1600000100,"totalCount":2,"type":"hosts"} )"
               R"({"host":"b","firstTime":1600000050,"lastTime":1600000050,)"
               R"("recentTime":1600000050,"totalCount":1,"type":"hosts"})"},
};

}  // namespace

extern constexpr CommandEntry kMetadata = {
    .name = "metadata",
    .signature = "| metadata type=hosts|sources|sourcetypes [index=<text>]…",
    .summary = "Lists hosts, sources or sourcetypes with their first and last times.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kMetadataArguments,
    .notes = kMetadataNotes,
    .differs = "The events of the inputs are read: recentTime is lastTime, and counts are exact.",
    .examples = kMetadataExamples,
    .bind = &BindMetadata,
};

}  // namespace spelk::commands
