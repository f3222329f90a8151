// metasearch: events, with no more than where they are from.
#include <utility>

#include "commands/catalog/indexes.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kMetaSearchColumns[] = {"_time",  "host",       "index",
                                                   "source", "sourcetype", "splunk_server"};

absl::StatusOr<plan::NodePtr> BindMetaSearch(const ast::CommandCall& call, plan::Binder& binder) {
  if (!binder.is_first()) return NotFirst(call, binder);
  auto scan = binder.NewScan(call.span);
  if (call.search) {
    SPELK_ASSIGN_OR_RETURN(scan->predicate, binder.SearchTerms(*call.search, true));
    if (scan->predicate != nullptr) binder.NoteTimeRange(*scan->predicate);
  }
  auto table = plan::Make<plan::ProjectNode>(call.span);
  table->mode = plan::ProjectMode::kTable;
  for (const std::string_view name : kMetaSearchColumns)
    table->names.push_back(binder.Intern(name));
  table->input = std::move(scan);
  return table;
}

constexpr Argument kMetaSearchArguments[] = {
    {.name = "terms",
     .type = "search terms",
     .fallback = "*",
     .summary = "As search has them: words, host=, index=, earliest= …"}};
constexpr std::string_view kMetaSearchNotes[] = {
    "_time, host, index, source, sourcetype and splunk_server come out, in this order",
    "terms about other fields, which Splunk's index does not know, are answered, too"};
constexpr Example kMetaSearchExamples[] = {
    {.title = "Where events with a word come from",
     .input = R"({"_time":2,"host":"a","_raw":"login failed"} {"_time":1,"host":"b","_raw":"ok"})",
     .query = "| metasearch failed | table _time host",
     .output = R"({"_time":2,"host":"a"})"},
};

}  // namespace

extern constexpr CommandEntry kMetaSearch = {
    .name = "metasearch",
    .signature = "| metasearch [<terms>]",
    .summary = "Searches events and gives only their time, host, index, source and sourcetype.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kSearch, kNoClauses},
    .arguments = kMetaSearchArguments,
    .notes = kMetaSearchNotes,
    .examples = kMetaSearchExamples,
    .bind = &BindMetaSearch,
};

}  // namespace spelk::commands
