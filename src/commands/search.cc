// search: keeps what matches search terms; as the first command it reads the events.
#include "commands/entry.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindSearch(const ast::CommandCall& call, plan::Binder& binder) {
  plan::ExprPtr predicate;
  if (call.search) {
    SPELK_ASSIGN_OR_RETURN(predicate, binder.SearchTerms(*call.search, binder.is_first()));
    if (predicate != nullptr) binder.NoteTimeRange(*predicate);
  }
  if (binder.is_first()) {
    // The base search is a part of the scan: its fields are searched, not shown.
    auto scan = binder.NewScan(call.span);
    scan->predicate = std::move(predicate);
    return scan;
  }
  auto filter = plan::Make<plan::FilterNode>(call.span);
  filter->predicate = predicate != nullptr ? std::move(predicate) : plan::MakeBoolean(true);
  return filter;
}

constexpr Example kSearchExamples[] = {
    {.title = "Adjacent terms are ANDed, and OR binds tighter than AND",
     .input = R"({"user":"ana","code":1} {"user":"bo","code":2} {"user":"cy","code":2})",
     .query = "search code=2 user=ana OR user=B*",
     .output = R"({"user":"bo","code":2})"},
    {.title = "!= needs the field, NOT does not",
     .input = R"({"user":"ana"} {"host":"web-1"})",
     .query = "search NOT user=bo",
     .output = R"({"user":"ana"} {"host":"web-1"})"},
};
constexpr std::string_view kSearchNotes[] = {
    "`*` matches any run of characters and cannot be escaped; text compares ignoring case",
    "index= and splunk_server= are true for an event that has no such field",
    "time modifiers: earliest, latest, the older starttime, endtime (with timeformat), starttimeu, "
    "endtimeu, daysago, startdaysago, enddaysago and their like; searchtimespan… and _index_… are "
    "refused"};

}  // namespace

extern constexpr CommandEntry kSearch = {
    .name = "search",
    .signature =
        "search <terms>   terms: word \"phrase\" field=value field!=value field IN (a, b*) NOT OR "
        "AND "
        "( ) CASE(x) TERM(x) earliest=… latest=… [subsearch]",
    .summary = "Keeps events or rows that match search terms.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kSearch, kNoClauses},
    .notes = kSearchNotes,
    .examples = kSearchExamples,
    .bind = &BindSearch,
};

}  // namespace spelk::commands
