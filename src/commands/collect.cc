// collect: rows become events of a summary index.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/action.h"
#include "plan/services.h"
#include "plan/table.h"
#include "value/number.h"
#include "value/time_format.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kDefaultIndex = "summary";

struct CollectNode final : plan::Node {
  static constexpr std::string_view kName = "collect";
  std::string index;
  std::string marker;
  std::string source;
  std::string host;
  std::string sourcetype;
  bool add_time = true;
  bool add_info = true;
  bool test = false;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.writes = plan::FieldSet(), .keeps_order = true, .results = false};
    flow.reads_clock = true;
    return flow;
  }
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    plan::FieldSet needs = needed;
    needs.AddAll();
    return needs;
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  bool DependsOnOrder(const plan::FieldSet&, bool) const override { return true; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("index", index);
    visit("marker", marker);
    visit("source", source);
    visit("host", host);
    visit("sourcetype", sourcetype);
    visit("addtime", add_time);
    visit("addinfo", add_info);
    visit("testmode", test);
  }
};

// ---------------------------------------------------------------- running

struct CollectState {
  std::unique_ptr<plan::TableBuilder> events;
  uint64_t rows = 0;
};

class Collect final : public exec::Sequential<CollectState> {
 public:
  Collect(const CollectNode& node, const exec::RunContext& run)
      : node_(node),
        writes_(!node.test && run.services.tables->writes_files()),
        what_(fmt::format("the events of index {}", node.index)),
        run_(run) {
    const double now = run.evaluation.constants.now;
    const double earliest = run.time_range.earliest.value_or(0);
    time_ = earliest > 0 ? earliest : now;
    info_ = fmt::format("info_min_time={:.3f}, info_max_time={}, info_search_time={:.3f}", earliest,
                        run.time_range.latest ? fmt::format("{:.3f}", *run.time_range.latest)
                                              : std::string("+Infinity"),
                        now);
  }

  // All rows are events, however many are wanted after it.
  bool wants_all_rows() const override { return true; }

  absl::StatusOr<CollectState> NewState() const override {
    CollectState state;
    state.events = std::make_unique<plan::TableBuilder>(
        std::vector<std::string>{"_time", "_raw", "index", "source", "sourcetype", "host"},
        run_.budget, what_);
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, CollectState& state,
                                       exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(run_.cancel->status());
    state.rows += batch.size();
    for (size_t row = 0; writes_ && row < batch.size(); ++row) {
      Add(batch, row, *state.events);
      SPELK_RETURN_IF_ERROR(state.events->status());
    }
    if (!out.enough()) SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

  absl::Status Finish(CollectState& state, exec::Output&) const override {
    const std::string rows = state.rows == 1 ? "1 event" : fmt::format("{} events", state.rows);
    if (!writes_) {
      run_.warnings->Add(
          ErrorCode::kDiffers,
          fmt::format("{}: Splunk would write {} to the index {}{}; here the rows only pass on",
                      node_.label(), node_.test ? "nothing" : rows, node_.index,
                      node_.test ? " in test mode" : ""));
      return absl::OkStatus();
    }
    if (state.rows == 0) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(plan::TablePtr events, state.events->Finish());
    const std::string file = fmt::format("{}.ndjson", node_.index);
    run_.warnings->Add(ErrorCode::kDiffers,
                       fmt::format("{}: {} added to {}, which Splunk would have in the index {}",
                                   node_.label(), rows, file, node_.index));
    return run_.services.tables->Put(
        {.table = node_.index, .file = file, .rows = std::move(events), .events = true});
  }

 private:
  // Fields that tell of an event itself: in a summary index they are those of the new event, and
  // what the row had is kept as orig_…
  static bool IsMetadata(std::string_view name) {
    return name == "index" || name == "source" || name == "sourcetype" || name == "host";
  }

  void Add(const Batch& batch, size_t row, plan::TableBuilder& events) const {
    events.AddRow();
    std::optional<double> time;
    Value raw;
    std::string fields;  // As a text of pairs.
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      const Field field = (*batch.schema())[c];
      const Value value = batch.At(c, row);
      if (field.hidden() || value.is_null()) continue;
      if (field.name() == "_time") {
        if (const auto number = NumberOf(value)) time = number->value;
      } else if (field.name() == "_raw") {
        raw = value;
      } else if (!field.name().starts_with('_')) {
        const std::string name = IsMetadata(field.name()) ? fmt::format("orig_{}", field.name())
                                                          : std::string(field.name());
        AppendPair(name, value, fields);
        events.Set(events.ColumnOf(name), value);
      }
    }
    const double at = time.value_or(time_);
    char buffer[kNumberText];
    events.SetText(0, FormatDouble(at, buffer));
    if (raw.is_null()) {
      events.SetText(1, StashText(at, fields));
    } else {
      std::string text(TextOf(raw, buffer));
      if (!node_.marker.empty()) text += fmt::format(", {}", node_.marker);
      events.SetText(1, text);
    }
    events.SetText(2, node_.index);
    if (!node_.source.empty()) events.SetText(3, node_.source);
    events.SetText(4, node_.sourcetype);
    if (!node_.host.empty()) events.SetText(5, node_.host);
  }

  // `12/01/2026 03:00:00 +0000, info_min_time=0.000, …, user=ana, count=2`
  std::string StashText(double at, const std::string& fields) const {
    std::string text;
    const auto add = [&text](std::string_view part) {
      if (part.empty()) return;
      if (!text.empty()) text += ", ";
      text += part;
    };
    if (node_.add_time) {
      add(FormatTime(at, "%m/%d/%Y %H:%M:%S %z", run_.evaluation.constants.zone).value_or(""));
    }
    if (node_.add_info) add(info_);
    add(node_.marker);
    add(fields);
    return text;
  }

  static void AppendPair(std::string_view name, const Value& value, std::string& fields) {
    char buffer[kNumberText];
    std::string text;
    for (const Value& each : value.each()) {
      if (&each != value.each().data()) text += '\n';
      text += TextOf(each, buffer);
    }
    if (!fields.empty()) fields += ", ";
    fields += name;
    fields += '=';
    const bool plain = !text.empty() && text.find_first_of(" \t\r\n,\"=") == std::string::npos;
    if (plain) {
      fields += text;
      return;
    }
    fields += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') fields += '\\';
      fields += c;
    }
    fields += '"';
  }

  const CollectNode& node_;
  const bool writes_;
  const std::string what_;
  const exec::RunContext& run_;
  double time_ = 0;   // Of rows without one.
  std::string info_;  // As addinfo tells it.
};

exec::OperatorPtr BuildCollect(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Collect>(plan::As<CollectNode>(node), run);
}

// ---------------------------------------------------------------- binding

absl::StatusOr<plan::NodePtr> BindCollect(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<CollectNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->index, binder.Text(call, "index"));
  if (const auto* index = binder.FindOption(call, "index"); index == nullptr) {
    node->index = kDefaultIndex;
  } else if (node->index.empty() || node->index.starts_with('.') ||
             node->index.find_first_of("/\\") != std::string::npos) {
    return binder.Error(ErrorCode::kBadOptionValue, index->value->span,
                        fmt::format("\"{}\" is no name of an index", node->index));
  }
  SPELK_ASSIGN_OR_RETURN(node->marker, binder.Text(call, "marker"));
  SPELK_ASSIGN_OR_RETURN(node->source, binder.Text(call, "source"));
  SPELK_ASSIGN_OR_RETURN(node->host, binder.Text(call, "host"));
  SPELK_ASSIGN_OR_RETURN(node->sourcetype, binder.Text(call, "sourcetype"));
  if (node->sourcetype.empty()) node->sourcetype = "stash";
  SPELK_ASSIGN_OR_RETURN(node->add_time, binder.Flag(call, "addtime"));
  SPELK_ASSIGN_OR_RETURN(node->add_info, binder.Flag(call, "addinfo"));
  SPELK_ASSIGN_OR_RETURN(node->test, binder.Flag(call, "testmode"));
  for (const std::string_view flag : {"spool", "run_in_preview", "uselb"}) {
    SPELK_RETURN_IF_ERROR(binder.Flag(call, flag).status());
  }
  SPELK_RETURN_IF_ERROR(binder.Choice(call, "output_format").status());
  return node;
}

constexpr std::string_view kCollectAliases[] = {"stash"};
constexpr Argument kCollectArguments[] = {
    {.name = "index",
     .type = "text",
     .fallback = kDefaultIndex,
     .summary = "The summary index.",
     .is_option = true},
    {.name = "addinfo",
     .type = "bool",
     .fallback = "true",
     .summary = "Whether the text of events made of rows tells the range and time of the search.",
     .is_option = true},
    {.name = "addtime",
     .type = "bool",
     .fallback = "true",
     .summary = "Whether that text begins with a time.",
     .is_option = true},
    {.name = "marker",
     .type = "text",
     .fallback = "",
     .summary = "Text added to each event.",
     .is_option = true},
    {.name = "source",
     .type = "text",
     .fallback = "",
     .summary = "Their source.",
     .is_option = true},
    {.name = "host", .type = "text", .fallback = "", .summary = "Their host.", .is_option = true},
    {.name = "sourcetype",
     .type = "text",
     .fallback = "stash",
     .summary = "Their sourcetype.",
     .is_option = true},
    {.name = "testmode",
     .type = "bool",
     .fallback = "false",
     .summary = "Nothing is written.",
     .is_option = true},
    {.name = "file",
     .type = "text",
     .fallback = "",
     .summary = "Splunk's file for the events.",
     .is_option = true,
     .no_effect = true},
    {.name = "spool",
     .type = "bool",
     .fallback = "true",
     .summary = "Where Splunk puts the file.",
     .is_option = true,
     .no_effect = true},
    {.name = "uselb",
     .type = "bool",
     .fallback = "true",
     .summary = "Whether the text of an event with several lines is broken into them.",
     .is_option = true,
     .no_effect = true},
    {.name = "timeformat",
     .type = "text",
     .fallback = "",
     .summary = "Only for Splunk's format hec.",
     .is_option = true,
     .no_effect = true},
    {.name = "run_in_preview",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether previews write.",
     .is_option = true,
     .no_effect = true},
    {.name = "output_format",
     .type = "one of raw|hec",
     .fallback = "raw",
     .summary = "How Splunk writes its file.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kCollectNotes[] = {
    "with --allow-write DIR the events are added to the file DIR/<index>.ndjson when the search "
    "has succeeded, and can be read from there; without it a warning says what would be written",
    "the text of an event is _raw, or else the fields of the row as pairs after the time and the "
    "range of the search; index, source, sourcetype and host of the row become orig_index …",
    "rows without _time have the beginning of the time range, or that of the run"};
constexpr Example kCollectExamples[] = {
    {.title = "Rows for a summary index",
     .input = R"({"user":"ana"} {"user":"ana"})",
     .query = "stats count BY user | collect index=summary",
     .output = R"({"user":"ana","count":2})"},
};
constexpr plan::NodeEntry kCollectNodes[] = {{&plan::TypeOf<CollectNode>, &BuildCollect}};

}  // namespace

extern constexpr CommandEntry kCollect = {
    .name = "collect",
    .aliases = kCollectAliases,
    .signature = "collect [index=<text>] [<option>…]",
    .summary = "Adds the rows to a summary index, which is a file here.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kCollectArguments,
    .notes = kCollectNotes,
    .differs =
        "Writes to a file inside --allow-write only; otherwise a warning says what it would "
        "write.",
    .examples = kCollectExamples,
    .nodes = kCollectNodes,
    .bind = &BindCollect,
};

}  // namespace spelk::commands
