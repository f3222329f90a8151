// Reading events out of blocks: prefilter, members, shapes, rules, predicate, batches.
#include "exec/scan/scan.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/status.h"
#include "exec/scan/column_computer.h"
#include "exec/scan/dynamic_columns.h"
#include "exec/scan/field_events.h"
#include "exec/scan/implicit_fields.h"
#include "exec/scan/line_index.h"
#include "exec/scan/shared_scan.h"
#include "io/line_objects.h"
#include "value/byte_search.h"

namespace spelk::exec {
namespace {

constexpr size_t kLongLine = 4U << 20U;
constexpr int kMaxUnwraps = 4;

}  // namespace

// ---------------------------------------------------------------- one plan

// What a worker keeps for one plan.
struct ScanWorker::PlanState {
  std::vector<uint32_t> rows;  // Of the batch being made: those that may match.
  std::unique_ptr<plan::Evaluator> predicate;
  std::unique_ptr<ColumnComputer> rules;

  absl::Status Prepare(const CompiledScan::Plan& plan, const RunContext& run) {
    if (plan.predicate != nullptr) {
      SPELK_ASSIGN_OR_RETURN(predicate, plan::Evaluator::Make(*plan.predicate, run.evaluation));
    }
    if (plan.group != CompiledScan::kNone) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(rules, ColumnComputer::Make(plan.node->rules, *plan.early_schema, run));
    return absl::OkStatus();
  }
};

absl::Status ScanWorker::FlushPlan(size_t index, Output& output) {
  const CompiledScan::Plan& plan = scan_.plans[index];
  PlanState& state = *plan_states_[index];
  if (state.rows.empty() || output.enough()) return absl::OkStatus();
  const BatchMemoryPtr memory = rows_.NewMemory();
  memory->pins.push_back(rows_.memory());
  const size_t physical_rows = rows_.size();
  // First the fields that decide, for all rows; the rest only for the rows that stay.
  FieldEvents events(plan.early, rows_, memory->arena);
  ScanColumns early(plan.early_schema, physical_rows, state.rows, memory, events);
  for (size_t column = 0; column < plan.required; ++column) {
    SPELK_RETURN_IF_ERROR(early.Require(column));
  }
  SPELK_RETURN_IF_ERROR(state.rules->Apply(state.rows, &early));
  // A name or value that found no room must not be taken for none.
  SPELK_RETURN_IF_ERROR(memory->arena.status("reading events"));
  SPELK_RETURN_IF_ERROR(rows_.memory()->arena.status("reading events"));
  Batch batch(plan.early_schema, early.columns(), physical_rows, memory);
  batch.Select(state.rows);
  if (state.predicate != nullptr) SPELK_RETURN_IF_ERROR(state.predicate->Filter(&batch));
  if (batch.empty()) return absl::OkStatus();
  report_.matched.fetch_add(batch.size(), std::memory_order_relaxed);
  const std::vector<uint32_t> kept = *batch.selection();
  std::vector<Column> columns;
  for (const size_t field : plan.columns) {
    const auto found = std::find(plan.early.begin(), plan.early.end(), field);
    const auto column = static_cast<size_t>(found - plan.early.begin());
    if (found != plan.early.end() && !early.untouched(column)) {
      SPELK_RETURN_IF_ERROR(early.Require(column, kept));
      columns.push_back(early.column(column));
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(Column made, rows_.ColumnOf(field, kept, memory->arena));
    columns.push_back(made);
  }
  SPELK_RETURN_IF_ERROR(memory->arena.status("reading events"));
  SPELK_RETURN_IF_ERROR(rows_.memory()->arena.status("reading events"));
  if (plan.flatten) {
    const OpenReader open = {state.rules->open() ? state.rules.get() : nullptr, &early};
    return PushWide(plan, kept, columns, open, memory, output);
  }
  return PushKept(index, std::move(batch), std::move(columns), kept, memory, output);
}

absl::Status ScanWorker::PushKept(size_t index, Batch batch, std::vector<Column> columns,
                                  const std::vector<uint32_t>& kept, const BatchMemoryPtr& memory,
                                  Output& output) {
  const CompiledScan::Plan& plan = scan_.plans[index];
  SPELK_RETURN_IF_ERROR(Lend(plan, kept, rows_.size(), nullptr, memory->arena, &columns));
  batch.Reshape(plan.schema, std::move(columns));
  return output.Push(std::move(batch));
}

// ---------------------------------------------------------------- plans that share their rules

absl::Status ScanWorker::FlushSharing(size_t index, Output& output) {
  const CompiledScan::Plan& plan = scan_.plans[index];
  PlanState& state = *plan_states_[index];
  if (output.enough()) return absl::OkStatus();
  const std::vector<uint32_t> rows = shared_->RowsOf(index);
  if (rows.empty()) return absl::OkStatus();
  const BatchMemoryPtr memory = rows_.NewMemory();
  memory->pins.push_back(rows_.memory());
  memory->pins.push_back(shared_->memory());
  std::vector<Column> early;
  for (const size_t field : plan.early) {
    SPELK_ASSIGN_OR_RETURN(Column column, shared_->ColumnOf(field, rows, memory->arena));
    early.push_back(std::move(column));
  }
  SPELK_RETURN_IF_ERROR(memory->arena.status("reading events"));
  Batch batch(plan.early_schema, early, rows_.size(), memory);
  batch.Select(rows);
  if (state.predicate != nullptr) SPELK_RETURN_IF_ERROR(state.predicate->Filter(&batch));
  if (batch.empty()) return absl::OkStatus();
  report_.matched.fetch_add(batch.size(), std::memory_order_relaxed);
  const std::vector<uint32_t> kept = *batch.selection();
  std::vector<Column> columns;
  for (const size_t field : plan.columns) {
    const auto known = std::find(plan.early.begin(), plan.early.end(), field);
    if (known != plan.early.end()) {
      columns.push_back(early[static_cast<size_t>(known - plan.early.begin())]);
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(Column column, shared_->ColumnOf(field, kept, memory->arena));
    columns.push_back(std::move(column));
  }
  SPELK_RETURN_IF_ERROR(memory->arena.status("reading events"));
  SPELK_RETURN_IF_ERROR(shared_->memory()->arena.status("reading events"));
  return PushKept(index, std::move(batch), std::move(columns), kept, memory, output);
}

// Events that are given back as lines show what was changed alone, so that it does not matter what
// they have themselves.
absl::Status ScanWorker::Lend(const CompiledScan::Plan& plan, std::span<const uint32_t> rows,
                              size_t physical_rows, const DynamicColumns* wide, Arena& arena,
                              std::vector<Column>* columns) {
  if (plan.implicit_column == CompiledScan::kNone) return absl::OkStatus();
  std::vector<ImplicitField> fields;
  for (const size_t column : plan.implicit) {
    const Field field = (*plan.schema)[column];
    const auto own = wide == nullptr ? std::span<const Value>() : wide->ValuesOf(field);
    const bool is_time = field.name() == "_time";
    fields.push_back({field.name(), (*columns)[column], own, is_time});
  }
  SPELK_ASSIGN_OR_RETURN((*columns)[plan.implicit_column],
                         ImplicitColumn(fields, rows, physical_rows, arena));
  return absl::OkStatus();
}

absl::StatusOr<bool> ScanWorker::AddWide(const ScanRows::Row& event, const OpenFields& open,
                                         DynamicColumns& wide) {
  const auto shape = [this](size_t index) {
    return index == CompiledScan::kNone ? nullptr : scan_.shapes[index].shape;
  };
  return wide.Add(event.event, shape(event.shape), shape(event.wrapper), flattener_, open);
}

absl::StatusOr<Column> ScanWorker::OwnTimes(const CompiledScan::Plan& plan,
                                            std::span<const uint32_t> rows,
                                            const DynamicColumns& wide, Arena& arena) {
  SPELK_ASSIGN_OR_RETURN(const Column times, rows_.ColumnOf(plan.own_time, rows, arena));
  const std::span<const Value> own = wide.ValuesOf(scan_.fields[plan.own_time].field);
  auto* values = arena.AllocateArray<Value>(rows.size());
  SPELK_RETURN_IF_ERROR(arena.status("reading events"));
  for (size_t i = 0; i < rows.size(); ++i) {
    values[i] = i < own.size() && !own[i].is_null() ? times.At(rows[i]) : Value::Null();
  }
  return Column::Values({values, rows.size()});
}

absl::Status ScanWorker::PushWide(const CompiledScan::Plan& plan, const std::vector<uint32_t>& rows,
                                  const std::vector<Column>& columns, const OpenReader& reader,
                                  const BatchMemoryPtr& memory, Output& output) {
  for (size_t begin = 0; begin < rows.size() && !output.enough();) {
    // Its memory goes when its rows do.
    const BatchMemoryPtr part_memory = rows_.NewMemory();
    part_memory->pins.push_back(memory);
    Arena& arena = part_memory->arena;
    DynamicColumns wide(*plan.node, *scan_.run, arena);
    OpenFields open(arena);
    size_t end = begin;
    while (end < rows.size()) {
      open.Clear();
      if (reader.rules != nullptr) {
        SPELK_RETURN_IF_ERROR(reader.rules->AddOpen(rows[end], reader.columns, &open));
      }
      SPELK_ASSIGN_OR_RETURN(const bool taken, AddWide(rows_.row(rows[end]), open, wide));
      if (!taken) break;
      ++end;
    }
    std::vector<Field> fields = plan.schema->fields();
    std::vector<Column> part;
    for (const Column& column : columns) {
      auto* values = arena.AllocateArray<Value>(end - begin);
      SPELK_RETURN_IF_ERROR(arena.status("reading events"));
      for (size_t i = begin; i < end; ++i) values[i - begin] = column.At(rows[i]);
      part.push_back(Column::Values({values, end - begin}));
    }
    std::vector<uint32_t> numbers(end - begin);
    std::iota(numbers.begin(), numbers.end(), 0U);
    SPELK_RETURN_IF_ERROR(Lend(plan, numbers, end - begin, &wide, arena, &part));
    if (plan.own_time != CompiledScan::kNone) {
      const Field time = scan_.fields[plan.own_time].field;
      const bool read = std::find(fields.begin(), fields.end(), time) != fields.end();
      if (!read && !wide.ValuesOf(time).empty()) {
        const auto taken = std::span(rows).subspan(begin, end - begin);
        SPELK_ASSIGN_OR_RETURN(Column times, OwnTimes(plan, taken, wide, arena));
        fields.push_back(time);
        part.push_back(times);
      }
    }
    SPELK_RETURN_IF_ERROR(wide.MergeInto(fields, part));
    if (wide_schema_ == nullptr || wide_schema_->fields() != fields) {
      wide_schema_ = std::make_shared<Schema>(std::move(fields));
    }
    SPELK_RETURN_IF_ERROR(
        output.Push(Batch(wide_schema_, std::move(part), end - begin, part_memory)));
    begin = end;
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- lines

ScanWorker::ScanWorker(const CompiledScan& scan, ScanReport& report, bool count_lines)
    : scan_(scan),
      report_(report),
      count_lines_(count_lines),
      reader_(*scan.tree, scan.run->budget),
      flattener_(scan.run->budget),
      shapes_(scan),
      rows_(scan, flattener_),
      slots_(scan.tree->size()),
      outer_(scan.tree->size()) {
  if (scan.index != nullptr) marks_ = std::make_unique<LineMarks>(*scan.index);
  for (const CompiledScan::Plan& plan : scan.plans) choices_.emplace_back(plan);
}

ScanWorker::~ScanWorker() = default;

absl::StatusOr<std::unique_ptr<ScanWorker>> ScanWorker::Make(const CompiledScan& scan,
                                                             ScanReport& report, bool count_lines) {
  std::unique_ptr<ScanWorker> worker(new ScanWorker(scan, report, count_lines));
  for (const CompiledScan::Plan& plan : scan.plans) {
    worker->plan_states_.push_back(std::make_unique<PlanState>());
    SPELK_RETURN_IF_ERROR(worker->plan_states_.back()->Prepare(plan, *plan.run));
  }
  if (scan.shared != nullptr) {
    SPELK_ASSIGN_OR_RETURN(worker->shared_, SharedScan::Make(scan));
  }
  return worker;
}

namespace {

// From 1; 0 if the block does not know how many lines are before it.
uint64_t LineNumber(const io::Block& block, size_t before) {
  const std::optional<uint64_t> lines = block.lines_before();
  return lines ? *lines + 1 + CountByte(block.text.substr(0, before), '\n') : 0;
}

}  // namespace

absl::Status ScanWorker::Reject(std::string_view line, std::string_view reason, bool fault) {
  const io::Block& block = *rows_.block();
  (fault ? report_.faulty : report_.rejected).fetch_add(1, std::memory_order_relaxed);
  if (!fault) ++others_;
  const auto before = static_cast<size_t>(line.data() - block.text.data());
  report_.Add({block.sequence, block.offset + before, LineNumber(block, before), block.input,
               std::string(reason)});
  if (!scan_.settings->strict) return absl::OkStatus();
  return absl::DataLossError(std::string(reason));
}

// The text of the event that a member holds: an object, or the JSON text of one.
absl::StatusOr<bool> ScanWorker::Unwrap(const io::RawValue& raw, std::string_view* event) {
  if (raw.kind == io::RawKind::kObject) {
    *event = raw.text();
    return true;
  }
  if (raw.kind != io::RawKind::kString && raw.kind != io::RawKind::kEscapedString) return false;
  std::string text;
  io::AppendUnescaped(raw.text(), text);
  if (!text.starts_with('{')) return false;
  // Copied with slack after it, as the reader needs.
  Arena& arena = rows_.memory()->arena;
  char* copy = arena.AllocateText(text.size() + io::kSlack);
  if (copy == nullptr) return arena.status("reading events");
  std::memcpy(copy, text.data(), text.size());
  std::memset(copy + text.size(), ' ', io::kSlack);
  *event = {copy, text.size()};
  return true;
}

absl::Status ScanWorker::AddRow(const ScanRows::Row& row, bool as_read,
                                const std::vector<size_t>& plans) {
  const auto index = static_cast<uint32_t>(rows_.size());
  if (as_read) {
    SPELK_RETURN_IF_ERROR(rows_.Add(row, slots_, reader_.filled()));
  } else {
    filled_.clear();
    for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].kind != io::RawKind::kAbsent) filled_.push_back(slot);
    }
    SPELK_RETURN_IF_ERROR(rows_.Add(row, slots_, filled_));
  }
  for (const size_t plan : plans) plan_states_[plan]->rows.push_back(index);
  return absl::OkStatus();
}

absl::StatusOr<bool> ScanWorker::ReadWrapped(std::string_view line, std::string_view event,
                                             size_t wrapper, size_t* shape) {
  const CompiledScan::Shape& known = scan_.shapes[wrapper];
  bool faulty = false;
  const io::LineVerdict verdict = reader_.Read(event, slots_, &faulty);
  if (verdict == io::LineVerdict::kNoMemory) {
    return scan_.run->budget->Exhausted("a line of input", event.size() * sizeof(uint32_t));
  }
  if (verdict != io::LineVerdict::kEvent) return false;
  if (faulty) SPELK_RETURN_IF_ERROR(Reject(line, "a fault in the JSON text of an event", true));
  *shape = shapes_.Find(reader_, slots_);
  reader_.SlotsChanged();
  for (size_t i = 0; i < slots_.size(); ++i) {
    const bool envelope =
        std::find(known.envelope.begin(), known.envelope.end(), i) != known.envelope.end();
    const bool absent = slots_[i].kind == io::RawKind::kAbsent;
    if ((absent || envelope) && outer_[i].kind != io::RawKind::kAbsent) slots_[i] = outer_[i];
  }
  return true;
}

absl::Status ScanWorker::AddList(std::string_view line, std::string_view list, size_t wrapper,
                                 int depth, const std::vector<size_t>& plans,
                                 const ScanOutputs& outputs) {
  const BatchMemoryPtr keep = rows_.memory();  // The list may stand in a text that was unwrapped.
  const std::vector<io::RawValue> around = slots_;
  io::ArrayElements elements(list);
  while (const std::optional<std::string_view> event = elements.Next()) {
    size_t shape = CompiledScan::kNone;
    outer_ = around;
    SPELK_ASSIGN_OR_RETURN(const bool is_event, ReadWrapped(line, *event, wrapper, &shape));
    if (!is_event) {
      SPELK_RETURN_IF_ERROR(Reject(line, "an element of a list of events is no object", true));
      continue;
    }
    if (shape == CompiledScan::kNone) {
      SPELK_RETURN_IF_ERROR(AddRow({*event, *event, wrapper, wrapper}, false, plans));
    } else {
      const ScanRows::Row row{*event, *event, shape, wrapper};
      SPELK_RETURN_IF_ERROR(AddUnwrapped(line, row, depth, plans, outputs));
    }
    if (rows_.size() < scan_.run->batch_rows) continue;
    SPELK_RETURN_IF_ERROR(Flush(outputs));
    rows_.memory()->pins.push_back(keep);
  }
  return absl::OkStatus();
}

// Of several on a line, which may be more than a batch takes.
absl::Status ScanWorker::AddObject(std::string_view object, const std::vector<size_t>& plans,
                                   const ScanOutputs& outputs) {
  SPELK_RETURN_IF_ERROR(AddLine(object, plans, outputs));
  return rows_.size() < scan_.run->batch_rows ? absl::OkStatus() : Flush(outputs);
}

absl::Status ScanWorker::AddEvents(std::string_view line, const std::vector<size_t>& plans,
                                   const ScanOutputs& outputs) {
  const ScanRows::Row row{line, line, shapes_.Find(reader_, slots_), CompiledScan::kNone};
  return AddUnwrapped(line, row, 0, plans, outputs);
}

absl::Status ScanWorker::AddUnwrapped(std::string_view line, ScanRows::Row row, int depth,
                                      const std::vector<size_t>& plans,
                                      const ScanOutputs& outputs) {
  size_t shape = row.shape;
  bool as_read = row.wrapper == CompiledScan::kNone;
  for (; depth < kMaxUnwraps && shape != CompiledScan::kNone; ++depth) {
    const CompiledScan::Shape& known = scan_.shapes[shape];
    if (known.shape->skip) return absl::OkStatus();
    if (known.unwrap == CompiledScan::kNone) break;
    const io::RawValue wrapped = slots_[known.unwrap];
    if (known.unwrap_list && wrapped.kind == io::RawKind::kArray) {
      return AddList(line, wrapped.text(), shape, depth + 1, plans, outputs);
    }
    as_read = false;
    std::string_view event;
    SPELK_ASSIGN_OR_RETURN(const bool is_json, Unwrap(wrapped, &event));
    if (!is_json) {
      const bool text =
          wrapped.kind == io::RawKind::kString || wrapped.kind == io::RawKind::kEscapedString;
      if (text && scan_.raw_slot != CompiledScan::kNone) {
        slots_[scan_.raw_slot] = wrapped;
        reader_.SlotsChanged();
      }
      break;
    }
    outer_ = slots_;
    size_t inner = CompiledScan::kNone;
    SPELK_ASSIGN_OR_RETURN(const bool is_event, ReadWrapped(line, event, shape, &inner));
    if (!is_event) {
      slots_ = outer_;
      reader_.SlotsChanged();
      break;
    }
    row.event = event;
    row.wrapper = shape;
    if (inner == CompiledScan::kNone) break;
    row.shape = shape = inner;
  }
  return AddRow(row, as_read, plans);
}

io::LineVerdict ScanWorker::ReadLine(std::string_view line, bool* faulty) {
  using namespace std::string_view_literals;
  const io::LineVerdict verdict = reader_.Read(line, slots_, faulty);
  // The first line of UTF-16 is an object with a fault, but nothing is in it.
  const bool wide = verdict == io::LineVerdict::kEvent && line.starts_with("{\0"sv);
  return wide && rows_.block()->odd_start != nullptr ? io::LineVerdict::kNotOneObject : verdict;
}

absl::Status ScanWorker::AddLine(std::string_view line, const std::vector<size_t>& plans,
                                 const ScanOutputs& outputs) {
  bool faulty = false;
  if (line.size() > scan_.settings->max_line) {
    report_.looked_at.fetch_add(1, std::memory_order_relaxed);
    return Reject(line, kLineTooLong, false);
  }
  if (scan_.settings->strict) {
    if (reader_.Check(line, &faulty) == io::LineVerdict::kEvent && faulty) {
      report_.looked_at.fetch_add(1, std::memory_order_relaxed);
      return Reject(line, "a fault in the JSON text", true);
    }
  }
  const io::LineVerdict verdict = ReadLine(line, &faulty);
  if (verdict == io::LineVerdict::kBlank) return absl::OkStatus();
  if (verdict == io::LineVerdict::kNoMemory) {
    return scan_.run->budget->Exhausted("a line of input", line.size() * sizeof(uint32_t));
  }
  std::string_view object;
  if (verdict != io::LineVerdict::kEvent && io::TakeObject(&line, &object)) {
    do {
      SPELK_RETURN_IF_ERROR(AddObject(object, plans, outputs));
    } while (io::TakeObject(&line, &object));
    return AddObject(line, plans, outputs);
  }
  report_.looked_at.fetch_add(1, std::memory_order_relaxed);
  if (verdict != io::LineVerdict::kEvent) return Reject(line, io::Describe(verdict), false);
  ++events_;
  if (faulty) SPELK_RETURN_IF_ERROR(Reject(line, "a fault in the JSON text", true));
  SPELK_RETURN_IF_ERROR(AddEvents(line, plans, outputs));
  if (line.size() > kLongLine) {
    reader_.Shrink();
    flattener_.Shrink();
  }
  return absl::OkStatus();
}

absl::Status ScanWorker::LookAt(std::string_view line) {
  if (line.size() > scan_.settings->max_line) {
    report_.looked_at.fetch_add(1, std::memory_order_relaxed);
    return Reject(line, kLineTooLong, false);
  }
  bool faulty = false;
  const io::LineVerdict verdict = ReadLine(line, &faulty);
  if (verdict == io::LineVerdict::kBlank) return absl::OkStatus();
  if (verdict == io::LineVerdict::kNoMemory) {
    return scan_.run->budget->Exhausted("a line of input", line.size() * sizeof(uint32_t));
  }
  std::string_view object;
  if (verdict != io::LineVerdict::kEvent && io::TakeObject(&line, &object)) {
    do {
      SPELK_RETURN_IF_ERROR(LookAt(object));
    } while (io::TakeObject(&line, &object));
    return LookAt(line);
  }
  report_.looked_at.fetch_add(1, std::memory_order_relaxed);
  if (verdict != io::LineVerdict::kEvent) return Reject(line, io::Describe(verdict), false);
  ++events_;
  return absl::OkStatus();
}

// ---------------------------------------------------------------- blocks

absl::Status ScanWorker::Flush(const ScanOutputs& outputs) {
  if (rows_.size() == 0) return absl::OkStatus();
  absl::Status shared;
  SharedScan::RowsOfPlans rows_of_plan;
  if (shared_ != nullptr) {
    for (const auto& state : plan_states_) rows_of_plan.push_back(&state->rows);
    shared = shared_->Start(rows_, rows_of_plan);
  }
  for (size_t p = 0; p < outputs.size(); ++p) {
    if (plan_states_[p]->rows.empty()) continue;
    const bool shares = scan_.plans[p].group != CompiledScan::kNone;
    outputs[p]->StartWork();
    absl::Status status = shares ? shared : FlushPlan(p, *outputs[p]);
    if (shares && status.ok()) status = FlushSharing(p, *outputs[p]);
    outputs[p]->EndWork();
    if (!status.ok()) SPELK_RETURN_IF_ERROR(outputs[p]->Fail(status));
  }
  for (const auto& state : plan_states_) state->rows.clear();
  if (shared_ != nullptr) shared_->Finish();
  rows_.Start(rows_.block());
  return absl::OkStatus();
}

}  // namespace spelk::exec
