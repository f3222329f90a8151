// from: the rows of a dataset by name: a data model's, a lookup table, a saved search.
#include <optional>
#include <string>

#include "commands/model/dataset.h"

namespace spelk::commands {
namespace {

absl::StatusOr<plan::NodePtr> BindFrom(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "a dataset is missing",
                        {"usage: from datamodel:\"MODEL.DATASET\""});
  }
  size_t at = 0;
  SPELK_ASSIGN_OR_RETURN(const std::optional<NamedRows> named,
                         ReadNamedRows(arguments, true, &at, binder));
  if (!named) {
    return binder.Unexpected(*arguments[0], {"it takes datamodel:, lookup: or savedsearch: and a "
                                             "name"});
  }
  if (at < arguments.size()) return binder.Unexpected(*arguments[at], {"it takes one dataset"});
  return BindNamedRows(*named, binder);
}

constexpr Argument kFromArguments[] = {
    {.name = "dataset",
     .type = "datamodel:NAME, lookup:NAME or savedsearch:NAME",
     .fallback = "",
     .summary = "What is read; the colon may be a blank, and the name may be quoted."}};
constexpr std::string_view kFromNotes[] = {
    "of a data model: MODEL.DATASET, or MODEL alone if it has one root; child data sets, too",
    "the fields of a data model have no prefix here, and the events keep the fields that the model "
    "does not have",
    "a lookup table is read as by inputlookup"};
constexpr Example kFromExamples[] = {
    {.title = "A lookup table",
     .input = "",
     .lookup = "uid,name\n1,Ann\n2,Bob\n",
     .query = "| from lookup:users | where uid=2 | table name",
     .output = R"({"name":"Bob"})"},
    {.title = "The events of a data set",
     .input = R"({"_time":1,"tag":"alert","app":"ids"} {"_time":2,"tag":"other","app":"mail"})",
     .query = "| from datamodel:\"Alerts.Alerts\" | table app severity",
     .output = R"({"app":"ids","severity":"unknown"})"},
};

}  // namespace

extern constexpr CommandEntry kFrom = {
    .name = "from",
    .signature = "| from datamodel:<model>[.<data set>] | lookup:<table> | savedsearch:<name>",
    .summary = "Reads a dataset: a data model's, a lookup table, a saved search.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kFromArguments,
    .notes = kFromNotes,
    .examples = kFromExamples,
    .bind = &BindFrom,
};

}  // namespace spelk::commands
