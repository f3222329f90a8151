// What the fields of a transaction are. Search Reference, transaction, "Multivalue rendering
// options".
#include "commands/transaction_rows.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// Of the earliest event, as its time is.
constexpr std::string_view kDateFields[] = {"date_hour",   "date_mday", "date_minute", "date_month",
                                            "date_second", "date_wday", "date_year",   "date_zone"};

bool IsDateField(std::string_view name) {
  return std::find(std::begin(kDateFields), std::end(kDateFields), name) != std::end(kDateFields);
}

Value ValueOf(const TransactionEvent& event, Field field) {
  const Column* column = event.batch->Find(field);
  return column == nullptr ? Value::Null() : column->At(event.row);
}

size_t LinesOf(std::string_view text) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

Value Seconds(int64_t micros) {
  constexpr int64_t kMicros = 1'000'000;
  if (micros % kMicros == 0) return Value::Integer(micros / kMicros);
  return Value::Double(static_cast<double>(micros) / static_cast<double>(kMicros));
}

}  // namespace

void TransactionRows::Renew() {
  memory_ = std::make_shared<BatchMemory>(run_.budget);
  fields_.clear();
  columns_.clear();
  rows_ = 0;
}

bool TransactionRows::IsList(std::string_view name) const {
  return style_.all_lists ||
         std::find(style_.lists.begin(), style_.lists.end(), name) != style_.lists.end();
}

Value TransactionRows::MakeMulti(std::span<const Value> values) {
  auto* copies = memory_->arena.AllocateArray<Value>(values.size());
  if (copies == nullptr) return Value::Null();
  for (size_t i = 0; i < values.size(); ++i) copies[i] = CopyValue(values[i], memory_->arena);
  return Value::Multi({copies, values.size()});
}

// Sorted by text; equal texts are one value.
Value TransactionRows::Union(const std::vector<TransactionEvent>& events, Field field) {
  size_t count = 0;
  for (const TransactionEvent& event : events) count += ValueOf(event, field).count();
  auto* values = scratch_.AllocateArray<Value>(count);
  auto* texts = scratch_.AllocateArray<std::string_view>(count);
  auto* order = scratch_.AllocateArray<size_t>(count);
  if (scratch_.exhausted()) return Value::Null();
  size_t next = 0;
  for (const TransactionEvent& event : events) {
    const Value value = ValueOf(event, field);
    for (const Value& each : value.each()) {
      char buffer[kNumberText];
      const std::string_view text = TextOf(each, buffer);
      texts[next] = each.is_text() ? text : scratch_.Copy(text);
      order[next] = next;
      values[next++] = each;
    }
  }
  std::stable_sort(order, order + count, [&](size_t a, size_t b) { return texts[a] < texts[b]; });
  size_t distinct = 0;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0 && texts[order[i]] == texts[order[i - 1]]) continue;
    order[distinct++] = order[i];
  }
  auto* sorted = scratch_.AllocateArray<Value>(distinct);
  if (sorted == nullptr) return Value::Null();
  for (size_t i = 0; i < distinct; ++i) sorted[i] = values[order[i]];
  return MakeMulti({sorted, distinct});
}

Value TransactionRows::Listed(const std::vector<TransactionEvent>& events, Field field) {
  size_t count = 0;
  bool any = false;
  for (const TransactionEvent& event : events) {
    const size_t of_event = ValueOf(event, field).count();
    any = any || of_event > 0;
    count += std::max<size_t>(1, of_event);
  }
  auto* values = scratch_.AllocateArray<Value>(count);
  if (!any || values == nullptr) return Value::Null();
  size_t next = 0;
  for (const TransactionEvent& event : events) {
    const Value value = ValueOf(event, field);
    if (value.is_null()) values[next++] = Value::Text(style_.null_text);
    for (const Value& each : value.each()) values[next++] = each;
  }
  return MakeMulti({values, count});
}

// The lines of the events below each other, or each a value.
Value TransactionRows::Raw(const std::vector<TransactionEvent>& events, Field field) {
  size_t count = 0;
  for (const TransactionEvent& event : events) count += ValueOf(event, field).count();
  auto* values = scratch_.AllocateArray<Value>(count);
  if (values == nullptr) return Value::Null();
  size_t next = 0;
  size_t bytes = 0;
  for (const TransactionEvent& event : events) {
    const Value value = ValueOf(event, field);
    for (const Value& each : value.each()) {
      values[next] = Value::Text(scratch_.Copy(TextOf(each)));
      bytes += values[next++].text().size() + 1;
    }
  }
  if (count == 0 || style_.raw_values) return MakeMulti({values, count});
  char* joined = memory_->arena.AllocateText(bytes);
  if (joined == nullptr) return Value::Null();
  char* end = joined;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) *end++ = '\n';
    end = std::copy(values[i].text().begin(), values[i].text().end(), end);
  }
  return Value::Text({joined, static_cast<size_t>(end - joined)});
}

void TransactionRows::AddField(std::string_view name, Value value, Row* row) {
  const Field field = run_.fields->Intern(name);
  (*row)[field.name()] = {field, value};
}

void TransactionRows::AddUnion(const std::vector<TransactionEvent>& events, Row* row) {
  const Schema* known = nullptr;
  size_t lines = 0;
  for (const TransactionEvent& event : events) {
    size_t of_event = 1;
    const Field raw = run_.fields->Find("_raw");
    if (raw && event.batch->Find(raw) != nullptr) {
      const Value value = ValueOf(event, raw);
      if (value.is_text()) of_event = LinesOf(value.text());
    }
    lines += of_event;
    if (event.batch->schema().get() == known) continue;
    known = event.batch->schema().get();
    for (const Field field : known->fields()) {
      if (field.hidden() || row->contains(field.name())) continue;
      const std::string_view name = field.name();
      Value value;
      if (name == "_time" || IsDateField(name)) {
        value = CopyValue(ValueOf(events.front(), field), memory_->arena);
      } else if (name == "_raw") {
        value = Raw(events, field);
      } else {
        value = IsList(name) ? Listed(events, field) : Union(events, field);
      }
      if (!value.is_null()) (*row)[name] = {field, value};
    }
  }
  AddField("linecount", Value::Integer(static_cast<int64_t>(lines)), row);
}

absl::Status TransactionRows::Add(Transaction transaction, exec::Output& out) {
  std::vector<TransactionEvent>& events = transaction.events;
  const size_t count = events.size();
  // In the order of time; those of one time as they came.
  std::stable_sort(events.begin(), events.end(),
                   [](const TransactionEvent& a, const TransactionEvent& b) {
                     if (a.time && b.time) return *a.time < *b.time;
                     return a.time.has_value() && !b.time.has_value();
                   });
  Row row;
  AddUnion(events, &row);
  if (events.front().time) {
    const auto last = std::find_if(events.rbegin(), events.rend(),
                                   [](const auto& event) { return event.time.has_value(); });
    AddField("duration", Seconds(*last->time - *events.front().time), &row);
  }
  AddField("eventcount", Value::Integer(static_cast<int64_t>(count)), &row);
  AddField("closed_txn", Value::Integer(transaction.closed ? 1 : 0), &row);
  AddField("field_match_sum", Value::Integer(static_cast<int64_t>(transaction.matches)), &row);
  return Append(row, out);
}

absl::Status TransactionRows::AddOrphan(const TransactionEvent& event, exec::Output& out) {
  Row row;
  for (const Field field : event.batch->schema()->fields()) {
    const Value value = ValueOf(event, field);
    if (field.hidden() || value.is_null()) continue;
    row[field.name()] = {field, CopyValue(value, memory_->arena)};
  }
  AddField("_txn_orphan", Value::Integer(1), &row);
  return Append(row, out);
}

absl::Status TransactionRows::Append(const Row& row, exec::Output& out) {
  for (const auto& [name, cell] : row) {
    const auto found = std::find(fields_.begin(), fields_.end(), cell.first);
    const auto column = static_cast<size_t>(found - fields_.begin());
    if (found == fields_.end()) {
      fields_.push_back(cell.first);
      columns_.emplace_back(rows_);
    }
    columns_[column].push_back(cell.second);
  }
  ++rows_;
  for (std::vector<Value>& column : columns_) column.resize(rows_);
  SPELK_RETURN_IF_ERROR(memory_->arena.status("transaction"));
  SPELK_RETURN_IF_ERROR(scratch_.status("transaction"));
  scratch_.Reset();
  return rows_ >= run_.batch_rows || run_.budget->under_pressure() ? Flush(out) : absl::OkStatus();
}

absl::Status TransactionRows::Flush(exec::Output& out) {
  if (rows_ == 0) return absl::OkStatus();
  std::vector<Column> columns;
  for (const std::vector<Value>& column : columns_) {
    auto* values = memory_->arena.AllocateArray<Value>(rows_);
    SPELK_RETURN_IF_ERROR(memory_->arena.status("transaction"));
    std::copy(column.begin(), column.end(), values);
    columns.push_back(Column::Values({values, rows_}));
  }
  Batch batch(std::make_shared<Schema>(std::move(fields_)), std::move(columns), rows_,
              std::move(memory_));
  Renew();
  return out.Push(std::move(batch));
}

}  // namespace spelk::commands
