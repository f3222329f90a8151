// makeresults: makes rows out of nothing, or out of text in the query.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands/entry.h"
#include "exec/batch_builder.h"
#include "io/csv_reader.h"
#include "io/json_value.h"

namespace spelk::commands {
namespace {

struct MakeResultsNode final : plan::Node {
  static constexpr std::string_view kName = "makeresults";
  uint64_t count = 1;
  bool annotate = false;
  std::string format;  // csv or json, with `data`; else empty.
  std::string data;
  std::vector<Field> columns;
  Field raw;  // Of JSON: the object, and the instant of the run.
  Field time;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet(),
                        .passes = false,
                        .order = Order::kDestroys,
                        .runs = Runs::kSource};
    flow.reads = plan::FieldSet();
    flow.columns = columns;
    flow.reads_clock = format != "csv";
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("count", count);
    visit("annotate", annotate);
    visit("format", format);
    visit("data", data);
    visit("columns", columns);
    visit.MayBeNull("raw", raw);
    visit.MayBeNull("time", time);
  }
};

Value Now(const exec::RunContext& run) {
  return Value::Integer(static_cast<int64_t>(std::floor(run.evaluation.constants.now)));
}

// ---------------------------------------------------------------- rows with the time alone

class TimeRows final : public exec::SourceOperator {
 public:
  TimeRows(const MakeResultsNode& node, const exec::RunContext& run)
      : count_(node.count), schema_(std::make_shared<Schema>(node.columns)), run_(run) {}

  absl::Status Produce(exec::Output& out) const override {
    const Cancellation::Reading reading(*run_.cancel);
    for (uint64_t left = count_; left > 0 && !out.enough() && !run_.cancel->input_ended();) {
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      const uint64_t rows = std::min<uint64_t>(left, run_.batch_rows);
      SPELK_RETURN_IF_ERROR(out.Push(MakeBatch(rows)));
      left -= rows;
    }
    return absl::OkStatus();
  }

 private:
  Batch MakeBatch(size_t rows) const {
    std::vector<Column> columns;
    for (const Field field : schema_->fields()) {
      Value value;
      if (field.name() == "_time") value = Now(run_);
      if (field.name() == "splunk_server") value = Value::Text("local");
      columns.push_back(Column::Constant(value, rows));
    }
    return Batch(schema_, std::move(columns), rows, std::make_shared<BatchMemory>(run_.budget));
  }

  const uint64_t count_;
  const SchemaPtr schema_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- rows out of text

// Rows of texts; an empty cell is no value.
class CsvRows final : public exec::SourceOperator {
 public:
  CsvRows(const MakeResultsNode& node, const exec::RunContext& run)
      : data_(node.data), schema_(std::make_shared<Schema>(node.columns)), run_(run) {}

  absl::Status Produce(exec::Output& out) const override {
    io::CsvReader reader(data_);
    std::vector<std::string> cells;
    SPELK_RETURN_IF_ERROR(reader.Next(&cells).status());  // The header.
    exec::BatchBuilder rows(schema_, "makeresults", run_);
    std::vector<Value> row;
    for (bool more = true; more && !out.enough();) {
      SPELK_ASSIGN_OR_RETURN(more, reader.Next(&cells));
      if (more) {
        row.clear();
        for (size_t c = 0; c < schema_->size(); ++c) {
          const bool given = c < cells.size() && !cells[c].empty();
          row.push_back(given ? Value::Text(cells[c]) : Value::Null());
        }
        SPELK_RETURN_IF_ERROR(rows.Add(row));
      }
      if (rows.rows() == 0 || (more && !rows.full())) continue;
      SPELK_ASSIGN_OR_RETURN(Batch batch, rows.Take());
      SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    }
    return absl::OkStatus();
  }

 private:
  const std::string data_;
  const SchemaPtr schema_;
  const exec::RunContext& run_;
};

// An array of objects: their members, nested ones as JSON text.
class JsonRows final : public exec::SourceOperator {
 public:
  JsonRows(const MakeResultsNode& node, const exec::RunContext& run)
      : data_(node.data),
        schema_(std::make_shared<Schema>(node.columns)),
        raw_(node.raw),
        time_(node.time),
        run_(run) {}

  absl::Status Produce(exec::Output& out) const override {
    Arena scratch(run_.budget);
    const io::JsonNode* array = io::ParseJson(data_, scratch);
    SPELK_RETURN_IF_ERROR(scratch.status("makeresults"));
    if (array == nullptr) return absl::DataLossError("makeresults: data is no JSON");
    exec::BatchBuilder rows(schema_, "makeresults", run_);
    std::vector<Value> row;
    for (const io::JsonNode* node = array->first; node != nullptr; node = node->next) {
      row.clear();
      for (const Field field : schema_->fields()) {
        const io::JsonNode* member = io::FindMember(*node, field.name());
        if (member != nullptr) {
          row.push_back(io::JsonToValue(*member, scratch));
        } else if (field == raw_) {
          row.push_back(io::JsonToValue(*node, scratch));
        } else if (field == time_) {
          row.push_back(Now(run_));
        } else {
          row.push_back(Value::Null());
        }
      }
      SPELK_RETURN_IF_ERROR(scratch.status("makeresults"));
      SPELK_RETURN_IF_ERROR(rows.Add(row));
      if (node->next != nullptr && !rows.full()) continue;
      SPELK_ASSIGN_OR_RETURN(Batch batch, rows.Take());
      SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
      if (out.enough()) break;
    }
    return absl::OkStatus();
  }

 private:
  const std::string data_;
  const SchemaPtr schema_;
  const Field raw_;
  const Field time_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- binding

absl::Status BadData(const ast::CommandCall& call, std::string_view problem, plan::Binder& binder) {
  const ast::ArgumentOption* option = binder.FindOption(call, "data");
  const Span span = option == nullptr ? call.name.span : option->value->span;
  return binder.Error(ErrorCode::kBadOptionValue, span, problem);
}

// Without the blanks around it.
std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

// The columns of the header. Reads everything, so that a broken quote refuses the query.
absl::Status BindCsv(const ast::CommandCall& call, plan::Binder& binder, MakeResultsNode* node) {
  io::CsvReader reader(node->data);
  std::vector<std::string> cells;
  absl::StatusOr<bool> more = reader.Next(&cells);
  const std::vector<std::string> header = cells;
  while (more.ok() && *more) more = reader.Next(&cells);
  if (!more.ok()) return BadData(call, fmt::format("data: {}", MessageOf(more.status())), binder);
  if (header.empty()) return BadData(call, "data has no header line", binder);
  for (const std::string& cell : header) {
    const std::string_view name = Trimmed(cell);
    const Field field = binder.Intern(name);
    if (name.empty()) return BadData(call, "a column of data has no name", binder);
    if (std::find(node->columns.begin(), node->columns.end(), field) != node->columns.end()) {
      return BadData(call, fmt::format("data has two columns '{}'", name), binder);
    }
    node->columns.push_back(field);
  }
  return absl::OkStatus();
}

// The columns are the members of all objects, in the order of their first appearance.
absl::Status BindJson(const ast::CommandCall& call, plan::Binder& binder, MakeResultsNode* node) {
  Arena arena;
  const io::JsonNode* array = io::ParseJson(node->data, arena);
  if (array == nullptr || array->kind != io::JsonKind::kArray) {
    return BadData(call, "data is no JSON array of objects", binder);
  }
  node->raw = binder.Intern("_raw");
  node->time = binder.Intern("_time");
  node->columns = {node->raw, node->time};
  std::vector<Field> sorted = node->columns;  // To look them up.
  for (const io::JsonNode* row = array->first; row != nullptr; row = row->next) {
    if (row->kind != io::JsonKind::kObject) {
      return BadData(call, "data is no JSON array of objects", binder);
    }
    for (const io::JsonNode* member = row->first; member != nullptr; member = member->next) {
      if (member->key.empty()) return BadData(call, "a member of data has no name", binder);
      const Field field = binder.Intern(member->key);
      const auto by_name = [](Field a, Field b) { return a.name() < b.name(); };
      const auto place = std::lower_bound(sorted.begin(), sorted.end(), field, by_name);
      if (place != sorted.end() && *place == field) continue;
      sorted.insert(place, field);
      node->columns.push_back(field);
    }
  }
  return absl::OkStatus();
}

absl::Status BindData(const ast::CommandCall& call, plan::Binder& binder, MakeResultsNode* node) {
  for (const std::string_view name : {"count", "annotate"}) {
    if (const ast::ArgumentOption* option = binder.FindOption(call, name)) {
      binder.Warn(ErrorCode::kDiffers, option->name.span,
                  fmt::format("{} has no meaning with format and data", name));
    }
  }
  if (node->format.empty()) return BadData(call, "data needs format=csv or format=json", binder);
  if (binder.FindOption(call, "data") == nullptr) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "format needs data");
  }
  return node->format == "csv" ? BindCsv(call, binder, node) : BindJson(call, binder, node);
}

absl::StatusOr<plan::NodePtr> BindMakeResults(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<MakeResultsNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(const int64_t count, binder.Integer(call, "count"));
  node->count = static_cast<uint64_t>(count);
  // An example of searchmatch() has the number alone.
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (!arguments.empty()) {
    const auto number = plan::Binder::WholeNumber(*arguments[0]);
    if (!number || arguments.size() > 1 || binder.FindOption(call, "count") != nullptr) {
      return binder.Unexpected(*arguments[number ? arguments.size() - 1 : 0],
                               {"write count=<int>"});
    }
    node->count = *number;
  }
  SPELK_ASSIGN_OR_RETURN(node->annotate, binder.Flag(call, "annotate"));
  SPELK_ASSIGN_OR_RETURN(node->format, binder.Choice(call, "format"));
  SPELK_ASSIGN_OR_RETURN(node->data, binder.Text(call, "data"));
  if (!node->format.empty() || binder.FindOption(call, "data") != nullptr) {
    SPELK_RETURN_IF_ERROR(BindData(call, binder, node.get()));
    return node;
  }
  if (!node->annotate) {
    node->columns = {binder.Intern("_time")};
    return node;
  }
  for (const std::string_view name :
       {"_raw", "_time", "host", "source", "sourcetype", "splunk_server", "splunk_server_group"}) {
    node->columns.push_back(binder.Intern(name));
  }
  return node;
}

exec::OperatorPtr BuildMakeResults(const plan::Node& node, const exec::RunContext& run) {
  const auto& make = plan::As<MakeResultsNode>(node);
  if (make.format == "csv") return std::make_unique<CsvRows>(make, run);
  if (make.format == "json") return std::make_unique<JsonRows>(make, run);
  return std::make_unique<TimeRows>(make, run);
}

constexpr Argument kMakeResultsArguments[] = {
    {.name = "count",
     .type = "int",
     .fallback = "1",
     .summary = "How many rows.",
     .is_option = true},
    {.name = "annotate",
     .type = "bool",
     .fallback = "f",
     .summary = "Adds the columns of an event; splunk_server is local, the others are empty.",
     .is_option = true},
    {.name = "format",
     .type = "one of csv|json",
     .fallback = "",
     .summary = "How data is written.",
     .is_option = true},
    {.name = "data",
     .type = "text",
     .fallback = "",
     .summary = "The rows: lines with commas after a header line, or an array of objects.",
     .is_option = true},
    {.name = "splunk_server",
     .type = "text",
     .fallback = "local",
     .summary = "Where the rows are made.",
     .is_option = true,
     .no_effect = true},
    {.name = "splunk_server_group",
     .type = "text",
     .fallback = "",
     .summary = "Likewise.",
     .is_option = true,
     .no_effect = true,
     .repeats = true}};
constexpr std::string_view kMakeResultsNotes[] = {
    "_time is the instant of the run, in whole seconds; rows out of csv data have none; those out "
    "of JSON have it beside their text, _raw",
    "an empty cell of csv data is no value, nor is a null of json data; nested members are JSON "
    "text"};
constexpr Example kMakeResultsExamples[] = {
    {.title = "A row to compute with",
     .input = "",
     .query = "| makeresults | eval a=1+1 | table a",
     .output = R"({"a":2})"},
    {.title = "Rows out of text",
     .input = "",
     .query = "| makeresults format=csv data=\"host,code\nweb-1,200\nweb-2,\"",
     .output = R"({"host":"web-1","code":"200"} {"host":"web-2"})"},
    {.title = "Rows out of JSON",
     .input = "",
     .query =
         R"(| makeresults format=json data="[{\"host\":\"a\",\"code\":200},{\"host\":\"b\"}]" | table host code)",
     .output = R"({"host":"a","code":200} {"host":"b"})"},
};

constexpr plan::NodeEntry kMakeResultsNodes[] = {
    {&plan::TypeOf<MakeResultsNode>, &BuildMakeResults}};

}  // namespace

extern constexpr CommandEntry kMakeResults = {
    .name = "makeresults",
    .signature = "| makeresults [count=<int>] [annotate=<bool>] [format=csv|json data=<text>]",
    .summary = "Makes rows out of nothing, or out of text in the query.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kMakeResultsArguments,
    .notes = kMakeResultsNotes,
    .examples = kMakeResultsExamples,
    .nodes = kMakeResultsNodes,
    .bind = &BindMakeResults,
};

}  // namespace spelk::commands
