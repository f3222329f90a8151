// pivot: a table over the events of a data set: filters, rows, columns, cells. It is bound to the
// search that such a table stands for.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "commands/model/dataset.h"
#include "syntax/unescape.h"
#include "value/ascii.h"

namespace spelk::commands {
namespace {

using syntax::Quote;
using syntax::QuoteField;

constexpr std::string_view kLimitColumn = "pivot limit";

struct Split {
  std::string field;
  std::string label;
};

class PivotBinder {
 public:
  PivotBinder(const ast::CommandCall& call, plan::Binder& binder) : call_(call), binder_(binder) {
    for (const ast::Argument& argument : call.arguments) arguments_.push_back(&argument);
  }

  absl::StatusOr<plan::NodePtr> Bind() {
    SPELK_ASSIGN_OR_RETURN(const ast::Name* model_name, NameAt("a data model"));
    SPELK_ASSIGN_OR_RETURN(const plan::DataModelPtr model,
                           FindModel(model_name->text, model_name->span, binder_));
    SPELK_ASSIGN_OR_RETURN(const ast::Name* dataset_name, NameAt("a data set"));
    SPELK_ASSIGN_OR_RETURN(bound_,
                           FindDataset(model, dataset_name->text, dataset_name->span, binder_));
    while (at_ < arguments_.size()) SPELK_RETURN_IF_ERROR(ReadElement());
    if (cells_.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument, call_.name.span, "a cell is missing",
                           {"usage: pivot MODEL DATASET count(DATASET) SPLITROW field"});
    }
    SPELK_ASSIGN_OR_RETURN(const std::string table, Table());
    const plan::DatasetSearch search(*bound_.model, *bound_.dataset);
    return EventsOf(bound_, search, plan::DatasetNames::kBare, filters_ + before_ + table,
                    dataset_name->span, binder_);
  }

 private:
  // ---- words

  absl::StatusOr<const ast::Name*> NameAt(std::string_view what) {
    const auto* name =
        at_ < arguments_.size() ? std::get_if<ast::Name>(&arguments_[at_]->value) : nullptr;
    if (name == nullptr || name->text.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument,
                           at_ < arguments_.size() ? arguments_[at_]->span : call_.name.span,
                           fmt::format("{} is missing", what));
    }
    ++at_;
    return name;
  }

  bool IsWord(std::string_view word) const {
    const auto* name =
        at_ < arguments_.size() ? std::get_if<ast::Name>(&arguments_[at_]->value) : nullptr;
    return name != nullptr && !name->quoted && EqualsIgnoringCase(name->text, word);
  }

  bool TakeWord(std::string_view word) {
    if (!IsWord(word)) return false;
    ++at_;
    return true;
  }

  absl::StatusOr<bool> Flag() {
    if (at_ < arguments_.size()) {
      const auto* name = std::get_if<ast::Name>(&arguments_[at_]->value);
      const std::optional<bool> flag = name == nullptr ? std::nullopt : plan::ParseFlag(name->text);
      if (flag) {
        ++at_;
        return *flag;
      }
    }
    return true;
  }

  absl::StatusOr<uint64_t> Number(std::string_view what) {
    const std::optional<uint64_t> number =
        at_ < arguments_.size() ? plan::Binder::WholeNumber(*arguments_[at_]) : std::nullopt;
    if (number) {
      ++at_;
      return *number;
    }
    return binder_.Error(ErrorCode::kBadArgument,
                         at_ < arguments_.size() ? arguments_[at_]->span : call_.span,
                         fmt::format("{} takes a whole number", what));
  }

  // ---- elements

  absl::Status ReadElement() {
    const ast::Argument& argument = *arguments_[at_];
    if (std::holds_alternative<ast::ArgumentCall>(argument.value)) return ReadCell();
    if (TakeWord("SPLITROW")) return ReadSplit(&rows_);
    if (TakeWord("SPLITCOL")) return ReadSplit(&columns_);
    if (TakeWord("FILTER")) return ReadFilter();
    if (TakeWord("LIMIT")) return ReadLimit(argument.span);
    if (TakeWord("SORT")) return ReadSort();
    for (const std::string_view summary : {"ROWSUMMARY", "COLSUMMARY"}) {
      if (!TakeWord(summary)) continue;
      SPELK_ASSIGN_OR_RETURN(const bool wanted, Flag());
      if (!wanted) return absl::OkStatus();
      return binder_.Error(ErrorCode::kUnbuiltOption, argument.span,
                           fmt::format("{} is not built yet", summary),
                           {"addtotals and addcoltotals behind it add sums"});
    }
    if (TakeWord("SHOWOTHER")) {
      SPELK_ASSIGN_OR_RETURN(show_other_, Flag());
      return absl::OkStatus();
    }
    if (TakeWord("NUMCOLS")) {
      SPELK_ASSIGN_OR_RETURN(most_columns_, Number("NUMCOLS"));
      return absl::OkStatus();
    }
    return binder_.Unexpected(argument,
                              {"its elements are cells such as sum(field) AS name, SPLITROW, "
                               "SPLITCOL, FILTER, LIMIT, SORT, SHOWOTHER, NUMCOLS"});
  }

  // The statistic of a call; the data set's own name counts its events.
  absl::StatusOr<std::string> StatisticOf(const ast::Argument& argument) {
    const auto* call = std::get_if<ast::ArgumentCall>(&argument.value);
    const auto* field = call == nullptr || call->arguments.size() != 1
                            ? nullptr
                            : std::get_if<ast::Name>(&call->arguments.front().value);
    if (field == nullptr)
      return binder_.Unexpected(argument, {"a cell is sum(field) and its like"});
    const bool counts =
        EqualsIgnoringCase(call->name.text, "count") && bound_.model->Find(field->text) != nullptr;
    if (counts) return std::string("count");
    return fmt::format("{}({})", call->name.text, Quote(field->text));
  }

  absl::Status ReadCell() {
    const ast::Argument& argument = *arguments_[at_++];
    SPELK_ASSIGN_OR_RETURN(std::string cell, StatisticOf(argument));
    const std::string label(argument.alias ? std::string_view(argument.alias->text)
                                           : binder_.TextOf(argument.span));
    cells_.push_back(fmt::format("{} AS {}", cell, Quote(label)));
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> SpanOf(const ast::Name& period) {
    constexpr std::pair<std::string_view, std::string_view> kPeriods[] = {
        {"auto", ""},   {"year", "12mon"}, {"month", "1mon"}, {"day", "1d"},
        {"hour", "1h"}, {"minute", "1m"},  {"second", "1s"}};
    for (const auto& [name, span] : kPeriods) {
      if (EqualsIgnoringCase(period.text, name)) return std::string(span);
    }
    return binder_.Error(ErrorCode::kBadArgument, period.span,
                         fmt::format("\"{}\" is no period", period.text),
                         {"it takes auto, year, month, day, hour, minute, second"});
  }

  absl::Status ReadRange(const std::string& field) {
    std::string options;
    while (at_ < arguments_.size()) {
      const auto* option = std::get_if<ast::ArgumentOption>(&arguments_[at_]->value);
      if (option == nullptr) break;
      SPELK_ASSIGN_OR_RETURN(const std::string value, binder_.OptionText(*option));
      std::string_view name = option->name.text;
      if (name == "size") name = "span";
      if (name == "max") name = "bins";
      if (name != "span" && name != "bins" && name != "start" && name != "end") {
        return binder_.Unexpected(*arguments_[at_], {"RANGE takes start, end, max, size"});
      }
      options += fmt::format(" {}={}", name, Quote(value));
      ++at_;
    }
    before_ += fmt::format(" | bin {}{}", Quote(field), options);
    return absl::OkStatus();
  }

  absl::Status ReadLabels(const std::string& field) {
    std::string yes = "true";
    std::string no = "false";
    bool any = false;
    while (IsWord("TRUELABEL") || IsWord("FALSELABEL")) {
      std::string& label = IsWord("TRUELABEL") ? yes : no;
      ++at_;
      SPELK_ASSIGN_OR_RETURN(const ast::Name* name, NameAt("a label"));
      label = name->text;
      any = true;
    }
    if (!any) return absl::OkStatus();
    const std::string quoted = QuoteField(field);
    before_ +=
        fmt::format(" | eval {}=case(isnull({}),null(),{}=1 OR lower({})=\"true\",{},true(),{})",
                    Quote(field), quoted, quoted, quoted, Quote(yes), Quote(no));
    return absl::OkStatus();
  }

  absl::Status ReadSplit(std::vector<Split>* splits) {
    const bool has = at_ < arguments_.size();
    const auto* alias = has && arguments_[at_]->alias ? &*arguments_[at_]->alias : nullptr;
    SPELK_ASSIGN_OR_RETURN(const ast::Name* field, NameAt("a field"));
    splits->push_back({field->text, alias == nullptr ? field->text : alias->text});
    if (TakeWord("RANGE")) SPELK_RETURN_IF_ERROR(ReadRange(field->text));
    if (TakeWord("PERIOD")) {
      SPELK_ASSIGN_OR_RETURN(const ast::Name* period, NameAt("a period"));
      SPELK_ASSIGN_OR_RETURN(const std::string span, SpanOf(*period));
      before_ += fmt::format(" | bin {}{}", Quote(field->text),
                             span.empty() ? "" : fmt::format(" span={}", span));
    }
    return ReadLabels(field->text);
  }

  absl::Status ReadFilter() {
    if (at_ == arguments_.size()) {
      return binder_.Error(ErrorCode::kMissingArgument, call_.name.span, "a condition is missing");
    }
    // field > 5
    if (const auto* option = std::get_if<ast::ArgumentOption>(&arguments_[at_]->value)) {
      SPELK_ASSIGN_OR_RETURN(const std::string value, binder_.OptionText(*option));
      filters_ += fmt::format(" | search {}{}{}", Quote(option->name.text), Spelling(option->op),
                              Quote(value));
      ++at_;
      return absl::OkStatus();
    }
    SPELK_ASSIGN_OR_RETURN(const ast::Name* field, NameAt("a field"));
    SPELK_ASSIGN_OR_RETURN(const ast::Name* op, NameAt("a comparison"));
    return AddFilter(*field, *op);
  }

  absl::Status AddFilter(const ast::Name& field, const ast::Name& op) {
    struct Form {
      std::string_view name;
      std::string_view not_word;
      std::string_view before;
      std::string_view after;
      bool value;
    };
    constexpr Form kForms[] = {
        {"is", "", "", "", true},           {"isNot", "NOT ", "", "", true},
        {"isNull", "NOT ", "*", "", false}, {"isNotNull", "", "*", "", false},
        {"contains", "", "*", "*", true},   {"doesNotContain", "NOT ", "*", "*", true},
        {"startsWith", "", "", "*", true},  {"endsWith", "", "*", "", true}};
    for (const Form& form : kForms) {
      if (!EqualsIgnoringCase(op.text, form.name)) continue;
      std::string value;
      if (form.value) {
        SPELK_ASSIGN_OR_RETURN(const ast::Name* given, NameAt("a value"));
        value = given->text;
      }
      filters_ += fmt::format(" | search {}{}={}", form.not_word, Quote(field.text),
                              Quote(fmt::format("{}{}{}", form.before, value, form.after)));
      return absl::OkStatus();
    }
    return binder_.Error(ErrorCode::kBadArgument, op.span,
                         fmt::format("\"{}\" is no comparison of FILTER", op.text),
                         {"it takes = != < <= > >=, is, isNot, isNull, isNotNull, contains, "
                          "doesNotContain, startsWith, endsWith"});
  }

  // LIMIT user BY TOP 10 count(user)
  absl::Status ReadLimit(Span span) {
    SPELK_ASSIGN_OR_RETURN(const ast::Name* field, NameAt("a field"));
    limited_ = field->text;
    limit_span_ = span;
    if (!TakeWord("BY")) {
      return binder_.Error(ErrorCode::kMissingArgument, span, "LIMIT needs BY",
                           {"write LIMIT user BY TOP 10 count(user)"});
    }
    const bool top = TakeWord("TOP") || TakeWord("HIGHEST");
    if (!top && !TakeWord("BOTTOM") && !TakeWord("LOWEST")) {
      return binder_.Error(ErrorCode::kBadArgument, span, "LIMIT takes TOP or BOTTOM");
    }
    limit_sign_ = top ? "-" : "+";
    SPELK_ASSIGN_OR_RETURN(limit_, Number("LIMIT"));
    if (at_ == arguments_.size()) {
      return binder_.Error(ErrorCode::kMissingArgument, span, "LIMIT needs a statistic");
    }
    SPELK_ASSIGN_OR_RETURN(limit_by_, StatisticOf(*arguments_[at_++]));
    return absl::OkStatus();
  }

  // SORT 100 host
  absl::Status ReadSort() {
    SPELK_ASSIGN_OR_RETURN(const uint64_t most, Number("SORT"));
    std::string sign;
    if (at_ < arguments_.size()) {
      if (const auto* written = std::get_if<ast::ArgumentSign>(&arguments_[at_]->value)) {
        sign = fmt::format("{} ", written->sign);
        ++at_;
      }
    }
    SPELK_ASSIGN_OR_RETURN(const ast::Name* field, NameAt("a field"));
    sort_ = fmt::format(" | sort {} {}{}", most, sign, Quote(field->text));
    return absl::OkStatus();
  }

  // ---- the table

  absl::StatusOr<std::string> Table() {
    if (!columns_.empty()) return TableWithColumns();
    std::string by;
    for (const Split& row : rows_)
      by += fmt::format("{} {}", by.empty() ? " BY" : "", Quote(row.field));
    std::vector<std::string> cells = cells_;
    std::string cut;
    if (!limited_.empty()) {
      if (rows_.size() != 1 || rows_.front().field != limited_) {
        return binder_.Error(ErrorCode::kUnbuiltOption, limit_span_,
                             "LIMIT is built for the only SPLITROW of a pivot without SPLITCOL");
      }
      cells.push_back(fmt::format("{} AS {}", limit_by_, Quote(kLimitColumn)));
      cut = fmt::format(" | sort {} {} {} | sort 0 {} | fields - {}", limit_, limit_sign_,
                        Quote(kLimitColumn), Quote(limited_), Quote(kLimitColumn));
    }
    return fmt::format(" | stats {}{}{}{}{}", fmt::join(cells, " "), by, cut, sort_, Labels());
  }

  absl::StatusOr<std::string> TableWithColumns() {
    const bool built = columns_.size() == 1 && limited_.empty();
    if (!built || (rows_.empty() && cells_.size() > 1)) {
      return binder_.Error(ErrorCode::kUnbuiltOption, call_.name.span,
                           "SPLITCOL is built for one column, without LIMIT");
    }
    const std::string options =
        fmt::format("limit={} useother={}", most_columns_.value_or(0), show_other_ ? "t" : "f");
    if (rows_.empty()) {
      // One row, with a column for each value.
      return fmt::format(" | eval {}=\"all\" | chart {} {} OVER {} BY {} | fields - {}",
                         Quote(kLimitColumn), options, cells_.front(), Quote(kLimitColumn),
                         Quote(columns_.front().field), Quote(kLimitColumn));
    }
    const std::string cells = fmt::format("{}", fmt::join(cells_, " "));
    if (rows_.size() > 1) return RowsOfSeveralFields(options, cells);
    return fmt::format(" | chart {} {} OVER {} BY {}{}{}", options, cells,
                       Quote(rows_.front().field), Quote(columns_.front().field), sort_, Labels());
  }

  // chart has one field for its rows: one that holds the values of all, which are told apart again.
  std::string RowsOfSeveralFields(std::string_view options, std::string_view cells) const {
    constexpr std::string_view kKey = "pivot row";
    constexpr std::string_view kBetween = "\x1f";
    std::string expand;
    std::string key;
    std::string apart;
    std::string fields;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const std::string& field = rows_[i].field;
      if (!field.starts_with('_')) expand += fmt::format(" | mvexpand {}", Quote(field));
      key += fmt::format("{}{}", key.empty() ? "" : fmt::format(".{}.", Quote(kBetween)),
                         QuoteField(field));
      const std::string piece =
          fmt::format("mvindex(split({},{}),{})", QuoteField(kKey), Quote(kBetween), i);
      apart += fmt::format("{}{}={}", apart.empty() ? "" : ", ", Quote(field),
                           field == "_time" ? fmt::format("tonumber({})", piece) : piece);
      fields += fmt::format(" {}", Quote(field));
    }
    return fmt::format(
        "{} | eval {}={} | chart {} {} OVER {} BY {} | eval {} | fields - {} | sort 0{} | table{} "
        "*{}{}",
        expand, Quote(kKey), key, options, cells, Quote(kKey), Quote(columns_.front().field), apart,
        Quote(kKey), fields, fields, sort_, Labels());
  }

  std::string Labels() const {
    std::string text;
    for (const Split& row : rows_) {
      if (row.label == row.field) continue;
      text += fmt::format("{} {} AS {}", text.empty() ? " | rename" : ",", Quote(row.field),
                          Quote(row.label));
    }
    return text;
  }

  const ast::CommandCall& call_;
  plan::Binder& binder_;
  std::vector<const ast::Argument*> arguments_;
  size_t at_ = 0;
  BoundDataset bound_;
  std::vector<std::string> cells_;
  std::vector<Split> rows_;
  std::vector<Split> columns_;
  std::string filters_;
  std::string before_;  // What makes ranges, periods and labels.
  std::string sort_;
  std::string limited_;
  std::string limit_by_;
  std::string limit_sign_;
  uint64_t limit_ = 0;
  Span limit_span_;
  bool show_other_ = true;
  std::optional<uint64_t> most_columns_;
};

absl::StatusOr<plan::NodePtr> BindPivot(const ast::CommandCall& call, plan::Binder& binder) {
  return PivotBinder(call, binder).Bind();
}

constexpr Argument kPivotArguments[] = {
    {.name = "model", .type = "text", .fallback = "", .summary = "A data model."},
    {.name = "data set", .type = "text", .fallback = "", .summary = "A data set of it."},
    {.name = "cell",
     .type = "statistic(field) [AS label]",
     .fallback = "",
     .summary = "What the table shows; count(DATASET) counts the events."},
    {.name = "SPLITROW, SPLITCOL",
     .type = "field [AS label]",
     .fallback = "",
     .summary = "A row, or a column, for each value; after it RANGE start= end= max= size=, PERIOD "
                "auto|year|month|day|hour|minute|second, TRUELABEL and FALSELABEL."},
    {.name = "FILTER",
     .type = "field comparison value",
     .fallback = "",
     .summary = "= != < <= > >=, is, isNot, isNull, isNotNull, contains, doesNotContain, "
                "startsWith, endsWith."},
    {.name = "LIMIT",
     .type = "field BY TOP|BOTTOM n statistic",
     .fallback = "",
     .summary = "The rows with the highest or lowest values."},
    {.name = "SORT", .type = "n field", .fallback = "", .summary = "The first rows in order."},
    {.name = "NUMCOLS", .type = "int", .fallback = "", .summary = "The most columns."},
    {.name = "SHOWOTHER",
     .type = "bool",
     .fallback = "t",
     .summary = "A column for the values beyond them."}};
constexpr std::string_view kPivotNotes[] = {
    "fields are named without the data set",
    "ROWSUMMARY and COLSUMMARY, several SPLITCOL, and SPLITCOL with LIMIT are not built yet"};
constexpr Example kPivotExamples[] = {
    {.title = "Alerts by application",
     .input =
         R"({"_time":3,"tag":"alert","app":"ids"} {"_time":2,"tag":"alert","app":"ids"} {"_time":1,"tag":"alert","app":"av"})",
     .query = "| pivot Alerts Alerts count(Alerts) AS alerts SPLITROW app AS program FILTER app "
              "startsWith i",
     .output = R"({"program":"ids","alerts":2})"},
};

}  // namespace

extern constexpr CommandEntry kPivot = {
    .name = "pivot",
    .signature =
        "| pivot <model> <data set> <statistic>(<field>)… [SPLITROW <field>]… [SPLITCOL "
        "<field>] [FILTER <field> <comparison> <value>]… [LIMIT …] [SORT <n> <field>]",
    .summary = "Makes a table of the events of a data set.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kPivotArguments,
    .notes = kPivotNotes,
    .examples = kPivotExamples,
    .bind = &BindPivot,
};

}  // namespace spelk::commands
