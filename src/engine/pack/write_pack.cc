// Reports about packs as tables and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "base/memory.h"
#include "base/status.h"
#include "engine/impl.h"
#include "engine/pack/pack_writing.h"
#include "engine/sink_bytes.h"
#include "io/row_writer.h"
#include "io/terminal_text.h"

namespace spelk {
namespace engine {

ReportCell ReportCell::Of(std::string_view text) { return {std::string(text), false}; }
ReportCell ReportCell::Of(const std::vector<std::string>& texts, std::string_view between) {
  return {fmt::format("{}", fmt::join(texts, between)), false};
}
ReportCell ReportCell::Of(uint64_t number) { return {std::to_string(number), true}; }
ReportCell ReportCell::Seconds(double seconds) { return {fmt::format("{:.3f}", seconds), true}; }

namespace {

io::Format RowFormatOf(PackFormat format) {
  switch (format) {
    case PackFormat::kCsv:
      return io::Format::kCsv;
    case PackFormat::kMarkdown:
      return io::Format::kMarkdown;
    default:
      return io::Format::kTable;
  }
}

Value CellValue(const ReportCell& cell, Arena& arena) {
  if (cell.text.empty()) return Value::Null();
  return Value::Text(arena.Copy(cell.text), cell.number ? JsonType::kNumber : JsonType::kString);
}

}  // namespace

Result<Flow> WriteReportTable(const ReportTable& table, const PackWriteOptions& options,
                              Sink& sink) {
  MemoryBudget budget(SIZE_MAX);
  FieldTable names;
  const auto memory = std::make_shared<BatchMemory>(&budget);
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    fields.push_back(names.Intern(table.columns[c]));
    auto* values = memory->arena.AllocateArray<Value>(table.rows.size());
    for (size_t r = 0; r < table.rows.size(); ++r) {
      values[r] = CellValue(table.rows[r][c], memory->arena);
    }
    columns.push_back(Column::Values({values, table.rows.size()}));
  }
  SinkBytes bytes(sink);
  io::WriterOptions writer_options;
  writer_options.format = RowFormatOf(options.format);
  writer_options.width = options.width;
  writer_options.colour = options.colour;
  writer_options.terminal = options.terminal;
  const std::unique_ptr<io::RowWriter> writer = io::MakeWriter(writer_options, {fields}, bytes);
  absl::Status status = writer->Write(
      Batch(std::make_shared<Schema>(fields), std::move(columns), table.rows.size(), memory));
  if (status.ok()) status = writer->Finish();
  if (status.ok()) status = bytes.Flush();
  return ToFlow(status);
}

// ---------------------------------------------------------------- JSON

void JsonObject::Name(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  io::AppendJsonString(name, out_);
  out_ += ':';
}

void JsonObject::Text(std::string_view name, std::string_view text) {
  Name(name);
  io::AppendJsonString(text, out_);
}

void JsonObject::Number(std::string_view name, uint64_t number) {
  Name(name);
  out_ += std::to_string(number);
}

void JsonObject::Seconds(std::string_view name, double seconds) {
  Name(name);
  out_ += fmt::format("{:.6f}", seconds);
}

void JsonObject::Texts(std::string_view name, const std::vector<std::string>& texts) {
  Name(name);
  out_ += '[';
  for (const std::string& text : texts) {
    if (&text != &texts.front()) out_ += ',';
    io::AppendJsonString(text, out_);
  }
  out_ += ']';
}

void JsonObject::Json(std::string_view name, std::string_view json) {
  Name(name);
  out_ += json;
}

void JsonObject::Details(std::string_view name, const std::vector<ErrorDetail>& details,
                         size_t first_line) {
  std::vector<std::string> objects;
  for (const ErrorDetail& detail : details) {
    std::string text;
    JsonObject object(&text);
    object.Text("code", detail.code);
    object.Text("severity", detail.warning ? "warning" : "error");
    if (detail.length > 0) {
      if (first_line > 0) object.Number("line", first_line + detail.line - 1);
      object.Number("column", detail.column);
      object.Number("offset", detail.offset);
      object.Number("length", detail.length);
    }
    object.Text("message", detail.message);
    object.Texts("notes", detail.notes);
    object.End();
    objects.push_back(std::move(text));
  }
  Json(name, fmt::format("[{}]", fmt::join(objects, ",")));
}

void AddAnalytic(const Analytic& analytic, JsonObject* object) {
  object->Text("name", analytic.name);
  object->Text("id", analytic.id);
  object->Texts("mitre", analytic.mitre);
  if (!analytic.type.empty()) object->Text("type", analytic.type);
  object->Text("file", analytic.file);
  if (analytic.line > 0) object->Number("line", analytic.line);
}

std::string AsJson(const std::vector<std::string>& objects, bool array) {
  if (!array) return fmt::format("{}{}", fmt::join(objects, "\n"), objects.empty() ? "" : "\n");
  return objects.empty() ? "[]\n" : fmt::format("[\n{}\n]\n", fmt::join(objects, ",\n"));
}

size_t LineOf(const Analytic& analytic, const ErrorDetail& detail) {
  return std::max<size_t>(analytic.line, 1) + detail.line - 1;
}

namespace {

Result<Flow> Put(std::string_view text, Sink& sink) {
  const Result<Flow> written = sink.Write(text);
  if (!written.ok() || *written == Flow::kEnough) return written;
  return sink.Flush();
}

ReportCell Mitre(const Analytic& analytic) { return ReportCell::Of(analytic.mitre, " "); }

// "file:line"
std::string PlaceIn(const Analytic& analytic) {
  return analytic.line > 0 ? fmt::format("{}:{}", analytic.file, analytic.line) : analytic.file;
}

// ---------------------------------------------------------------- runs

std::string AsObject(const Analytic& analytic, const AnalyticResult& result) {
  std::string text;
  JsonObject object(&text);
  AddAnalytic(analytic, &object);
  object.Text("status", NameOf(result.status));
  object.Number("rows", result.rows);
  object.Seconds("seconds", result.seconds);
  object.Text("message", result.message);
  if (!result.details.empty()) object.Details("details", result.details, analytic.line);
  if (!result.first_rows.empty()) {
    object.Json("first_rows", fmt::format("[{}]", fmt::join(result.first_rows, ",")));
  }
  if (!result.hosts.empty()) {
    std::string hosts;
    JsonObject by_host(&hosts);
    for (const auto& [host, count] : result.hosts) by_host.Number(host, count);
    by_host.End();
    object.Json("hosts", hosts);
  }
  object.End();
  return text;
}

// Those with rows first, most of them first; then what did not run; then what found nothing.
std::vector<size_t> ForPeople(const PackReport& report) {
  std::vector<size_t> order(report.results.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto rank = [&report](size_t index) {
    const AnalyticResult& result = report.results[index];
    if (result.rows > 0) return 0;
    return result.status == AnalyticStatus::kOk ? 2 : 1;
  };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return rank(a) == 0 && report.results[a].rows > report.results[b].rows;
  });
  return order;
}

ReportTable RunTable(const Pack& pack, const PackReport& report, bool all) {
  ReportTable table;
  table.columns = {"rows", "seconds", "status", "mitre", "name", "message"};
  if (all) {
    table.columns = {"name", "id",      "type",    "mitre", "status",
                     "rows", "seconds", "message", "place"};
  }
  std::vector<size_t> order(report.results.size());
  std::iota(order.begin(), order.end(), size_t{0});
  for (const size_t index : all ? order : ForPeople(report)) {
    const AnalyticResult& result = report.results[index];
    const Analytic& analytic = pack.analytics[result.analytic];
    const ReportCell rows = ReportCell::Of(result.rows);
    const ReportCell seconds = ReportCell::Seconds(result.seconds);
    const ReportCell status = ReportCell::Of(NameOf(result.status));
    const ReportCell name = ReportCell::Of(analytic.name);
    const ReportCell message = ReportCell::Of(result.message);
    if (all) {
      table.rows.push_back({name, ReportCell::Of(analytic.id), ReportCell::Of(analytic.type),
                            Mitre(analytic), status, rows, seconds, message,
                            ReportCell::Of(PlaceIn(analytic))});
    } else {
      table.rows.push_back({rows, seconds, status, Mitre(analytic), name, message});
    }
  }
  return table;
}

// ---------------------------------------------------------------- checks

std::string AsObject(const Analytic& analytic, const AnalyticCheck& check) {
  std::string text;
  JsonObject object(&text);
  AddAnalytic(analytic, &object);
  object.Text("verdict", NameOf(check.verdict));
  object.Text("message", check.message);
  object.Texts("limits", check.limits);
  if (check.events) object.Number("events", *check.events);
  object.Details("details", check.details, analytic.line);
  object.End();
  return text;
}

ReportTable CheckTable(const Pack& pack, const std::vector<AnalyticCheck>& checks) {
  const bool counted = std::any_of(checks.begin(), checks.end(), [](const AnalyticCheck& check) {
    return check.events.has_value();
  });
  ReportTable table;
  table.columns = {"verdict", "name", "mitre", "place", "message", "limits"};
  if (counted) table.columns.insert(table.columns.begin() + 1, "events");
  for (const AnalyticCheck& check : checks) {
    const Analytic& analytic = pack.analytics[check.analytic];
    std::vector<ReportCell> row = {ReportCell::Of(NameOf(check.verdict)),
                                   ReportCell::Of(analytic.name),
                                   Mitre(analytic),
                                   ReportCell::Of(PlaceIn(analytic)),
                                   ReportCell::Of(check.message),
                                   ReportCell::Of(check.limits, "; ")};
    if (counted) {
      row.insert(row.begin() + 1,
                 check.events ? ReportCell::Of(*check.events) : ReportCell::Of(""));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace
}  // namespace engine

// ---------------------------------------------------------------- public

namespace {

constexpr std::pair<std::string_view, PackFormat> kFormats[] = {
    {"table", PackFormat::kTable},         {"ndjson", PackFormat::kNdjson},
    {"json", PackFormat::kJson},           {"csv", PackFormat::kCsv},
    {"markdown", PackFormat::kMarkdown},   {"html", PackFormat::kHtml},
    {"navigator", PackFormat::kNavigator}, {"sarif", PackFormat::kSarif}};

bool IsJson(PackFormat format) {
  return format == PackFormat::kNdjson || format == PackFormat::kJson;
}

Error NoSuchReport(std::string_view what, std::string_view formats) {
  return {ErrorKind::kQuery, fmt::format("{} is written as {}", what, formats)};
}

}  // namespace

std::optional<PackFormat> PackFormatNamed(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::string_view RunFormatNames() {
  return "table, ndjson, json, csv, markdown, html or navigator";
}
std::string_view CheckFormatNames() { return "table, ndjson, json, csv, markdown or sarif"; }

Result<Flow> WritePackList(const Pack& pack, const std::vector<size_t>& analytics,
                           const PackWriteOptions& options, Sink& sink) {
  if (IsJson(options.format)) {
    std::vector<std::string> objects;
    for (const size_t index : analytics) {
      const Analytic& analytic = pack.analytics[index];
      engine::JsonObject object(&objects.emplace_back());
      engine::AddAnalytic(analytic, &object);
      object.Text("description", analytic.description);
      object.Texts("data", analytic.data);
      object.Text("false_positives", analytic.false_positives);
      object.Text("earliest", analytic.earliest);
      object.Text("latest", analytic.latest);
      object.Text("search", analytic.search);
      object.End();
    }
    return engine::Put(engine::AsJson(objects, options.format == PackFormat::kJson), sink);
  }
  if (options.format > PackFormat::kMarkdown) {
    return NoSuchReport("a list", "table, ndjson, json, csv or markdown");
  }
  engine::ReportTable table;
  table.columns = {"name", "id", "type", "mitre", "data", "place"};
  for (const size_t index : analytics) {
    const Analytic& analytic = pack.analytics[index];
    table.rows.push_back({engine::ReportCell::Of(analytic.name),
                          engine::ReportCell::Of(analytic.id),
                          engine::ReportCell::Of(analytic.type), engine::Mitre(analytic),
                          engine::ReportCell::Of(analytic.data, "; "),
                          engine::ReportCell::Of(engine::PlaceIn(analytic))});
  }
  return engine::WriteReportTable(table, options, sink);
}

Result<Flow> WritePackReport(const Pack& pack, const PackReport& report,
                             const PackWriteOptions& options, Sink& sink) {
  switch (options.format) {
    case PackFormat::kHtml:
      return engine::Put(engine::HtmlReport(pack, report), sink);
    case PackFormat::kNavigator:
      return engine::Put(engine::NavigatorLayer(pack, report), sink);
    case PackFormat::kSarif:
      return NoSuchReport("a run", RunFormatNames());
    case PackFormat::kNdjson:
    case PackFormat::kJson: {
      std::vector<std::string> objects;
      for (const AnalyticResult& result : report.results) {
        objects.push_back(engine::AsObject(pack.analytics[result.analytic], result));
      }
      return engine::Put(engine::AsJson(objects, options.format == PackFormat::kJson), sink);
    }
    default:
      return engine::WriteReportTable(
          engine::RunTable(pack, report, options.format == PackFormat::kCsv), options, sink);
  }
}

Result<Flow> WritePackChecks(const Pack& pack, const std::vector<AnalyticCheck>& checks,
                             const PackWriteOptions& options, Sink& sink) {
  if (options.format == PackFormat::kSarif) {
    return engine::Put(engine::SarifLog(pack, checks), sink);
  }
  if (IsJson(options.format)) {
    std::vector<std::string> objects;
    for (const AnalyticCheck& check : checks) {
      objects.push_back(engine::AsObject(pack.analytics[check.analytic], check));
    }
    return engine::Put(engine::AsJson(objects, options.format == PackFormat::kJson), sink);
  }
  if (options.format > PackFormat::kMarkdown) return NoSuchReport("a check", CheckFormatNames());
  return engine::WriteReportTable(engine::CheckTable(pack, checks), options, sink);
}

}  // namespace spelk
