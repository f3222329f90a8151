// Collecting statistics span by span.
#include "exec/aggregate/spark_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "plan/limits.h"
#include "value/bin_span.h"

namespace spelk::exec {
namespace {

// Of a line whose span is chosen for it, where there is no limit.
constexpr size_t kChosenPoints = 100;
constexpr std::string_view kMark = "##__SPARKLINE__##";
// About what a point takes beside its text.
constexpr size_t kPointBytes = 96;

void StartKey(double start, std::string& key) {
  key.clear();
  ByteWriter(key).Double(start);
}

}  // namespace

SparkLines::SparkLines(const AggregationPlan& plan, const AggregationPlan::SparkCall& call)
    : plan_(&plan),
      call_(&call),
      most_(std::max<uint64_t>(
          1, plan::MostOf(plan.run().services.limits, plan::kStatsSparklineMaxSize))),
      table_(*call.layout, plan.run(), plan.what()),
      reservation_(plan.run().budget) {}

absl::Status SparkLines::AddRow(std::string_view key, const Batch& batch, size_t row, double start,
                                const AggregateRows& rows, const Column& column) {
  (void)batch;
  StartKey(start, key_);
  key_ += key;
  absl::StatusOr<uint32_t> group = table_.Group(key_);
  if (absl::IsResourceExhausted(group.status()) && table_.size() > 0) {
    SPELK_RETURN_IF_ERROR(table_.Spill());
    group = table_.Group(key_);
  }
  SPELK_RETURN_IF_ERROR(group.status());
  plan::AggregateMemory memory;
  rows.ForEachValue(column, row, [&](const plan::AggregateInput& input) {
    call_->layout->ops(0).add(table_.State(*group, 0), input, memory);
  });
  const absl::Status status = table_.Account(memory);
  return absl::IsResourceExhausted(status) ? table_.Spill() : status;
}

// Without a span, seconds are kept until the range of time is known.
absl::Status SparkLines::Add(const Batch& batch, Position at, const AggregateArgument& argument) {
  const Column* times = batch.Find(plan_->time());
  if (!argument.present || times == nullptr) return absl::OkStatus();
  const TimeSpan span = call_->span.value_or(TimeSpan());
  const absl::TimeZone zone = plan_->run().evaluation.constants.zone;
  const AggregateRows rows(*plan_, batch, at);
  GroupKeys keys(batch, plan_->by(), plan_->distinct_split_values());
  for (size_t r = 0; r < batch.size(); ++r) {
    const std::optional<Number> time = NumberOf(times->At(batch.physical(r)));
    if (!time || !std::isfinite(time->value)) continue;
    low_ = std::min(low_, time->value);
    high_ = std::max(high_, time->value);
    const double start = FloorToSpan(time->value, span, zone);
    const auto take = [&](std::string_view key, uint64_t) {
      return AddRow(key, batch, r, start, rows, argument.column);
    };
    SPELK_RETURN_IF_ERROR(keys.ForRow(r, take));
  }
  return table_.SpillUnderPressure();
}

absl::Status SparkLines::Merge(SparkLines other) {
  low_ = std::min(low_, other.low_);
  high_ = std::max(high_, other.high_);
  return table_.Merge(std::move(other.table_));
}

absl::Status SparkLines::MergeAs(SparkLines& other, const RenameGroup& rename) {
  low_ = std::min(low_, other.low_);
  high_ = std::max(high_, other.high_);
  return other.table_.ForEach([&](std::string_view key, char* states) {
    ByteReader reader(key);
    StartKey(reader.Double(), key_);
    key_ += rename(reader.Raw(reader.remaining()));
    return table_.MergeStates(key_, states);
  });
}

absl::Status SparkLines::Save(ByteWriter& out) {
  out.Double(low_);
  out.Double(high_);
  return table_.Save(out);
}

absl::Status SparkLines::Load(ByteReader& in) {
  low_ = in.Double();
  high_ = in.Double();
  return table_.Load(in);
}

// Where the spans begin, at most so many: the latest.
absl::StatusOr<std::vector<double>> SparkLines::Starts(const TimeSpan& span) {
  const absl::TimeZone zone = plan_->run().evaluation.constants.zone;
  std::vector<double> starts;
  if (!(low_ <= high_)) return starts;
  const double reach = (static_cast<double>(most_) + 3) * span.seconds() * 1.1;
  double at = FloorToSpan(std::max(low_, high_ - reach), span, zone);
  bool cut = at > low_;
  constexpr size_t kReserved = 1024;  // Points at a time.
  while (at <= high_) {
    if (starts.size() % kReserved == 0 && !reservation_.Grow(kReserved * 3 * sizeof(double))) {
      return plan_->run().budget->Exhausted(plan_->what(), kReserved * 3 * sizeof(double));
    }
    starts.push_back(at);
    const double next = NextSpan(at, span, zone);
    if (!(next > at)) break;
    at = next;
  }
  if (starts.size() > most_) {
    cut = true;
    starts.erase(starts.begin(), starts.end() - static_cast<std::ptrdiff_t>(most_));
  }
  if (cut) {
    plan_->run().warnings->Add(ErrorCode::kTruncated,
                               fmt::format("{}: sparkline kept the last {} points{}", plan_->what(),
                                           most_, plan::CutBy(plan::kStatsSparklineMaxSize)));
  }
  return starts;
}

absl::Status SparkLines::CollectFrom(GroupTable& table, Arena& arena) {
  const auto take = [&](std::string_view key, char* states) -> absl::Status {
    ByteReader reader(key);
    const double start = reader.Double();
    if (starts_.empty() || start < starts_.front()) return absl::OkStatus();
    const std::string_view group = reader.Raw(reader.remaining());
    const size_t bytes = 2 * group.size() + kPointBytes;
    if (!reservation_.Grow(bytes)) return plan_->run().budget->Exhausted(plan_->what(), bytes);
    const Value value = plan_->ResultOf(call_->call, *call_->layout, states, arena);
    lines_[std::string(group)].push_back({start, CopyValue(value, arena)});
    return arena.status(plan_->what());
  };
  return table.ForEach(take);
}

absl::Status SparkLines::Collect(Arena& arena) {
  lines_.clear();
  reservation_.Clear();
  GroupTable nothing(*call_->layout, plan_->run(), plan_->what());
  SPELK_ASSIGN_OR_RETURN(const uint32_t group, nothing.Group(""));
  nothing_ = CopyValue(plan_->ResultOf(call_->call, *call_->layout,
                                       static_cast<const char*>(nothing.State(group, 0)), arena),
                       arena);
  if (nothing_.is_null()) nothing_ = Value::Integer(0);
  if (call_->span) {
    SPELK_ASSIGN_OR_RETURN(starts_, Starts(*call_->span));
    return CollectFrom(table_, arena);
  }
  const TimeSpan span =
      BinSpan::NiceTime(low_ <= high_ ? low_ : 0, low_ <= high_ ? high_ : 0, std::nullopt,
                        std::nullopt, std::min<uint64_t>(most_, kChosenPoints), 0)
          .time();
  SPELK_ASSIGN_OR_RETURN(starts_, Starts(span));
  const absl::TimeZone zone = plan_->run().evaluation.constants.zone;
  GroupTable wider(*call_->layout, plan_->run(), plan_->what());
  std::string wider_key;
  const auto widen = [&](std::string_view key, char* states) {
    ByteReader reader(key);
    StartKey(FloorToSpan(reader.Double(), span, zone), wider_key);
    wider_key += reader.Raw(reader.remaining());
    return wider.MergeStates(wider_key, states);
  };
  SPELK_RETURN_IF_ERROR(table_.ForEach(widen));
  return CollectFrom(wider, arena);
}

absl::Status SparkLines::CollectPartial(Arena& arena) {
  lines_.clear();
  reservation_.Clear();
  std::string bytes;
  return table_.ForEach([&](std::string_view key, char* states) -> absl::Status {
    ByteReader reader(key);
    const double start = reader.Double();
    const std::string_view group = reader.Raw(reader.remaining());
    bytes.clear();
    ByteWriter writer(bytes);
    call_->layout->ops(0).save(states + call_->layout->offset(0), writer);
    const size_t taken = 2 * group.size() + kPointBytes;
    if (!reservation_.Grow(taken)) return plan_->run().budget->Exhausted(plan_->what(), taken);
    lines_[std::string(group)].push_back({start, Value::Text(arena.Copy(bytes))});
    return arena.status(plan_->what());
  });
}

// The range of time of all groups, then each span that the group has with the bytes of its state.
Value SparkLines::PartialOf(std::string_view group, Arena& arena) const {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.Double(low_);
  writer.Double(high_);
  std::vector<Point> points;
  if (const auto found = lines_.find(group); found != lines_.end()) points = found->second;
  std::sort(points.begin(), points.end(),
            [](const Point& a, const Point& b) { return a.start < b.start; });
  writer.Varint(points.size());
  for (const Point& point : points) {
    writer.Double(point.start);
    writer.Text(point.value.text());
  }
  return Value::Text(arena.Copy(plan::EncodeBytes(bytes)));
}

absl::StatusOr<bool> SparkLines::AddPartial(std::string_view group, std::string_view text) {
  const std::optional<std::string> bytes = plan::DecodeBytes(text);
  if (!bytes) return false;
  ByteReader reader(*bytes);
  const double low = reader.Double();
  const double high = reader.Double();
  const size_t points = reader.Count(sizeof(double));
  if (reader.failed() || std::isnan(low) || std::isnan(high)) return false;
  for (size_t i = 0; i < points; ++i) {
    const double start = reader.Double();
    ByteReader saved(reader.Text());
    if (reader.failed() || !std::isfinite(start)) return false;
    GroupTable one(*call_->layout, plan_->run(), plan_->what());
    SPELK_ASSIGN_OR_RETURN(const uint32_t made, one.Group(""));
    plan::AggregateMemory memory;
    call_->layout->ops(0).load(one.State(made, 0), saved, memory);
    if (saved.failed() || !saved.at_end()) return false;
    StartKey(start, key_);
    key_ += group;
    SPELK_RETURN_IF_ERROR(table_.MergeStates(
        key_, static_cast<char*>(one.State(made, 0)) - call_->layout->offset(0)));
  }
  low_ = std::min(low_, low);
  high_ = std::max(high_, high);
  return true;
}

Value SparkLines::LineOf(std::string_view group, Arena& arena) const {
  auto* values = arena.AllocateArray<Value>(starts_.size() + 1);
  if (values == nullptr || starts_.empty()) return Value::Null();
  values[0] = Value::Text(kMark);
  std::fill(values + 1, values + 1 + starts_.size(), nothing_);
  const auto found = lines_.find(group);
  if (found != lines_.end()) {
    for (const Point& point : found->second) {
      const auto at = std::lower_bound(starts_.begin(), starts_.end(), point.start);
      if (at == starts_.end() || *at != point.start || point.value.is_null()) continue;
      values[1 + (at - starts_.begin())] = CopyValue(point.value, arena);
    }
  }
  return Value::Multi({values, starts_.size() + 1});
}

}  // namespace spelk::exec
