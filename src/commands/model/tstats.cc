// tstats: statistics over the events of a data model, or over all events.
//
// It binds to what the search and stats that it stands for would: the search of the data set, a
// filter, spans of time, an aggregation.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "commands/bin.h"
#include "commands/combine/subsearches.h"
#include "commands/model/dataset.h"
#include "commands/model/token_values.h"
#include "value/ascii.h"
#include "value/bin_span.h"
#include "value/wildcard.h"

namespace spelk::commands {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

// What is grouped by, besides plain fields.
struct Groups {
  std::vector<Field> by;
  std::vector<std::string> prefixes;  // PREFIX(text) anywhere in the command.
  bool has_time = false;
  std::string span;
};

// Binds one call.
class TstatsBinder {
 public:
  TstatsBinder(const ast::CommandCall& call, plan::Binder& binder) : call_(call), binder_(binder) {}

  absl::StatusOr<plan::NodePtr> Bind() {
    SPELK_RETURN_IF_ERROR(ReadOptions());
    SPELK_ASSIGN_OR_RETURN(ExprPtr terms, ReadTerms());
    SPELK_RETURN_IF_ERROR(ReadFrom(terms.get()));
    SPELK_RETURN_IF_ERROR(ReadBy());
    auto node = plan::Make<plan::AggregateNode>(call_.span);
    node->by = groups_.by;
    SPELK_RETURN_IF_ERROR(ReadStatistics(node.get()));
    if (terms != nullptr) SPELK_RETURN_IF_ERROR(ReadWhere(std::move(terms)));
    for (const Field field : groups_.by) Need(field.name(), call_.span);
    for (const plan::AggregateCall& each : node->aggregates) {
      if (each.field) Need(each.field.name(), each.span);
    }
    if (prestats_) plan::MakePartial(binder_.entries(), binder_.fields(), node.get());
    SPELK_ASSIGN_OR_RETURN(plan::NodePtr rows, MakeRows());
    plan::Node* bottom = node.get();
    const auto add_below = [&bottom](plan::NodePtr below) {
      bottom->input = std::move(below);
      bottom = bottom->input.get();
    };
    if (fill_) add_below(FillGroups());
    if (groups_.has_time) {
      add_below(MakeTimeBin(call_.span, binder_.Intern("_time"), groups_.span));
    }
    if (filter_ != nullptr) {
      auto filter = plan::Make<plan::FilterNode>(call_.span);
      filter->predicate = std::move(filter_);
      add_below(std::move(filter));
    }
    bottom->input = std::move(rows);
    return node;
  }

  // With append=t: its rows come after others.
  bool appends() const { return append_; }

 private:
  // ---- options

  absl::Status ReadOptions() {
    for (const std::string_view name : {"local", "summariesonly", "include_reduced_buckets",
                                        "allow_old_summaries", "use_summary_index_values"}) {
      SPELK_RETURN_IF_ERROR(binder_.Flag(call_, name).status());
    }
    SPELK_RETURN_IF_ERROR(binder_.Integer(call_, "chunk_size", 10'000).status());
    SPELK_ASSIGN_OR_RETURN(prestats_, binder_.Flag(call_, "prestats"));
    SPELK_ASSIGN_OR_RETURN(append_, binder_.Flag(call_, "append"));
    if (append_ && !prestats_) {
      return binder_.Error(ErrorCode::kBadOptionValue,
                           binder_.FindOption(call_, "append")->name.span,
                           "append=t goes with prestats=t only",
                           {"to put rows after others, write | append [| tstats …]"});
    }
    const ast::ArgumentOption* fill = binder_.FindOption(call_, "fillnull_value");
    if (fill == nullptr) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(fill_, binder_.OptionText(*fill));
    return absl::OkStatus();
  }

  // ---- FROM

  // The text of datamodel=…, which may be quoted in parts.
  absl::StatusOr<std::string> ModelPath(const ast::Clause& from, Span* span) {
    std::string path;
    for (const ast::Argument& argument : from.arguments) {
      const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
      const auto* word = std::get_if<ast::Name>(&argument.value);
      if (option != nullptr && path.empty() && EqualsIgnoringCase(option->name.text, "datamodel")) {
        SPELK_ASSIGN_OR_RETURN(path, binder_.OptionText(*option));
        *span = option->value->span;
      } else if (option != nullptr && EqualsIgnoringCase(option->name.text, "sid")) {
        return binder_.Error(ErrorCode::kUnbuiltOption, argument.span,
                             "FROM sid= names a job of Splunk's, which is not here");
      } else if (word != nullptr && !path.empty() &&
                 (word->text.starts_with('.') || path.ends_with('.'))) {
        path += word->text;
        *span = Cover(*span, argument.span);
      } else if (option == nullptr || path.empty()) {
        return binder_.Unexpected(argument, {"write FROM datamodel=MODEL.DATASET"});
      }
    }
    if (!path.empty()) return path;
    return binder_.Error(ErrorCode::kMissingArgument, from.span, "no data model follows FROM",
                         {"write FROM datamodel=MODEL.DATASET"});
  }

  absl::Status ReadFrom(const Expr* terms) {
    for (const ast::Argument& argument : call_.arguments) {
      const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
      const bool of_from =
          option != nullptr && (EqualsIgnoringCase(option->name.text, "datamodel") ||
                                EqualsIgnoringCase(option->name.text, "sid"));
      if (of_from) return binder_.Unexpected(argument, {"write FROM before it"});
    }
    const ast::Clause* from = binder_.FindClause(call_, ast::ClauseWord::kFrom);
    if (from == nullptr) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(const std::string path, ModelPath(*from, &from_));
    SPELK_ASSIGN_OR_RETURN(bound_, FindDatasetByPath(path, from_, binder_, RootOfNode(terms)));
    search_.emplace(*bound_.model, *bound_.dataset);
    search_->NeedNothingElse();
    return absl::OkStatus();
  }

  // ---- BY

  absl::StatusOr<Field> PrefixField(const ast::ArgumentCall& call, Span span) {
    const auto* text = call.arguments.size() == 1
                           ? std::get_if<ast::Name>(&call.arguments.front().value)
                           : nullptr;
    if (!EqualsIgnoringCase(call.name.text, "prefix") || text == nullptr || text->text.empty()) {
      return binder_.Error(ErrorCode::kBadArgument, span,
                           fmt::format("expected a field name, found \"{}\"", binder_.TextOf(span)),
                           {"PREFIX(text) takes what follows the text in a word of the event"});
    }
    if (bound_.dataset != nullptr) {
      return binder_.Error(ErrorCode::kBadArgument, span,
                           "PREFIX() is for the words of events, not for a data model");
    }
    if (std::find(groups_.prefixes.begin(), groups_.prefixes.end(), text->text) ==
        groups_.prefixes.end()) {
      groups_.prefixes.push_back(text->text);
    }
    return binder_.Intern(text->text);
  }

  absl::Status AddGroup(const ast::Argument& argument) {
    const auto* call = std::get_if<ast::ArgumentCall>(&argument.value);
    Field field;
    if (call != nullptr) {
      SPELK_ASSIGN_OR_RETURN(field, PrefixField(*call, argument.span));
    } else {
      SPELK_ASSIGN_OR_RETURN(field, binder_.FieldName(argument));
    }
    if (argument.alias) {
      return binder_.Error(ErrorCode::kBadArgument, argument.alias->span, "AS has no meaning here");
    }
    if (std::find(groups_.by.begin(), groups_.by.end(), field) != groups_.by.end()) {
      return binder_.Error(ErrorCode::kBadArgument, argument.span,
                           fmt::format("the BY field '{}' is repeated", field.name()));
    }
    groups_.has_time = groups_.has_time || field.name() == "_time";
    groups_.by.push_back(field);
    return absl::OkStatus();
  }

  absl::Status ReadBy() {
    const ast::Clause* by = binder_.FindClause(call_, ast::ClauseWord::kBy);
    if (by != nullptr) {
      for (const ast::Argument& argument : by->arguments) {
        if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
        SPELK_RETURN_IF_ERROR(AddGroup(argument));
      }
      if (groups_.by.empty()) {
        return binder_.Error(ErrorCode::kMissingArgument, by->span, "no field follows BY");
      }
    }
    const ast::ArgumentOption* span = binder_.FindOption(call_, "span");
    if (span == nullptr) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(groups_.span, binder_.OptionText(*span));
    if (!groups_.has_time) {
      return binder_.Error(ErrorCode::kBadOptionValue, span->name.span,
                           "span= is for BY _time only");
    }
    if (EqualsIgnoringCase(groups_.span, "auto")) {
      groups_.span.clear();
      return absl::OkStatus();
    }
    const std::optional<BinSpan> parsed = BinSpan::Parse(groups_.span, true);
    if (parsed && parsed->is_time()) return absl::OkStatus();
    return binder_.BadOption(*span, groups_.span);
  }

  // ---- statistics

  absl::Status CheckStatistic(const plan::AggregateCall& call, Span span) {
    double number = 0;
    const plan::AggregateEntry* entry = binder_.entries().Aggregate(call.function, &number);
    std::string note;
    if (call.is_sparkline || entry->name == "list") {
      note = fmt::format("tstats has no {}", call.is_sparkline ? "sparkline" : "list");
    } else if (call.expression != nullptr) {
      note = "tstats computes statistics of fields alone; compute with stats behind it";
    } else if (!call.pattern.empty()) {
      note = "each statistic but count needs one field, without wildcards";
    } else {
      return absl::OkStatus();
    }
    return binder_.Error(ErrorCode::kBadStatistic, span,
                         fmt::format("the argument '{}' is invalid", binder_.TextOf(span)), {note});
  }

  // sum(PREFIX(bytes=)): of what follows the text.
  absl::StatusOr<std::optional<plan::AggregateCall>> PrefixStatistic(
      const ast::Argument& argument) {
    const auto* call = std::get_if<ast::ArgumentCall>(&argument.value);
    if (call == nullptr || call->arguments.size() != 1) return std::nullopt;
    const auto* prefix = std::get_if<ast::ArgumentCall>(&call->arguments.front().value);
    if (prefix == nullptr) return std::nullopt;
    plan::AggregateCall bound;
    bound.function = call->name.text;
    bound.span = argument.span;
    if (binder_.entries().Aggregate(bound.function, &bound.number) == nullptr) return std::nullopt;
    SPELK_ASSIGN_OR_RETURN(bound.field, PrefixField(*prefix, argument.span));
    bound.output =
        binder_.Intern(argument.alias ? std::string(argument.alias->text)
                                      : fmt::format("{}({})", call->name.text, bound.field.name()));
    return bound;
  }

  absl::Status ReadStatistics(plan::AggregateNode* node) {
    SPELK_RETURN_IF_ERROR(binder_.NoSigns(call_));
    const std::vector<const ast::Argument*> arguments = binder_.Positional(call_);
    if (arguments.empty()) {
      return binder_.Error(ErrorCode::kMissingArgument, call_.name.span, "a statistic is missing",
                           {"usage: tstats <statistic>… [FROM datamodel=…] [WHERE …] [BY …]"});
    }
    for (const ast::Argument* argument : arguments) {
      SPELK_ASSIGN_OR_RETURN(std::optional<plan::AggregateCall> call, PrefixStatistic(*argument));
      if (!call) {
        SPELK_ASSIGN_OR_RETURN(call, binder_.Aggregate(*argument));
        SPELK_RETURN_IF_ERROR(CheckStatistic(*call, argument->span));
      }
      SPELK_RETURN_IF_ERROR(
          binder_.AddStatistic(*std::move(call), argument->span, groups_.by, node));
    }
    return absl::OkStatus();
  }

  // ---- WHERE

  // Null if there are none.
  absl::StatusOr<ExprPtr> ReadTerms() {
    const ast::Clause* where = binder_.FindClause(call_, ast::ClauseWord::kWhere);
    if (where == nullptr || !where->search) return nullptr;
    return binder_.SearchTerms(*where->search, true);
  }

  absl::Status ReadWhere(ExprPtr terms) {
    binder_.NoteTimeRange(*terms);
    std::vector<ExprPtr> filter;
    std::vector<ExprPtr> of_events;
    for (ExprPtr& each : plan::SplitAnd(std::move(terms))) {
      SPELK_ASSIGN_OR_RETURN(const bool restricts, Restricts(*each));
      if (restricts) continue;
      SPELK_ASSIGN_OR_RETURN(each, WithFlags(std::move(each)));
      (NamesModelField(*each) ? filter : of_events).push_back(std::move(each));
    }
    if (!filter.empty()) filter_ = plan::MakeLogical(ExprKind::kAnd, std::move(filter));
    if (!of_events.empty()) terms_ = plan::MakeLogical(ExprKind::kAnd, std::move(of_events));
    return absl::OkStatus();
  }

  // The data sets of the tree that `nodename=` takes.
  absl::StatusOr<std::vector<const plan::Dataset*>> NodesOf(const Expr& match) {
    std::vector<const plan::Dataset*> nodes;
    for (const plan::Pattern& pattern : match.patterns) {
      const Wildcard wildcard(pattern.text, Case::kExact);
      const size_t before = nodes.size();
      for (const plan::Dataset& each : bound_.model->datasets) {
        const plan::Dataset& root = *bound_.model->PathTo(*bound_.dataset).front();
        if (!bound_.model->IsWithin(each, root)) continue;
        if (wildcard.Matches(each.lineage)) nodes.push_back(&each);
      }
      if (nodes.size() > before) continue;
      std::vector<std::string_view> names;
      for (const plan::Dataset& each : bound_.model->datasets) names.push_back(each.lineage);
      return binder_.Error(
          plan::kUnknownModel, match.span,
          fmt::format("the data model '{}' has no node '{}'", bound_.model->name, pattern.text),
          plan::DidYouMean(plan::NearestNames(pattern.text, names)));
    }
    return nodes;
  }

  bool IsNodeName(const Expr& expr) const {
    const bool match = expr.kind == ExprKind::kMatch || expr.kind == ExprKind::kMatchAny;
    return bound_.dataset != nullptr && match && expr.field.name() == kNodeName;
  }

  // `nodename=X` that stands alone is one more condition on events.
  absl::StatusOr<bool> Restricts(const Expr& expr) {
    if (!IsNodeName(expr) || expr.kind != ExprKind::kMatch || expr.op != CompareOp::kEqual) {
      return false;
    }
    SPELK_ASSIGN_OR_RETURN(const std::vector<const plan::Dataset*> nodes, NodesOf(expr));
    if (nodes.size() != 1) return false;
    search_->Restrict(*nodes.front());
    return true;
  }

  ExprPtr FlagIs(const plan::Dataset& dataset, Span span) {
    search_->NeedFlag(dataset);
    auto match = std::make_unique<Expr>();
    match->kind = ExprKind::kMatch;
    match->type = plan::Type::kBoolean;
    match->span = span;
    match->field = binder_.Intern(search_->FlagOf(dataset));
    match->patterns.push_back({"1", false});
    return match;
  }

  // The terms with every nodename= as what events tell of their data sets.
  absl::StatusOr<ExprPtr> WithFlags(ExprPtr expr) {
    if (IsNodeName(*expr)) {
      SPELK_ASSIGN_OR_RETURN(const std::vector<const plan::Dataset*> nodes, NodesOf(*expr));
      std::vector<ExprPtr> any;
      for (const plan::Dataset* each : nodes) any.push_back(FlagIs(*each, expr->span));
      const bool equal = expr->kind == ExprKind::kMatchAny || expr->op == CompareOp::kEqual;
      ExprPtr in_one = plan::MakeLogical(ExprKind::kOr, std::move(any));
      return equal ? std::move(in_one) : plan::MakeNot(std::move(in_one));
    }
    for (ExprPtr& argument : expr->arguments) {
      if (argument == nullptr) continue;
      SPELK_ASSIGN_OR_RETURN(argument, WithFlags(std::move(argument)));
    }
    return expr;
  }

  // Whether a condition reads what the model makes, or may: terms that a subsearch gives.
  bool NamesModelField(const Expr& expr) {
    if (bound_.dataset == nullptr) return false;
    if (plan::HasSubsearch(expr)) {
      search_->NeedAll();
      return true;
    }
    plan::FieldSet fields;
    plan::CollectFields(expr, &fields);
    bool named = false;
    for (const Field field : fields.fields()) {
      if (field.hidden()) continue;
      const plan::DatasetField known = search_->Resolve(field.name());
      if (known.kind == plan::DatasetField::Kind::kEvent) continue;
      named = true;
      Need(field.name(), expr.span);
    }
    return named;
  }

  // ---- rows

  // A field that is read; one that the model does not have is a likely mistake.
  void Need(std::string_view name, Span span) {
    if (bound_.dataset == nullptr) return;
    needs_nodename_ = needs_nodename_ || name == kNodeName;
    if (search_->Resolve(name).kind == plan::DatasetField::Kind::kUnknown && name != "tag" &&
        name != "eventtype") {
      const std::vector<std::string> names = search_->Names();
      binder_.Warn(plan::kUnknownModelField, span,
                   fmt::format("no event of {} has the field '{}'", bound_.Label(), name),
                   plan::DidYouMean(plan::NearestNames(name, {names.begin(), names.end()})));
    }
    search_->Need(name);
  }

  plan::NodePtr FillGroups() {
    auto fill = plan::Make<plan::ExtendNode>(call_.span);
    const plan::FunctionEntry* coalesce = binder_.entries().Function("coalesce");
    for (const Field field : groups_.by) {
      auto value = std::make_unique<Expr>();
      value->kind = ExprKind::kCall;
      value->function = coalesce;
      value->span = call_.span;
      value->arguments.push_back(plan::MakeField(field, call_.span));
      value->arguments.push_back(
          plan::MakeLiteral(plan::Literal::Text(*fill_), plan::Type::kString, call_.span));
      fill->assignments.push_back({field, {}, {}, std::move(value)});
    }
    return fill;
  }

  // The events, with what is asked of the events themselves.
  absl::StatusOr<plan::NodePtr> MakeRows() {
    plan::NodePtr rows;
    if (bound_.dataset == nullptr) {
      rows = binder_.NewScan(call_.span);
    } else {
      if (needs_nodename_) search_->NeedNodeName();
      SPELK_ASSIGN_OR_RETURN(
          rows, EventsOf(bound_, *search_, plan::DatasetNames::kPrefixed, "", from_, binder_));
    }
    if (terms_ != nullptr) {
      // In a search with pipes of its own they are asked of its rows.
      plan::ScanNode* scan = plan::ScanOf(*rows);
      const bool of_scan =
          scan != nullptr &&
          (bound_.dataset == nullptr || bound_.dataset->kind == plan::Dataset::Kind::kEvents);
      if (of_scan) {
        std::vector<ExprPtr> all;
        if (scan->predicate != nullptr) all = plan::SplitAnd(std::move(scan->predicate));
        all.push_back(std::move(terms_));
        scan->predicate = plan::MakeLogical(ExprKind::kAnd, std::move(all));
      } else {
        std::vector<ExprPtr> all;
        all.push_back(std::move(terms_));
        if (filter_ != nullptr) all.push_back(std::move(filter_));
        filter_ = plan::MakeLogical(ExprKind::kAnd, std::move(all));
      }
    }
    if (groups_.prefixes.empty()) return rows;
    plan::NodePtr values = MakeTokenValues(call_.span, groups_.prefixes, binder_);
    values->input = std::move(rows);
    return values;
  }

  const ast::CommandCall& call_;
  plan::Binder& binder_;
  bool prestats_ = false;
  bool append_ = false;
  std::optional<std::string> fill_;
  BoundDataset bound_;  // Without FROM: none.
  std::optional<plan::DatasetSearch> search_;
  Span from_;
  Groups groups_;
  bool needs_nodename_ = false;
  ExprPtr terms_;   // Of WHERE: what is asked of events …
  ExprPtr filter_;  // … and what of the fields of the model.
};

absl::StatusOr<plan::NodePtr> BindTstats(const ast::CommandCall& call, plan::Binder& binder) {
  constexpr uint64_t kAllRows = uint64_t{1} << 62U;
  TstatsBinder tstats(call, binder);
  SPELK_ASSIGN_OR_RETURN(plan::NodePtr node, tstats.Bind());
  if (!tstats.appends() || binder.is_first()) return node;
  std::vector<plan::NodePtr> others;
  others.push_back(std::move(node));
  return MakeAppend(call.span, std::move(others), {kAllRows, false});
}

constexpr Argument kTstatsArguments[] = {
    {.name = "statistic",
     .type = "statistic…",
     .fallback = "",
     .summary =
         "count, values(Processes.user), max(_time) AS last … Each but count has a field; no "
         "list, no eval(…), no wildcards."},
    {.name = "datamodel",
     .type = "MODEL[.DATASET]",
     .fallback = "",
     .summary = "After FROM: the data set; a model with one root may stand alone. Without FROM: "
                "all events.",
     .is_option = true},
    {.name = "sid",
     .type = "text",
     .fallback = "",
     .summary = "After FROM: a job of Splunk's, which is refused.",
     .is_option = true},
    {.name = "WHERE",
     .type = "search terms",
     .fallback = "",
     .summary = "Over Processes.user and its like, host, source, sourcetype, index, nodename=…, "
                "earliest= and latest=. Text compares ignoring case."},
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "One row for each combination of values; rows without one of them are left out."},
    {.name = "span",
     .type = "span of time",
     .fallback = "auto",
     .summary = "Of _time in BY: 1h, 5m, 1d, 1mon.",
     .is_option = true},
    {.name = "fillnull_value",
     .type = "text",
     .fallback = "",
     .summary = "What stands for a missing value of a BY field.",
     .is_option = true},
    {.name = "prestats",
     .type = "bool",
     .fallback = "f",
     .summary = "Gives partial results, in fields psrsvd_*, for stats, chart and timechart.",
     .is_option = true},
    {.name = "append",
     .type = "bool",
     .fallback = "f",
     .summary = "With prestats=t: after the rows that there are.",
     .is_option = true},
    {.name = "summariesonly",
     .type = "bool",
     .fallback = "f",
     .summary = "Only accelerated data; here every event is looked at.",
     .is_option = true,
     .no_effect = true},
    {.name = "allow_old_summaries",
     .type = "bool",
     .fallback = "f",
     .summary = "Of acceleration.",
     .is_option = true,
     .no_effect = true},
    {.name = "use_summary_index_values",
     .type = "bool",
     .fallback = "t",
     .summary = "Of acceleration.",
     .is_option = true,
     .no_effect = true},
    {.name = "local",
     .type = "bool",
     .fallback = "f",
     .summary = "Only this search head.",
     .is_option = true,
     .no_effect = true},
    {.name = "include_reduced_buckets",
     .type = "bool",
     .fallback = "f",
     .summary = "Of indexes.",
     .is_option = true,
     .no_effect = true},
    {.name = "chunk_size",
     .type = "int, at least 10000",
     .fallback = "10000000",
     .summary = "How much is read at a time.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kTstatsNotes[] = {
    "a field of a child data set is named with all its ancestors: "
    "All_Changes.Account_Management.src_user",
    "a field that the data set does not have is missing in all its events; a warning says so",
    "without FROM every field of events may be named, not only indexed ones",
    "rows are sorted by their BY fields",
    "TERM(x) and PREFIX(x=) look at the words of an event's text; they are for searches without "
    "FROM"};
constexpr Example kTstatsExamples[] = {
    {.title = "Processes of a data model",
     .input =
         R"({"Channel":"Security","EventID":4688,"Computer":"ws1","NewProcessName":"C:\\Windows\\System32\\cmd.exe","SubjectUserName":"ann"} {"Channel":"Security","EventID":4688,"Computer":"ws1","NewProcessName":"C:\\Windows\\notepad.exe","SubjectUserName":"bob"})",
     .query = "| tstats count from datamodel=Endpoint.Processes where "
              "Processes.process_name=CMD.EXE by Processes.dest Processes.user",
     .output = R"({"Processes.dest":"ws1","Processes.user":"ann","count":1})"},
    {.title = "All events, by the hour",
     .input = R"({"_time":3600,"host":"a"} {"_time":3700,"host":"a"} {"_time":7200,"host":"b"})",
     .query = "| tstats count where host=* by _time span=1h",
     .output = R"({"_time":3600,"count":2} {"_time":7200,"count":1})"},
    {.title = "What timechart goes on with",
     .input = R"({"_time":3600,"host":"a"} {"_time":3700,"host":"a"} {"_time":7200,"host":"b"})",
     .query = "| tstats prestats=t count where host=* by _time span=1h | timechart span=1h count",
     .output = R"({"_time":3600,"count":2} {"_time":7200,"count":1})"},
};

}  // namespace

extern constexpr CommandEntry kTstats = {
    .name = "tstats",
    .signature =
        "| tstats [<option>…] <statistic> [AS <field>]… [FROM datamodel=<model>[.<data "
        "set>]] [WHERE <terms>] [BY <field>… [span=<span>]]",
    .summary = "Computes statistics of the events of a data model.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kClauseBy | kClauseFrom | kClauseSearchWhere},
    .arguments = kTstatsArguments,
    .notes = kTstatsNotes,
    .examples = kTstatsExamples,
    .bind = &BindTstats,
};

}  // namespace spelk::commands
