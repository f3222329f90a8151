// Getting values out of slots.
#include "exec/scan/scan_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "value/multivalue.h"
#include "value/number.h"
#include "value/timestamp.h"

namespace spelk::exec {
namespace {

constexpr uint32_t kUnknown = UINT32_MAX;

Value Multi(std::vector<Value>& values, Arena& arena) {
  std::erase_if(values, [](const Value& value) { return value.is_null(); });
  return MakeMulti(values, arena);
}

}  // namespace

void ScanRows::Start(const io::BlockPtr& block) {
  block_ = block;
  rows_.clear();
  slots_.Clear();
  row_names_.clear();
  shared_.clear();
  if (names_memory_ == nullptr || names_.size() > kMostNames) {
    names_memory_ = std::make_shared<BatchMemory>(scan_.run->budget);
    names_.clear();
    names_by_reason_.clear();
    times_by_names_.clear();
    ++names_generation_;
  }
  memory_ = NewMemory();
}

BatchMemoryPtr ScanRows::NewMemory() const {
  auto memory = std::make_shared<BatchMemory>(scan_.run->budget);
  memory->pins.push_back(block_);
  memory->pins.push_back(names_memory_);
  return memory;
}

absl::Status ScanRows::Add(const Row& row, std::span<const io::RawValue> slots,
                           std::span<const uint32_t> filled) {
  // Where reading stopped when all that is required was there, the rest was not looked for.
  if (const size_t required = scan_.tree->required(); required != io::PathTree::kReadAll) {
    wanted_.clear();
    std::copy_if(filled.begin(), filled.end(), std::back_inserter(wanted_),
                 [required](uint32_t slot) { return slot < required; });
    if (wanted_.size() == required) filled = wanted_;
  }
  const size_t bytes =
      2 * (slots_.BytesWith(slots.size(), filled.size()) + (rows_.size() + 1) * sizeof(Row));
  if (bytes > reservation_.bytes() && !reservation_.Resize(bytes)) {
    return scan_.run->budget->Exhausted("reading events", bytes);
  }
  rows_.push_back(row);
  slots_.Add(slots, filled);
  return absl::OkStatus();
}

absl::Status ScanRows::Resolve(size_t field, std::span<const uint32_t> rows, Arena& arena,
                               std::span<Value> values) {
  if (scan_.plans.size() > 1) return Share(field, rows, values);
  Decode(field, rows, arena, values);
  SPELK_RETURN_IF_ERROR(times_status_);
  SPELK_RETURN_IF_ERROR(flattener_.status("reading events"));
  SPELK_RETURN_IF_ERROR(names_memory_->arena.status("reading events"));
  return arena.status("reading events");
}

void ScanRows::Decode(size_t field, std::span<const uint32_t> rows, Arena& arena,
                      std::span<Value> values) {
  const auto name = std::find(scan_.names.begin(), scan_.names.end(), field);
  if (name != scan_.names.end()) {
    const auto which = static_cast<size_t>(name - scan_.names.begin());
    for (const uint32_t row : rows) values[row] = names_[NamesOf(row)][which];
    return;
  }
  const FieldSource& source = scan_.fields[field];
  for (const uint32_t row : rows) values[row] = ValueOf(source, row, arena);
}

// Each value is decoded for the first plan that asks for it.
absl::Status ScanRows::Share(size_t field, std::span<const uint32_t> rows,
                             std::span<Value> values) {
  shared_.resize(scan_.fields.size());
  SharedColumn& shared = shared_[field];
  Arena& arena = memory_->arena;
  if (shared.values.empty()) {
    auto* array = arena.AllocateArray<Value>(size());
    if (array == nullptr) return arena.status("reading events");
    shared = {{array, size()}, std::vector<bool>(size(), false)};
  }
  unshared_.clear();
  for (const uint32_t row : rows) {
    if (!shared.known[row]) unshared_.push_back(row);
    shared.known[row] = true;
  }
  Decode(field, unshared_, arena, shared.values);
  for (const uint32_t row : rows) values[row] = shared.values[row];
  SPELK_RETURN_IF_ERROR(times_status_);
  SPELK_RETURN_IF_ERROR(flattener_.status("reading events"));
  SPELK_RETURN_IF_ERROR(names_memory_->arena.status("reading events"));
  return arena.status("reading events");
}

absl::StatusOr<Column> ScanRows::ColumnOf(size_t field, std::span<const uint32_t> rows,
                                          Arena& arena) {
  auto* values = arena.AllocateArray<Value>(size());
  if (values == nullptr) return arena.status("reading events");
  SPELK_RETURN_IF_ERROR(Resolve(field, rows, arena, {values, size()}));
  return Column::Values({values, size()});
}

const CompiledScan::Shape* ScanRows::shape(uint32_t row) const {
  const size_t index = rows_[row].shape;
  return index == CompiledScan::kNone ? nullptr : &scan_.shapes[index];
}

Value ScanRows::ValueOf(const FieldSource& source, uint32_t row, Arena& arena) {
  switch (source.kind) {
    case Kind::kLine:
      return Value::Text(rows_[row].line);
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
  if (own.is_null()) return Derived(source.kind, row, arena);
  const bool names = source.kind == Kind::kSourcetype || source.kind == Kind::kSourcetypes;
  return names ? Shown(own) : own;
}

// What the event itself has, under the name or as its shape, or that of its wrapping, writes it.
Value ScanRows::Member(const FieldSource& source, uint32_t row, Arena& arena) {
  if (const io::RawValue& raw = slot(row, source.slot); raw.kind != io::RawKind::kAbsent) {
    return Decode(raw, source.slot, arena);
  }
  if (source.candidates.empty()) return Value::Null();
  for (const size_t known : {rows_[row].shape, rows_[row].wrapper}) {
    if (known == CompiledScan::kNone) continue;
    const std::vector<size_t>& candidates = source.candidates[known];
    for (size_t c = 0; c < candidates.size(); ++c) {
      const io::RawValue& raw = slot(row, candidates[c]);
      if (raw.kind == io::RawKind::kAbsent) continue;
      const Value value = Decode(raw, candidates[c], arena);
      return c < source.system[known] ? WithAdded(value, source.added[known], row, arena) : value;
    }
  }
  return Value::Null();
}

// What the system says of an event stands before what the event says itself.
Value ScanRows::WithAdded(const Value& system, size_t added, uint32_t row, Arena& arena) {
  if (added == CompiledScan::kNone) return system;
  const io::RawValue& raw = slot(row, added);
  if (raw.kind == io::RawKind::kAbsent) return system;
  const Value more = Decode(raw, added, arena);
  std::vector<Value> values(system.each().begin(), system.each().end());
  values.insert(values.end(), more.each().begin(), more.each().end());
  return Multi(values, arena);
}

std::optional<bool> ScanRows::HasValue(size_t field, uint32_t row) const {
  const FieldSource& source = scan_.fields[field];
  if (source.kind != Kind::kMember) return std::nullopt;
  const auto of = [](const io::RawValue& raw) -> std::optional<bool> {
    const bool scalar = raw.kind != io::RawKind::kObject && raw.kind != io::RawKind::kArray;
    return scalar ? std::optional(true) : std::nullopt;
  };
  const io::RawValue& own = slot(row, source.slot);
  if (own.kind != io::RawKind::kAbsent) return of(own);
  if (source.candidates.empty()) return false;
  for (const size_t known : {rows_[row].shape, rows_[row].wrapper}) {
    if (known == CompiledScan::kNone) continue;
    for (const size_t candidate : source.candidates[known]) {
      const io::RawValue& raw = slot(row, candidate);
      if (raw.kind != io::RawKind::kAbsent) return of(raw);
    }
  }
  return false;
}

// ---------------------------------------------------------------- names

void ScanRows::AddReasons(const std::vector<size_t>& slots, uint32_t row) {
  ByteWriter out(reason_);
  for (const size_t index : slots) {
    const io::RawValue& raw = slot(row, index);
    out.Byte(static_cast<uint8_t>(raw.kind));
    if (raw.kind == io::RawKind::kAbsent) continue;
    out.Varint(raw.open);
    out.Text(raw.text());
  }
}

uint32_t ScanRows::NamesOf(uint32_t row) {
  row_names_.resize(rows_.size(), kUnknown);
  if (row_names_[row] != kUnknown) return row_names_[row];
  const Row& event = rows_[row];
  reason_.clear();
  ByteWriter out(reason_);
  out.Varint(block_->input);
  out.Varint(event.shape + 1);  // kNone is 0.
  out.Varint(event.wrapper + 1);
  AddReasons(scan_.name_slots, row);
  for (const size_t known : {event.shape, event.wrapper}) {
    if (known != CompiledScan::kNone) AddReasons(scan_.shapes[known].name_slots, row);
  }
  if (const auto known = names_by_reason_.find(reason_); known != names_by_reason_.end()) {
    return row_names_[row] = known->second;
  }
  Names names;
  for (size_t n = 0; n < names.size(); ++n) {
    if (scan_.names[n] == CompiledScan::kNone) continue;
    const Value value = ValueOf(scan_.fields[scan_.names[n]], row, memory_->arena);
    names[n] = CopyValue(value, names_memory_->arena);
  }
  const auto number = static_cast<uint32_t>(names_.size());
  names_.push_back(names);
  if (reason_.size() <= kLongestReason) names_by_reason_.emplace(reason_, number);
  return row_names_[row] = number;
}

Value ScanRows::Derived(Kind kind, uint32_t row, Arena& arena) {
  const CompiledScan::Shape* known = shape(row);
  switch (kind) {
    case Kind::kRaw:
      return Value::Text(rows_[row].line);
    case Kind::kLineCount:
      return LineCount(row, arena);
    case Kind::kIndex:
      return Value::Text(input().index.empty() ? std::string_view("main") : input().index);
    case Kind::kOwnIndex:
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

// An event that a line holds has one line, but for a text of its own.
Value ScanRows::LineCount(uint32_t row, Arena& arena) {
  const io::RawValue& raw = slot(row, scan_.raw_slot);
  if (raw.kind == io::RawKind::kAbsent) return Value::Integer(1);
  const Value own = Decode(raw, scan_.raw_slot, arena);
  if (!own.is_text()) return Value::Integer(1);
  return Value::Integer(1 + std::count(own.text().begin(), own.text().end(), '\n'));
}

Value ScanRows::Sourcetype(const CompiledScan::Shape* known, uint32_t row, Arena& arena) {
  if (known != nullptr && !known->sourcetype.empty()) {
    if (const Value made = Fill(known->sourcetype, row, arena); !made.is_null()) return Shown(made);
  }
  const std::string& given = input().sourcetype;
  return given.empty() ? Value::Null() : Shown(Value::Text(given));
}

Value ScanRows::Source(const CompiledScan::Shape* known, uint32_t row, Arena& arena) {
  if (known != nullptr && !known->source.empty()) {
    if (const Value made = Fill(known->source, row, arena); !made.is_null()) return made;
  }
  return Value::Text(input().source.empty() ? input().path : input().source);
}

// A sourcetype that an app renames is shown under its new name.
Value ScanRows::Shown(const Value& sourcetype) const {
  const StringMap<std::string>* renames = scan_.settings->renames;
  if (renames == nullptr || renames->empty() || !sourcetype.is_text()) return sourcetype;
  const auto found = renames->find(sourcetype.text());
  return found == renames->end() ? sourcetype : Value::Text(found->second);
}

void ScanRows::AddNames(const std::vector<Template>& templates, uint32_t row, Arena& arena,
                        std::vector<Value>& names) {
  for (const Template& each : templates) names.push_back(Fill(each, row, arena));
}

// Null if a member that the template names is absent.
Value ScanRows::Fill(const Template& name, uint32_t row, Arena& arena) {
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

Value ScanRows::Decode(const io::RawValue& raw, size_t slot_index, Arena& arena) {
  if (raw.kind != io::RawKind::kArray) return io::ToValue(raw, arena);
  const std::string* rest = scan_.tree->array_rest(slot_index);
  if (rest == nullptr) return Value::Null();
  // Slots of arrays hold the whole array; the values with the wanted name are taken out of it.
  struct Visitor final : io::FieldVisitor {
    Visitor(const std::string& wanted_name, Arena& memory) : wanted(wanted_name), arena(memory) {}
    void Take(std::string_view name, const io::RawValue& value, uint32_t) override {
      if (name == wanted) values.push_back(CopyValue(io::ToValue(value, arena), arena));
    }
    const std::string& wanted;
    Arena& arena;
    std::vector<Value> values;
  } visitor(*rest, arena);
  flattener_.FlattenValue(raw.text(), "", visitor, raw.open);
  return Multi(visitor.values, arena);
}

std::optional<Micros> ScanRows::TimeOf(uint32_t row, Arena& arena) {
  const std::optional<Micros> time = FindTime(row, arena);
  const ScanSettings& settings = *scan_.settings;
  if (settings.time_field.empty() && settings.time_format.empty()) return time;
  plan::EvalCounters& counters = *scan_.run->evaluation.counters;
  (time ? counters.times_as_asked : counters.no_times_as_asked)
      .fetch_add(1, std::memory_order_relaxed);
  return time;
}

// The time that a wrapping gives is the one by which the event was indexed.
std::optional<Micros> ScanRows::FindTime(uint32_t row, Arena& arena) {
  if (!scan_.timed_members.empty()) {
    if (const auto time = TimeInMembers(row, arena)) return time;
  }
  for (const size_t index : {rows_[row].wrapper, rows_[row].shape}) {
    if (index == CompiledScan::kNone) continue;
    const std::optional<Micros> time = FirstTime(scan_.shapes[index].times, row, arena);
    if (time) return time;
  }
  if (const auto time = FirstTime(scan_.fallback_times, row, arena)) return time;
  return scan_.timed_slot == CompiledScan::kNone ? std::nullopt : TimeInText(row, arena);
}

std::optional<Micros> ScanRows::TimeInText(uint32_t row, Arena& arena) {
  const io::RawValue& raw = slot(row, scan_.timed_slot);
  if (raw.kind == io::RawKind::kAbsent) return std::nullopt;
  const TextTimes::Reading* reading = TimeReadingOf(row);
  if (reading == nullptr) return std::nullopt;
  const Value text = Decode(raw, scan_.timed_slot, arena);
  if (!text.is_text()) return std::nullopt;
  return text_times_->Find(*reading, text.text());
}

// TIMESTAMP_FIELDS: together they say more than any other member.
std::optional<Micros> ScanRows::TimeInMembers(uint32_t row, Arena& arena) {
  const TextTimes::Reading* reading = TimeReadingOf(row);
  if (reading == nullptr || reading->fields.empty()) return std::nullopt;
  std::string text;
  for (const std::string& name : reading->fields) {
    const auto member = std::find_if(scan_.timed_members.begin(), scan_.timed_members.end(),
                                     [&name](const auto& each) { return each.first == name; });
    if (member == scan_.timed_members.end()) continue;
    const Value value = Decode(slot(row, member->second), member->second, arena);
    if (value.is_null()) continue;
    if (!text.empty()) text += ' ';
    text += TextOf(value.is_multi() ? value.each().front() : value);
  }
  if (text.empty()) return std::nullopt;
  return text_times_->FindInFields(*reading, text);
}

const TextTimes::Reading* ScanRows::TimeReadingOf(uint32_t row) {
  static const std::vector<plan::TextSetting> kNoSettings;
  const ScanSettings& settings = *scan_.settings;
  const auto& given = settings.times == nullptr ? kNoSettings : *settings.times;
  if (text_times_ == nullptr) {
    // Whoever says where the time stands means no other place.
    const bool anywhere = settings.time_field.empty() && settings.time_format.empty();
    absl::StatusOr<std::unique_ptr<TextTimes>> made = TextTimes::Make(given, anywhere, *scan_.run);
    times_status_.Update(made.status());
    if (!made.ok()) return nullptr;
    text_times_ = *std::move(made);
  }
  // Without settings the names do not matter.
  const uint32_t names = given.empty() ? 0 : NamesOf(row);
  while (times_by_names_.size() <= names) {
    absl::StatusOr<const TextTimes::Reading*> reading =
        given.empty() ? text_times_->ReadingFor({})
                      : text_times_->ReadingFor(names_[times_by_names_.size()]);
    times_status_.Update(reading.status());
    times_by_names_.push_back(reading.ok() ? *reading : nullptr);
  }
  return times_by_names_[names];
}

std::optional<Micros> ScanRows::FirstTime(const std::vector<CompiledScan::TimeSlot>& times,
                                          uint32_t row, Arena& arena) {
  const std::string& format = scan_.settings->time_format;
  for (const CompiledScan::TimeSlot& time : times) {
    const Value value = Decode(slot(row, time.slot), time.slot, arena);
    if (!value.is_text()) continue;
    if (!format.empty()) {
      const double now = scan_.run->evaluation.constants.now;
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
