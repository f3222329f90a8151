// loadjob: the results of a saved search, which runs anew here.
#include <string>
#include <utility>

#include "commands/catalog/indexes.h"
#include "commands/model/dataset.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kNote =
    "write loadjob savedsearch=\"USER:APP:NAME\" to run a saved search of an app anew, or keep "
    "results with outputcsv and read them with inputcsv";

absl::Status CheckJobs(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "ignore_running").status());
  SPELK_ASSIGN_OR_RETURN(const bool events, binder.Flag(call, "events"));
  SPELK_ASSIGN_OR_RETURN(const int64_t offset, binder.Integer(call, "artifact_offset"));
  std::optional<Span> asks;
  if (const auto arguments = binder.Positional(call); !arguments.empty()) {
    asks = arguments[0]->span;
  } else if (events) {
    asks = binder.FindOption(call, "events")->name.span;
  } else if (offset > 0) {
    asks = binder.FindOption(call, "artifact_offset")->name.span;
  }
  if (!asks) return absl::OkStatus();
  return binder.Error(ErrorCode::kBadArgument, *asks, "jobs of earlier searches are not kept here",
                      {std::string(kNote)});
}

absl::StatusOr<plan::NodePtr> BindLoadJob(const ast::CommandCall& call, plan::Binder& binder) {
  if (!binder.is_first()) return NotFirst(call, binder);
  SPELK_RETURN_IF_ERROR(CheckJobs(call, binder));
  const ast::ArgumentOption* saved = binder.FindOption(call, "savedsearch");
  if (saved == nullptr) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the saved search is missing",
                        {std::string(kNote)});
  }
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.OptionText(*saved));
  const size_t user = text.find(':');
  const size_t app = user == std::string::npos ? user : text.find(':', user + 1);
  const std::string name = app == std::string::npos ? text : text.substr(app + 1);
  if (name.empty()) return binder.BadOption(*saved, text);
  return BindNamedRows({"savedsearch", name, saved->value->span}, binder);
}

constexpr Argument kLoadJobArguments[] = {
    {.name = "savedsearch",
     .type = "text",
     .fallback = "",
     .summary = "USER:APP:NAME, or the name alone: a stanza of savedsearches.conf.",
     .is_option = true},
    {.name = "events",
     .type = "bool",
     .fallback = "false",
     .summary = "The events of the job instead of its results; refused if true.",
     .is_option = true},
    {.name = "artifact_offset",
     .type = "int",
     .fallback = "0",
     .summary = "Which of the jobs before the last one; refused if it is not 0.",
     .is_option = true},
    {.name = "job_delegate",
     .type = "text",
     .fallback = "",
     .summary = "The user who ran the job of the saved search.",
     .is_option = true,
     .no_effect = true},
    {.name = "ignore_running",
     .type = "bool",
     .fallback = "true",
     .summary = "Whether jobs that run count.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kLoadJobNotes[] = {
    "no results of earlier searches are kept: the saved search runs anew, over the inputs of this "
    "run",
    "a job by its id is refused; user and app do not choose between searches of the same name"};
constexpr Example kLoadJobExamples[] = {
    {.title = "What a saved search gives",
     .input = R"({"user":"ann","code":4625} {"user":"bob","code":4624} {"user":"ann","code":4625})",
     .query = "| loadjob savedsearch=\"admin:search:failures\" | table user count",
     .output = R"({"user":"ann","count":2})"},
};

}  // namespace

extern constexpr CommandEntry kLoadJob = {
    .name = "loadjob",
    .signature = "| loadjob savedsearch=<user>:<app>:<name> [<option>…]",
    .summary = "Gives the results of a saved search, which runs anew.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kLoadJobArguments,
    .notes = kLoadJobNotes,
    .differs = "Runs the saved search anew; a job by its id is refused.",
    .examples = kLoadJobExamples,
    .bind = &BindLoadJob,
};

}  // namespace spelk::commands
