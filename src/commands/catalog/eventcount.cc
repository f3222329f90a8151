// eventcount: how many events the inputs hold. It binds to the search that it stands for.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "commands/catalog/indexes.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kVirtual[] = {"list_vix", "list_vhosts", "list_federated_remote"};

absl::StatusOr<plan::NodePtr> BindEventCount(const ast::CommandCall& call, plan::Binder& binder) {
  if (!binder.is_first()) return NotFirst(call, binder);
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  SPELK_RETURN_IF_ERROR(CheckOptions(
      call, {"summarize", "report_size", "list_vix", "list_vhosts", "list_federated_remote"},
      binder));
  for (const std::string_view name : kVirtual) {
    SPELK_RETURN_IF_ERROR(binder.Flag(call, name).status());
  }
  SPELK_ASSIGN_OR_RETURN(const bool summarizes, binder.Flag(call, "summarize"));
  SPELK_ASSIGN_OR_RETURN(const bool sizes, binder.Flag(call, "report_size"));
  SPELK_ASSIGN_OR_RETURN(const std::string indexes, IndexTerms(call, binder));
  const std::string_view size = sizes ? " sum(eval(len(_raw))) AS size_bytes" : "";
  const std::string search =
      summarizes ? fmt::format("search {} | stats count{}", indexes, size)
                 : fmt::format(
                       "search {} | stats count{} BY index | eval server=\"local\" | table "
                       "count index server{}",
                       indexes, size, sizes ? " size_bytes" : "");
  return binder.SearchIn(search, call.span, "eventcount");
}

constexpr Argument kEventCountArguments[] = {
    kIndexOption,
    {.name = "summarize",
     .type = "bool",
     .fallback = "true",
     .summary = "One number for all; otherwise a row for each index.",
     .is_option = true},
    {.name = "report_size",
     .type = "bool",
     .fallback = "false",
     .summary = "How many characters the events are, as size_bytes.",
     .is_option = true},
    {.name = "list_vix",
     .type = "bool",
     .fallback = "true",
     .summary = "Virtual indexes of Splunk.",
     .is_option = true,
     .no_effect = true},
    {.name = "list_vhosts",
     .type = "bool",
     .fallback = "true",
     .summary = "Virtual indexes of Splunk.",
     .is_option = true,
     .no_effect = true},
    {.name = "list_federated_remote",
     .type = "bool",
     .fallback = "false",
     .summary = "Indexes of other Splunk servers.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kEventCountNotes[] = {
    "the events of the inputs are read and counted; server is always local",
    "Splunk's size_bytes is what the index takes on disk"};
constexpr Example kEventCountExamples[] = {
    {.title = "The events of each index",
     .input = R"({"a":1,"index":"web"} {"a":2,"index":"web"} {"a":3,"index":"os"})",
     .query = "| eventcount summarize=f index=*",
     .output = R"({"count":1,"index":"os","server":"local"}
                  {"count":2,"index":"web","server":"local"})"},
};

}  // namespace

extern constexpr CommandEntry kEventCount = {
    .name = "eventcount",
    .signature = "| eventcount [index=<text>]… [summarize=<bool>] [report_size=<bool>]",
    .summary = "Counts the events of the inputs.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kEventCountArguments,
    .notes = kEventCountNotes,
    .examples = kEventCountExamples,
    .bind = &BindEventCount,
};

}  // namespace spelk::commands
