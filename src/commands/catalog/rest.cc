// rest: what the apps define, under the paths that Splunk's REST interface has for it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/catalog/indexes.h"
#include "io/json_text.h"
#include "plan/data_model.h"
#include "plan/saved_searches.h"
#include "syntax/unescape.h"

namespace spelk::commands {
namespace {

struct RestRow {
  std::string title;
  std::optional<std::string> search;
};

// What follows /services, or /servicesNS/USER/APP.
constexpr std::string_view kSaved = "/saved/searches";
constexpr std::string_view kLookups = "/data/transforms/lookups";
constexpr std::string_view kModels = "/datamodel/model";
constexpr std::string_view kPaths =
    "the paths that mean something here: /services/saved/searches, "
    "/services/data/transforms/lookups, /services/datamodel/model";

std::optional<std::string_view> EndpointOf(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.starts_with('/')) path.remove_prefix(1);
  size_t parts = path.starts_with("servicesNS/") ? 3 : 1;
  if (parts == 1 && !path.starts_with("services/")) return std::nullopt;
  for (; parts > 0; --parts) {
    const size_t slash = path.find('/', 1);
    if (slash == std::string_view::npos) return std::nullopt;
    path.remove_prefix(slash);
  }
  for (const std::string_view known : {kSaved, kLookups, kModels}) {
    if (path == known) return known;
  }
  return std::nullopt;
}

std::vector<RestRow> RowsOf(std::string_view endpoint, const plan::Binder& binder) {
  const plan::BinderServices& services = binder.services();
  std::vector<RestRow> rows;
  if (endpoint == kSaved && services.saved_searches != nullptr) {
    for (std::string& name : services.saved_searches->SearchNames()) {
      std::optional<std::string> search = services.saved_searches->FindSearch(name);
      rows.push_back({std::move(name), std::move(search)});
    }
  }
  if (endpoint == kLookups && services.lookups != nullptr) {
    for (std::string& name : services.lookups->LookupNames()) rows.push_back({std::move(name), {}});
  }
  if (endpoint == kModels && services.models != nullptr) {
    for (std::string& name : services.models->ModelNames()) rows.push_back({std::move(name), {}});
  }
  std::sort(rows.begin(), rows.end(),
            [](const RestRow& a, const RestRow& b) { return a.title < b.title; });
  return rows;
}

std::string JsonOf(const std::vector<RestRow>& rows) {
  std::string json = "[";
  const auto add = [&json](std::string_view piece) { json += piece; };
  for (const RestRow& row : rows) {
    json += json.size() > 1 ? ",{\"title\":" : "{\"title\":";
    io::EmitJsonString(row.title, add);
    if (row.search) {
      json += ",\"search\":";
      io::EmitJsonString(*row.search, add);
    }
    json += "}";
  }
  return json + "]";
}

absl::StatusOr<std::string_view> ReadPath(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the path is missing",
                        {std::string(kPaths)});
  }
  const auto* path = std::get_if<ast::Name>(&arguments[0]->value);
  const auto endpoint = path == nullptr ? std::nullopt : EndpointOf(path->text);
  if (!endpoint) {
    return binder.Error(ErrorCode::kBadArgument, arguments[0]->span,
                        "there is no Splunk server here to ask for it", {std::string(kPaths)});
  }
  if (arguments.size() > 1) return binder.Unexpected(*arguments[1], {"it takes one path"});
  return *endpoint;
}

absl::StatusOr<plan::NodePtr> BindRest(const ast::CommandCall& call, plan::Binder& binder) {
  if (!binder.is_first()) return NotFirst(call, binder);
  SPELK_ASSIGN_OR_RETURN(const std::string_view endpoint, ReadPath(call, binder));
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "timeout").status());
  SPELK_ASSIGN_OR_RETURN(const int64_t count, binder.Integer(call, "count"));
  std::vector<RestRow> rows = RowsOf(endpoint, binder);
  if (count > 0 && rows.size() > static_cast<size_t>(count)) {
    rows.resize(static_cast<size_t>(count));
  }
  const std::string_view columns = endpoint == kSaved ? "title search" : "title";
  const std::string search = rows.empty()
                                 ? fmt::format("| makeresults | where false() | table {}", columns)
                                 : fmt::format("| makeresults format=json data={} | table {}",
                                               syntax::Quote(JsonOf(rows)), columns);
  return binder.SearchIn(search, call.span, "rest");
}

constexpr Argument kRestArguments[] = {
    {.name = "path",
     .type = "text",
     .fallback = "",
     .summary = "/services/saved/searches, /services/data/transforms/lookups or "
                "/services/datamodel/model; /servicesNS/USER/APP may stand for /services."},
    {.name = "count",
     .type = "int",
     .fallback = "0",
     .summary = "How many rows at most; 0 is all.",
     .is_option = true},
    {.name = "timeout",
     .type = "int",
     .fallback = "60",
     .summary = "How long Splunk waits.",
     .is_option = true,
     .no_effect = true},
    {.name = "strict",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether a server that does not answer is an error.",
     .is_option = true,
     .no_effect = true},
    kServerOption,
    kServerGroupOption};
constexpr std::string_view kRestNotes[] = {
    "title is the name of what an app defines; of a saved search there is its text as search",
    "nothing is asked over a network: every other path is refused"};
constexpr Example kRestExamples[] = {
    {.title = "The saved searches of the apps",
     .input = "",
     .query = "| rest /services/saved/searches | table title",
     .output = R"({"title":"failures"} {"title":"logins"})"},
};

}  // namespace

extern constexpr CommandEntry kRest = {
    .name = "rest",
    .signature = "| rest <path> [count=<int>]",
    .summary = "Lists the saved searches, lookups or data models of the apps.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kRestArguments,
    .notes = kRestNotes,
    .differs = "Saved searches, lookups and data models of the apps; other paths are refused.",
    .examples = kRestExamples,
    .bind = &BindRest,
};

}  // namespace spelk::commands
