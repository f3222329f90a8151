// Fields out of the slots of events: members, what shapes and inputs give, times.
#include "exec/scan_rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "value/number.h"
#include "value/time_format.h"

namespace spelk::exec {

void ScanWorker::Rows::Start(const io::BlockPtr& block) {
  block_ = block;
  lines_.clear();
  shapes_.clear();
  slots_.clear();
  memory_ = NewMemory();
}

BatchMemoryPtr ScanWorker::Rows::NewMemory() const {
  auto memory = std::make_shared<BatchMemory>(scan_.run().budget);
  memory->pins.push_back(block_);
  return memory;
}

absl::Status ScanWorker::Rows::Add(std::string_view line, size_t shape,
                                   const std::vector<io::RawValue>& slots) {
  const size_t bytes = (slots_.size() + slots.size()) * 2 * sizeof(io::RawValue);
  if (bytes > reservation_.bytes() && !reservation_.Resize(bytes)) {
    return scan_.run().budget->Exhausted("reading events", bytes);
  }
  lines_.push_back(line);
  shapes_.push_back(shape);
  slots_.insert(slots_.end(), slots.begin(), slots.end());
  return absl::OkStatus();
}

absl::StatusOr<Column> ScanWorker::Rows::Resolve(size_t field, const std::vector<uint32_t>& rows,
                                                 Arena& arena) {
  auto* values = arena.AllocateArray<Value>(size());
  if (values == nullptr) return arena.status("reading events");
  const SharedScan::FieldSource& source = scan_.fields_[field];
  for (const uint32_t row : rows) values[row] = ValueOf(source, row, arena);
  SPELK_RETURN_IF_ERROR(flattener_.status("reading events"));
  SPELK_RETURN_IF_ERROR(arena.status("reading events"));
  return Column::Values({values, size()});
}

Value ScanWorker::Rows::ValueOf(const SharedScan::FieldSource& source, uint32_t row, Arena& arena) {
  switch (source.kind) {
    case Kind::kLine:
      return Value::Text(lines_[row]);
    case Kind::kTime: {
      const std::optional<Micros> time = TimeOf(row, arena);
      return time ? Value::Double(static_cast<double>(*time) / kMicrosPerSecond) : Value::Null();
    }
    case Kind::kOrderTime: {
      const std::optional<Micros> time = TimeOf(row, arena);
      return time ? Value::Integer(*time) : Value::Null();
    }
    default:
      break;
  }
  const Value own = Member(source, row, arena);
  if (!own.is_null()) return own;
  return Derived(source.kind, row, arena);
}

Value ScanWorker::Rows::Member(const SharedScan::FieldSource& source, uint32_t row, Arena& arena) {
  if (const io::RawValue& raw = slot(row, source.slot); raw.kind != io::RawKind::kAbsent) {
    return Decode(raw, source.slot, arena);
  }
  if (shapes_[row] == kNoShape || source.candidates.empty()) return Value::Null();
  for (const size_t candidate : source.candidates[shapes_[row]]) {
    const io::RawValue& raw = slot(row, candidate);
    if (raw.kind != io::RawKind::kAbsent) return Decode(raw, candidate, arena);
  }
  return Value::Null();
}

Value ScanWorker::Rows::Derived(Kind kind, uint32_t row, Arena& arena) {
  const SharedScan::CompiledShape* known = shape(row);
  switch (kind) {
    case Kind::kRaw:
      return Value::Text(lines_[row]);
    case Kind::kLineCount:
      return Value::Integer(1);
    case Kind::kIndex:
      return Value::Text(input().index.empty() ? std::string_view("main") : input().index);
    case Kind::kGivenIndex:
      return input().index.empty() ? Value::Null() : Value::Text(input().index);
    case Kind::kHost:
      return known == nullptr ? Value::Null() : Fill(known->host, row, arena);
    case Kind::kSourcetype:
      return Sourcetype(known, row, arena);
    case Kind::kSource:
      return Source(known, row, arena);
    case Kind::kSourcetypes: {
      std::vector<Value> names = {Sourcetype(known, row, arena)};
      if (known != nullptr) AddNames(known->also_sourcetypes, row, arena, names);
      return Multi(names, arena);
    }
    case Kind::kSources: {
      std::vector<Value> names = {Source(known, row, arena)};
      if (known != nullptr) AddNames(known->also_sources, row, arena, names);
      return Multi(names, arena);
    }
    default:
      return Value::Null();
  }
}

Value ScanWorker::Rows::Sourcetype(const SharedScan::CompiledShape* known, uint32_t row,
                                   Arena& arena) {
  if (known != nullptr && !known->sourcetype.empty()) return Fill(known->sourcetype, row, arena);
  const std::string& given = scan_.settings().sourcetype;
  return given.empty() ? Value::Null() : Value::Text(given);
}

Value ScanWorker::Rows::Source(const SharedScan::CompiledShape* known, uint32_t row, Arena& arena) {
  if (known != nullptr && !known->source.empty()) {
    if (const Value made = Fill(known->source, row, arena); !made.is_null()) return made;
  }
  return Value::Text(input().path);
}

void ScanWorker::Rows::AddNames(const std::vector<Template>& templates, uint32_t row, Arena& arena,
                                std::vector<Value>& names) {
  for (const Template& each : templates) names.push_back(Fill(each, row, arena));
}

Value ScanWorker::Rows::Multi(std::vector<Value>& values, Arena& arena) {
  std::erase_if(values, [](const Value& value) { return value.is_null(); });
  auto* copy = arena.AllocateArray<Value>(values.size());
  if (copy == nullptr) return Value::Null();
  std::copy(values.begin(), values.end(), copy);
  return Value::Multi({copy, values.size()});
}

Value ScanWorker::Rows::Fill(const Template& name, uint32_t row, Arena& arena) {
  if (name.slots.empty()) {
    return name.texts.empty() || name.texts[0].empty() ? Value::Null() : Value::Text(name.texts[0]);
  }
  std::string text = name.texts[0];
  for (size_t i = 0; i < name.slots.size(); ++i) {
    const Value part = Decode(slot(row, name.slots[i]), name.slots[i], arena);
    if (part.is_null()) return Value::Null();
    text += TextOf(part);
    text += name.texts[i + 1];
  }
  return Value::Text(arena.Copy(text));
}

Value ScanWorker::Rows::Decode(const io::RawValue& raw, size_t slot_index, Arena& arena) {
  if (raw.kind != io::RawKind::kArray) return io::ToValue(raw, arena);
  const std::string* rest = scan_.tree_->array_rest(slot_index);
  if (rest == nullptr) return Value::Null();
  // Slots of arrays hold the whole array; the values with the wanted name are taken out of it.
  struct Taker final : io::FieldTaker {
    Taker(const std::string& wanted_name, Arena& memory) : wanted(wanted_name), arena(memory) {}
    void Take(std::string_view name, const io::RawValue& value, uint32_t) override {
      if (name == wanted) values.push_back(CopyValue(io::ToValue(value, arena), arena));
    }
    const std::string& wanted;
    Arena& arena;
    std::vector<Value> values;
  } taker(*rest, arena);
  flattener_.FlattenValue(raw.text(), "", taker);
  return Multi(taker.values, arena);
}

std::optional<Micros> ScanWorker::Rows::TimeOf(uint32_t row, Arena& arena) {
  if (const SharedScan::CompiledShape* known = shape(row)) {
    if (const std::optional<Micros> time = FirstTime(known->times, row, arena)) return time;
  }
  return FirstTime(scan_.fallback_times_, row, arena);
}

std::optional<Micros> ScanWorker::Rows::FirstTime(const std::vector<SharedScan::TimeSlot>& times,
                                                  uint32_t row, Arena& arena) {
  const std::string& format = scan_.settings().time_format;
  for (const SharedScan::TimeSlot& time : times) {
    const Value value = Decode(slot(row, time.slot), time.slot, arena);
    if (!value.is_text()) continue;
    if (!format.empty()) {
      const double now = scan_.run().evaluation.constants.now;
      if (const auto seconds = ParseTime(value.text(), format, time.zone, now, true)) {
        return static_cast<Micros>(std::llround(*seconds * kMicrosPerSecond));
      }
    } else if (const std::optional<Micros> micros = ParseTimestamp(value.text(), time.zone)) {
      return micros;
    }
  }
  return std::nullopt;
}

}  // namespace spelk::exec
