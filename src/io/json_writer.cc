// JSON text, and the NDJSON and JSON writers.
#include <cmath>

#include "io/json_text.h"
#include "io/row_writer.h"
#include "io/writers.h"
#include "value/number.h"

namespace spelk::io {
void AppendJsonString(std::string_view text, std::string& out) {
  EmitJsonString(text, [&out](std::string_view piece) { out += piece; });
}

void AppendJsonValue(const Value& value, std::string& out) {
  char buffer[kNumberText];
  switch (value.kind()) {
    case ValueKind::kNull:
      out += "null";
      return;
    case ValueKind::kBool:
      out += value.boolean() ? "true" : "false";
      return;
    case ValueKind::kInteger:
      out += FormatInteger(value.integer(), buffer);
      return;
    case ValueKind::kDouble: {
      const std::string_view text = FormatDouble(value.number(), buffer);
      if (std::isfinite(value.number())) {
        out += text;
      } else {
        AppendJsonString(text, out);
      }
      return;
    }
    case ValueKind::kText:
      // The text null is a value, and no member of a row stands for none.
      if (value.json_type() == JsonType::kString || value.text() == "null") {
        AppendJsonString(value.text(), out);
      } else {
        out += value.text();
      }
      return;
    case ValueKind::kMulti: {
      out += '[';
      bool first = true;
      for (const Value& each : value.each()) {
        if (!first) out += ',';
        first = false;
        AppendJsonValue(each, out);
      }
      out += ']';
      return;
    }
  }
}

namespace {

// One object a row; fields in the order of their first appearance in the result.
class JsonRowWriter final : public RowWriter {
 public:
  JsonRowWriter(bool array, const ResultColumns& columns, ByteSink& sink)
      : array_(array), order_(columns), sink_(sink) {}

  absl::Status Write(const Batch& batch) override {
    const std::vector<size_t>& columns = order_.ColumnsOf(batch);
    out_.clear();
    for (size_t row = 0; row < batch.size(); ++row) {
      if (array_) out_ += rows_ == 0 ? "[\n" : ",\n";
      ++rows_;
      out_ += '{';
      bool first = true;
      for (size_t i = 0; i < columns.size(); ++i) {
        if (columns[i] == SIZE_MAX) continue;
        const Value value = batch.At(columns[i], row);
        if (value.is_null()) continue;
        if (!first) out_ += ',';
        first = false;
        out_ += order_.json_name(i);
        AppendJsonValue(value, out_);
      }
      out_ += array_ ? "}" : "}\n";
    }
    return sink_.Write(out_);
  }
  absl::Status Finish() override {
    if (!array_) return absl::OkStatus();
    return sink_.Write(rows_ == 0 ? "[]\n" : "\n]\n");
  }

 private:
  const bool array_;
  ColumnOrder order_;
  ByteSink& sink_;
  std::string out_;
  uint64_t rows_ = 0;
};

}  // namespace

ColumnOrder::ColumnOrder(const ResultColumns& columns)
    : fixed_(columns.known.has_value()), found_({}, columns.stage) {
  if (!fixed_) return;
  for (const Field field : *columns.known) Add(field);
}

void ColumnOrder::Add(Field field) {
  fields_.push_back(field);
  json_names_.emplace_back();
  AppendJsonString(field.name(), json_names_.back());
  json_names_.back() += ':';
}

const std::vector<size_t>& ColumnOrder::ColumnsOf(const Batch& batch) {
  const size_t before = fields_.size();
  if (!fixed_) {
    found_.Add(batch);
    for (size_t i = before; i < found_.fields().size(); ++i) Add(found_.fields()[i]);
  }
  if (batch.schema() == last_ && fields_.size() == before) return columns_;
  last_ = batch.schema();
  columns_.assign(fields_.size(), SIZE_MAX);
  for (size_t i = 0; i < fields_.size(); ++i) {
    columns_[i] = last_->Find(fields_[i]).value_or(SIZE_MAX);
  }
  return columns_;
}

std::unique_ptr<RowWriter> MakeJsonWriter(bool array, const ResultColumns& columns,
                                          ByteSink& sink) {
  return std::make_unique<JsonRowWriter>(array, columns, sink);
}

}  // namespace spelk::io
