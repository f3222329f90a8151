// datamodel: data models as JSON, and the events of their data sets.
#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "commands/model/dataset.h"
#include "syntax/unescape.h"
#include "value/ascii.h"

namespace spelk::commands {
namespace {

// What the third argument asks for.
struct Mode {
  std::string_view name;
  plan::DatasetNames names;
  bool text;  // The search itself instead of its rows.
  bool flags;
};
constexpr std::array<Mode, 6> kModes = {{
    {"search", plan::DatasetNames::kPrefixed, false, true},
    {"flat", plan::DatasetNames::kBare, false, false},
    {"acceleration_search", plan::DatasetNames::kPrefixed, false, true},
    {"search_string", plan::DatasetNames::kPrefixed, true, true},
    {"flat_string", plan::DatasetNames::kBare, true, false},
    {"acceleration_search_string", plan::DatasetNames::kPrefixed, true, true},
}};

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

// Rows with texts of JSON in `_raw`.
absl::StatusOr<plan::NodePtr> RowsOfTexts(const std::vector<std::string>& texts, Span span,
                                          plan::Binder& binder) {
  std::string rows;
  for (const std::string& text : texts) {
    rows += fmt::format("{}{{\"_raw\":{}}}", rows.empty() ? "" : ",", JsonString(text));
  }
  const std::string data = fmt::format("[{}]", rows);
  return binder.SearchIn(
      fmt::format("| makeresults format=json data={} | table _raw", syntax::Quote(data)), span,
      "data models");
}

absl::StatusOr<plan::NodePtr> AllModels(Span span, plan::Binder& binder) {
  std::vector<std::string> texts;
  const plan::DataModels* models = binder.services().models;
  for (const std::string& name :
       models == nullptr ? std::vector<std::string>() : models->ModelNames()) {
    SPELK_ASSIGN_OR_RETURN(const plan::DataModelPtr model, FindModel(name, span, binder));
    texts.push_back(model->text);
  }
  return RowsOfTexts(texts, span, binder);
}

absl::StatusOr<const Mode*> FindMode(const ast::Name& name, Span span, plan::Binder& binder) {
  std::vector<std::string_view> names;
  for (const Mode& mode : kModes) {
    if (EqualsIgnoringCase(mode.name, name.text)) return &mode;
    names.push_back(mode.name);
  }
  return binder.Error(ErrorCode::kBadArgument, span,
                      fmt::format("it has no mode \"{}\"", name.text),
                      {fmt::format("its modes are {}", fmt::join(names, ", "))});
}

// Only what every event has, and what the data set has.
std::string StrictFields(const BoundDataset& bound, plan::DatasetNames names) {
  std::string text = " | fields _time, _raw, host, source, sourcetype, index";
  for (const plan::Dataset* each : bound.model->PathTo(*bound.dataset)) {
    const std::string prefix =
        names == plan::DatasetNames::kPrefixed ? each->lineage + "." : std::string();
    for (const plan::ModelField& field : each->fields) {
      if (!field.of_event) text += ", " + syntax::Quote(prefix + field.name);
    }
    for (const plan::ModelCalculation& calculation : each->calculations) {
      for (const auto& output : calculation.outputs) {
        text += ", " + syntax::Quote(prefix + output.field.name);
      }
    }
    if (names == plan::DatasetNames::kPrefixed) {
      text += ", " + syntax::Quote(each->lineage + ".is_*");
    }
  }
  return text;
}

absl::StatusOr<plan::NodePtr> InMode(const BoundDataset& bound, const Mode& mode, bool strict,
                                     Span span, plan::Binder& binder) {
  plan::DatasetSearch search(*bound.model, *bound.dataset);
  if (mode.flags) {
    for (const plan::Dataset& each : bound.model->datasets) {
      if (&each != bound.dataset && bound.model->IsWithin(each, *bound.dataset)) {
        search.NeedFlag(each);
      }
    }
  }
  std::string more = strict ? StrictFields(bound, mode.names) : "";
  if (mode.text) return RowsOfTexts({search.Text(mode.names) + more}, span, binder);
  return EventsOf(bound, search, mode.names, more, span, binder);
}

absl::StatusOr<plan::NodePtr> BindDataModel(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const bool given = binder.FindOption(call, "strict_fields") != nullptr;
  SPELK_ASSIGN_OR_RETURN(const bool strict, binder.Flag(call, "strict_fields"));
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "allow_old_summaries").status());
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "summariesonly").status());
  std::vector<const ast::Name*> words;
  for (const ast::Argument* argument : binder.Positional(call)) {
    const auto* word = std::get_if<ast::Name>(&argument->value);
    if (word == nullptr || argument->alias || words.size() == 3) {
      return binder.Unexpected(*argument, {"usage: datamodel [MODEL [DATASET [MODE]]]"});
    }
    words.push_back(word);
  }
  if (words.empty()) return AllModels(call.span, binder);
  SPELK_ASSIGN_OR_RETURN(const plan::DataModelPtr model,
                         FindModel(words[0]->text, words[0]->span, binder));
  if (words.size() == 1) return RowsOfTexts({model->text}, words[0]->span, binder);
  SPELK_ASSIGN_OR_RETURN(const BoundDataset bound,
                         FindDataset(model, words[1]->text, words[1]->span, binder));
  if (words.size() == 2) return RowsOfTexts({bound.dataset->text}, words[1]->span, binder);
  SPELK_ASSIGN_OR_RETURN(const Mode* mode, FindMode(*words[2], words[2]->span, binder));
  return InMode(bound, *mode, given && strict, words[1]->span, binder);
}

constexpr Argument kDataModelArguments[] = {
    {.name = "model", .type = "text", .fallback = "", .summary = "Without one: all of them."},
    {.name = "data set",
     .type = "text",
     .fallback = "",
     .summary = "Of the model, children too; without one the whole model."},
    {.name = "mode",
     .type = "one of search|flat|acceleration_search|search_string|flat_string|"
             "acceleration_search_string",
     .fallback = "",
     .summary = "The events of the data set, fields with its name before them (search) or without "
                "(flat), or the text of that search; without a mode the data set as JSON."},
    {.name = "strict_fields",
     .type = "bool",
     .fallback = "t",
     .summary = "If written: whether only the fields of the data set, and those of every event, "
                "stay. Otherwise all stay.",
     .is_option = true},
    {.name = "allow_old_summaries",
     .type = "bool",
     .fallback = "f",
     .summary = "Of acceleration.",
     .is_option = true,
     .no_effect = true},
    {.name = "summariesonly",
     .type = "bool",
     .fallback = "f",
     .summary = "Only accelerated data; here every event is looked at.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kDataModelNotes[] = {
    "what is no event comes as text in _raw",
    "in the mode search, is_CHILD is 1 for the events that are in a child data set, otherwise 0"};
constexpr Example kDataModelExamples[] = {
    {.title = "The events of a data set",
     .input = R"({"_time":2,"tag":"alert","app":"ids"} {"_time":1,"app":"mail"})",
     .query = "| datamodel Alerts Alerts search | table Alerts.app Alerts.severity",
     .output = R"({"Alerts.app":"ids","Alerts.severity":"unknown"})"},
    {.title = "Which data models there are",
     .input = "",
     .query = "| datamodel | spath modelName | search modelName=Endpoint | table modelName",
     .output = R"({"modelName":"Endpoint"})"},
};

}  // namespace

extern constexpr CommandEntry kDataModel = {
    .name = "datamodel",
    .signature = "| datamodel [<model> [<data set> [<mode>]]] [strict_fields=<bool>]",
    .summary = "Shows data models, or the events of their data sets.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kDataModelArguments,
    .notes = kDataModelNotes,
    .examples = kDataModelExamples,
    .bind = &BindDataModel,
};

}  // namespace spelk::commands
