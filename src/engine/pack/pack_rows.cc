// Telling host and time of a row, whatever a search calls them.
#include "engine/pack/pack_rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "io/row_writer.h"
#include "value/number.h"
#include "value/timestamp.h"

namespace spelk::engine {
namespace {

constexpr size_t kMostKept = size_t{64} << 20U;  // Of all analytics.
constexpr size_t kMostOfRow = size_t{256} << 10U;
constexpr size_t kMostHosts = 10'000;
constexpr size_t kMostMinutes = 20'000;
constexpr double kMinute = 60;

// The first that a row has.
constexpr std::string_view kHosts[] = {"host",     "dest",         "dvc",       "Computer",
                                       "Hostname", "ComputerName", "dest_host", "src"};
constexpr std::string_view kTimes[] = {"_time", "firstTime", "first_time", "lastTime", "last_time"};

template <size_t N>
std::vector<const Column*> ColumnsOf(const Batch& batch, const std::string_view (&names)[N]) {
  std::vector<const Column*> columns;
  for (const std::string_view name : names) {
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      const Field field = (*batch.schema())[c];
      if (!field.hidden() && field.name() == name) columns.push_back(&batch.columns()[c]);
    }
  }
  return columns;
}

Value FirstValue(const std::vector<const Column*>& columns, const Batch& batch, size_t row) {
  for (const Column* column : columns) {
    const Value value = column->At(batch.physical(row));
    if (!value.is_null()) return value;
  }
  return Value::Null();
}

}  // namespace

absl::Status AnalyticRows::Begin(const plan::OutputShape& shape, const exec::RunContext& run) {
  reservation_ = std::make_unique<Reservation>(run.budget);
  if (shape.events) events_ = std::make_unique<EventWriter>(shape, run.budget);
  order_ = FieldOrder(shape.columns.value_or(std::vector<Field>()), shape.Stages());
  return absl::OkStatus();
}

absl::Status AnalyticRows::Take(Batch batch) {
  if (rows_.size() < most_ && !cut_) {
    order_.Arrange(&batch);
    SPELK_RETURN_IF_ERROR(Keep(batch));
  }
  return places_ ? Count(batch) : absl::OkStatus();
}

absl::Status AnalyticRows::Keep(const Batch& batch) {
  EventWriter::Lease lease;
  if (events_ != nullptr) {
    SPELK_ASSIGN_OR_RETURN(lease, events_->Reserve(batch));
  }
  for (size_t row = 0; row < batch.size() && rows_.size() < most_; ++row) {
    size_t bytes = 0;
    for (size_t c = 0; c < batch.columns().size(); ++c) bytes += ValueBytes(batch.At(c, row));
    if (bytes > kMostOfRow || kept_ + bytes > kMostKept) {
      cut_ = true;
      return absl::OkStatus();
    }
    std::string text;
    AppendRow(batch, row, &text);
    kept_ += text.size();
    if (!reservation_->Resize(reservation_->bytes() + text.size())) {
      return reservation_->budget()->Exhausted("keeping rows of a pack", text.size());
    }
    rows_.push_back(std::move(text));
  }
  return absl::OkStatus();
}

void AnalyticRows::AppendRow(const Batch& batch, size_t row, std::string* out) const {
  if (events_ != nullptr) {
    events_->Append(batch, row, *out);
    return;
  }
  *out += '{';
  for (size_t c = 0; c < batch.schema()->size(); ++c) {
    const Field field = (*batch.schema())[c];
    const Value value = batch.At(c, row);
    if (field.hidden() || value.is_null()) continue;
    if (out->size() > 1) *out += ',';
    io::AppendJsonString(field.name(), *out);
    *out += ':';
    io::AppendJsonValue(value, *out);
  }
  *out += '}';
}

absl::Status AnalyticRows::Count(const Batch& batch) {
  const std::vector<const Column*> hosts = ColumnsOf(batch, kHosts);
  const std::vector<const Column*> times = ColumnsOf(batch, kTimes);
  for (size_t row = 0; row < batch.size(); ++row) {
    const Value host = FirstValue(hosts, batch, row);
    for (const Value& each : host.each()) CountHost(each);
    const Value time = FirstValue(times, batch, row);
    if (!time.is_null()) CountTime(*time.each().begin());
  }
  return absl::OkStatus();
}

void AnalyticRows::CountHost(const Value& host) {
  constexpr size_t kMostName = 256;
  std::string name = TextOf(host).substr(0, kMostName);
  // Names of hosts are the same in either case.
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  const auto known = hosts_.find(name);
  if (known != hosts_.end()) {
    ++known->second;
  } else if (hosts_.size() < kMostHosts) {
    hosts_.emplace(name, 1);
  } else {
    cut_ = true;
  }
}

void AnalyticRows::CountTime(const Value& time) {
  const std::optional<Number> number = NumberOf(time);
  double seconds = 0;
  if (number) {
    seconds = number->value;
  } else {
    const std::optional<Micros> micros =
        time.is_text() ? ParseTimestamp(time.text(), core_.zone()) : std::nullopt;
    if (!micros) return;
    seconds = static_cast<double>(*micros) / kMicrosPerSecond;
  }
  constexpr double kLatest = 253402300800;  // The year 10000.
  if (!(seconds >= 0 && seconds < kLatest)) return;
  const auto minute = static_cast<int64_t>(std::floor(seconds / kMinute));
  if (minutes_.size() < kMostMinutes || minutes_.contains(minute)) ++minutes_[minute];
}

absl::Status AnalyticRows::End() {
  reservation_.reset();
  events_.reset();
  return absl::OkStatus();
}

void AnalyticRows::MoveTo(AnalyticResult* result) {
  result->first_rows = std::move(rows_);
  result->cut = cut_;
  result->hosts.assign(hosts_.begin(), hosts_.end());
  std::stable_sort(result->hosts.begin(), result->hosts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [minute, count] : minutes_) {
    result->times.emplace_back(static_cast<double>(minute) * kMinute, count);
  }
}

}  // namespace spelk::engine
