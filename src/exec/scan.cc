// Reading events out of blocks: prefilter, members, shapes, rules, predicate, batches.
#include "exec/scan.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "exec/scan_rows.h"
#include "exec/wide_rows.h"
#include "value/regex.h"

namespace spelk::exec {
namespace {

constexpr size_t kLongLine = 4U << 20U;
constexpr int kMaxUnwraps = 4;
constexpr char kTooLong[] = "longer than --max-line";

std::string_view WithoutCarriageReturn(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Goes through the lines of a block.
template <class Take>
absl::Status ForEachLine(std::string_view text, Take take) {
  while (!text.empty()) {
    const void* newline = std::memchr(text.data(), '\n', text.size());
    const size_t size = newline == nullptr
                            ? text.size()
                            : static_cast<size_t>(static_cast<const char*>(newline) - text.data());
    SPELK_RETURN_IF_ERROR(take(WithoutCarriageReturn(text.substr(0, size))));
    text.remove_prefix(std::min(text.size(), size + 1));
  }
  return absl::OkStatus();
}

}  // namespace

// ---------------------------------------------------------------- one plan

namespace {

// Whether a rule's stanza is for an event; consecutive events mostly have the same value.
class StanzaMatcher {
 public:
  explicit StanzaMatcher(const Regex& regex) : matcher_(regex) {}
  bool Matches(const Value& value) {
    const Value& first = value.is_multi() ? value.each().front() : value;
    if (!first.is_text()) return false;
    if (known_ && last_ == first.text()) return result_;
    last_ = first.text();
    known_ = true;
    result_ = matcher_.Match(last_) == MatchResult::kYes;
    return result_;
  }

 private:
  RegexMatcher matcher_;
  std::string last_;
  bool known_ = false;
  bool result_ = false;
};

}  // namespace

// What a worker keeps for one plan.
struct ScanWorker::PlanState {
  struct Rule {
    const plan::FieldRule* rule;
    std::unique_ptr<plan::Evaluator> evaluator;
    std::optional<Regex> regex;
    std::unique_ptr<StanzaMatcher> stanza;
    size_t stanza_column = 0;
    size_t target_column = 0;
  };

  absl::Status Prepare(const SharedScan::Plan& plan, const RunContext& run) {
    if (plan.node->predicate != nullptr) {
      SPELK_ASSIGN_OR_RETURN(predicate,
                             plan::Evaluator::Make(*plan.node->predicate, run.evaluation));
    }
    for (const plan::FieldRule& rule : plan.node->rules) {
      Rule made;
      made.rule = &rule;
      SPELK_ASSIGN_OR_RETURN(made.evaluator, plan::Evaluator::Make(*rule.value, run.evaluation));
      made.target_column = *plan.early_schema->Find(rule.target);
      if (!rule.pattern.empty()) {
        SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(rule.pattern));
        made.regex = std::move(regex);
        made.stanza = std::make_unique<StanzaMatcher>(*made.regex);
        made.stanza_column =
            *plan.early_schema->Find(run.fields->Intern(plan::NameOf(rule.stanza)));
      }
      rules.push_back(std::move(made));
    }
    return absl::OkStatus();
  }

  // The rows that a rule is for.
  std::vector<uint32_t> RowsFor(Rule& rule, const std::vector<Column>& columns) {
    std::vector<uint32_t> taken;
    for (const uint32_t row : rows) {
      if (rule.rule->only_missing && !columns[rule.target_column].At(row).is_null()) continue;
      if (rule.stanza != nullptr && !rule.stanza->Matches(columns[rule.stanza_column].At(row)))
        continue;
      taken.push_back(row);
    }
    return taken;
  }

  // Applies the rules to the columns of the early schema. Rules marked parallel_before see the
  // values from before the run of such rules that they stand in.
  absl::Status ApplyRules(const SchemaPtr& schema, size_t physical_rows,
                          const BatchMemoryPtr& memory, std::vector<Column>& columns) {
    for (size_t begin = 0; begin < rules.size();) {
      size_t end = begin + 1;
      while (rules[begin].rule->parallel_before && end < rules.size() &&
             rules[end].rule->parallel_before) {
        ++end;
      }
      const std::vector<Column> before = columns;
      for (size_t r = begin; r < end; ++r) {
        const std::vector<uint32_t> taken = RowsFor(rules[r], before);
        if (taken.empty()) continue;
        Batch batch(schema, before, physical_rows, memory);
        batch.Select(taken);
        Column made;
        SPELK_RETURN_IF_ERROR(rules[r].evaluator->EvaluateAssigned(batch, &made));
        Column& target = columns[rules[r].target_column];
        auto* values = memory->arena.AllocateArray<Value>(physical_rows);
        SPELK_RETURN_IF_ERROR(memory->arena.status("reading events"));
        for (const uint32_t row : rows) values[row] = target.At(row);
        for (const uint32_t row : taken) values[row] = made.At(row);
        target = Column::Values({values, physical_rows});
      }
      begin = end;
    }
    return absl::OkStatus();
  }

  std::vector<uint32_t> rows;  // Of the batch being made: those that may match.
  std::unique_ptr<plan::Evaluator> predicate;
  std::vector<Rule> rules;
};

absl::Status ScanWorker::FlushPlan(size_t index, Output& output) {
  const SharedScan::Plan& plan = scan_.plans_[index];
  PlanState& state = *plan_states_[index];
  if (state.rows.empty() || output.enough()) return absl::OkStatus();
  const BatchMemoryPtr memory = rows_->NewMemory();
  memory->pins.push_back(rows_->memory());
  const size_t physical_rows = rows_->size();
  // First the fields that decide, for all rows; the rest only for the rows that stay.
  std::vector<Column> early;
  for (const size_t field : plan.early) {
    SPELK_ASSIGN_OR_RETURN(Column column, rows_->Resolve(field, state.rows, memory->arena));
    early.push_back(column);
  }
  SPELK_RETURN_IF_ERROR(state.ApplyRules(plan.early_schema, physical_rows, memory, early));
  Batch batch(plan.early_schema, early, physical_rows, memory);
  batch.Select(state.rows);
  if (state.predicate != nullptr) SPELK_RETURN_IF_ERROR(state.predicate->Filter(&batch));
  if (batch.empty()) return absl::OkStatus();
  report_.matched.fetch_add(batch.size(), std::memory_order_relaxed);
  const std::vector<uint32_t> kept = *batch.selection();
  std::vector<Column> columns;
  for (const size_t field : plan.columns) {
    const auto found = std::find(plan.early.begin(), plan.early.end(), field);
    if (found != plan.early.end()) {
      columns.push_back(early[static_cast<size_t>(found - plan.early.begin())]);
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(Column column, rows_->Resolve(field, kept, memory->arena));
    columns.push_back(column);
  }
  if (plan.flatten) return PushWide(plan, kept, columns, memory, output);
  batch.Reshape(plan.schema, std::move(columns));
  return output.Push(std::move(batch));
}

absl::Status ScanWorker::PushWide(const SharedScan::Plan& plan, const std::vector<uint32_t>& rows,
                                  const std::vector<Column>& columns, const BatchMemoryPtr& memory,
                                  Output& output) {
  for (size_t begin = 0; begin < rows.size() && !output.enough();) {
    WideRows wide(*plan.node, scan_.run(), memory->arena);
    size_t end = begin;
    while (end < rows.size()) {
      SPELK_ASSIGN_OR_RETURN(const bool taken, wide.Add(rows_->line(rows[end]), flattener_));
      if (!taken) break;
      ++end;
    }
    std::vector<Field> fields = plan.schema->fields();
    std::vector<Column> part;
    for (const Column& column : columns) {
      auto* values = memory->arena.AllocateArray<Value>(end - begin);
      SPELK_RETURN_IF_ERROR(memory->arena.status("reading events"));
      for (size_t i = begin; i < end; ++i) values[i - begin] = column.At(rows[i]);
      part.push_back(Column::Values({values, end - begin}));
    }
    SPELK_RETURN_IF_ERROR(wide.MergeInto(fields, part));
    SPELK_RETURN_IF_ERROR(output.Push(
        Batch(std::make_shared<Schema>(std::move(fields)), std::move(part), end - begin, memory)));
    begin = end;
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- lines

ScanWorker::ScanWorker(const SharedScan& scan, ScanReport& report, bool count_lines)
    : scan_(scan),
      report_(report),
      count_lines_(count_lines),
      reader_(*scan.tree_, scan.run().budget),
      flattener_(scan.run().budget),
      rows_(std::make_unique<Rows>(scan, flattener_)),
      slots_(scan.tree_->size()),
      outer_(scan.tree_->size()) {}

ScanWorker::~ScanWorker() = default;

absl::StatusOr<std::unique_ptr<ScanWorker>> ScanWorker::Make(const SharedScan& scan,
                                                             ScanReport& report, bool count_lines) {
  std::unique_ptr<ScanWorker> worker(new ScanWorker(scan, report, count_lines));
  for (const SharedScan::Plan& plan : scan.plans_) {
    worker->plan_states_.push_back(std::make_unique<PlanState>());
    SPELK_RETURN_IF_ERROR(worker->plan_states_.back()->Prepare(plan, scan.run()));
  }
  return worker;
}

namespace {

// From 1; 0 if the block does not know how many lines are before it.
uint64_t LineNumber(const io::Block& block, size_t before) {
  if (!block.first_line) return 0;
  const std::string_view text = block.text.substr(0, before);
  return *block.first_line + 1 + static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

absl::Status ScanWorker::Reject(const io::Block& block, std::string_view line,
                                std::string_view reason, bool fault) {
  (fault ? report_.faulty : report_.rejected).fetch_add(1, std::memory_order_relaxed);
  const auto before = static_cast<size_t>(line.data() - block.text.data());
  report_.Add({block.sequence, block.offset + before, LineNumber(block, before), block.input,
               std::string(reason)});
  if (!scan_.settings().strict) return absl::OkStatus();
  return absl::DataLossError(std::string(reason));
}

size_t ScanWorker::ShapeOf(const io::RawValue* slots) const {
  uint64_t layout = 0;
  for (size_t i = 0; i < scan_.marker_slots_.size() && i < 64; ++i) {
    if (slots[scan_.marker_slots_[i]].kind != io::RawKind::kAbsent) layout |= uint64_t{1} << i;
  }
  for (size_t s = 0; s < scan_.shapes_.size(); ++s) {
    const SharedScan::CompiledShape& shape = scan_.shapes_[s];
    if ((layout & shape.members) != shape.members || (layout & shape.without) != 0) continue;
    const bool fits = std::all_of(shape.values.begin(), shape.values.end(), [&](const auto& value) {
      return slots[value.first].kind != io::RawKind::kAbsent &&
             value.second.Matches(slots[value.first].text());
    });
    if (fits) return s;
  }
  return kNoShape;
}

// The text of the event that a member holds: an object, or the JSON text of one.
bool ScanWorker::Unwrap(const io::RawValue& raw, std::string_view* event) {
  if (raw.kind == io::RawKind::kObject) {
    *event = raw.text();
    return true;
  }
  if (raw.kind != io::RawKind::kString && raw.kind != io::RawKind::kEscapedString) return false;
  std::string text;
  io::AppendUnescaped(raw.text(), text);
  // Copied with slack behind it, as the reader needs.
  char* copy = rows_->memory()->arena.AllocateText(text.size() + io::kSlack);
  if (copy == nullptr) return false;
  std::memcpy(copy, text.data(), text.size());
  std::memset(copy + text.size(), ' ', io::kSlack);
  *event = {copy, text.size()};
  return event->starts_with('{');
}

absl::Status ScanWorker::AddRow(std::string_view line, size_t shape,
                                const std::vector<size_t>& plans) {
  const auto row = static_cast<uint32_t>(rows_->size());
  SPELK_RETURN_IF_ERROR(rows_->Add(line, shape, slots_));
  for (const size_t plan : plans) plan_states_[plan]->rows.push_back(row);
  return absl::OkStatus();
}

absl::Status ScanWorker::AddEvents(std::string_view line, size_t shape,
                                   const std::vector<size_t>& plans) {
  for (int depth = 0; depth < kMaxUnwraps && shape != kNoShape; ++depth) {
    const SharedScan::CompiledShape& known = scan_.shapes_[shape];
    if (known.shape->skip) return absl::OkStatus();
    if (known.unwrap == SIZE_MAX) break;
    const io::RawValue wrapped = slots_[known.unwrap];
    std::vector<std::string_view> events(1);
    if (known.unwrap_list && wrapped.kind == io::RawKind::kArray) {
      events = io::ArrayElements(wrapped.text());
    } else if (!Unwrap(wrapped, &events[0])) {
      break;
    }
    outer_ = slots_;
    const std::vector<io::RawValue> outer = slots_;
    size_t inner_shape = kNoShape;
    for (const std::string_view event : events) {
      bool faulty = false;
      if (reader_.Read(event, slots_, &faulty) != io::LineVerdict::kEvent) continue;
      inner_shape = ShapeOf(slots_.data());
      for (size_t i = 0; i < slots_.size(); ++i) {
        const bool envelope =
            std::find(known.envelope.begin(), known.envelope.end(), i) != known.envelope.end();
        const bool absent = slots_[i].kind == io::RawKind::kAbsent;
        if ((absent || envelope) && outer[i].kind != io::RawKind::kAbsent) slots_[i] = outer[i];
      }
      if (known.unwrap_list) {
        SPELK_RETURN_IF_ERROR(AddRow(event, inner_shape == kNoShape ? shape : inner_shape, plans));
      }
    }
    if (known.unwrap_list) return absl::OkStatus();
    if (inner_shape == kNoShape || inner_shape == shape) break;
    shape = inner_shape;
  }
  return AddRow(line, shape, plans);
}

absl::Status ScanWorker::AddLine(const io::Block& block, std::string_view line,
                                 const std::vector<size_t>& plans) {
  bool faulty = false;
  if (line.size() > scan_.settings().max_line) {
    report_.looked_at.fetch_add(1, std::memory_order_relaxed);
    return Reject(block, line, kTooLong, false);
  }
  if (scan_.settings().strict) {
    if (reader_.Check(line, &faulty) == io::LineVerdict::kEvent && faulty) {
      return Reject(block, line, "a fault in the JSON text", true);
    }
  }
  const io::LineVerdict verdict = reader_.Read(line, slots_, &faulty);
  if (verdict == io::LineVerdict::kBlank) return absl::OkStatus();
  if (verdict == io::LineVerdict::kNoMemory) {
    return scan_.run().budget->Exhausted("a long line", line.size() * sizeof(uint32_t));
  }
  report_.looked_at.fetch_add(1, std::memory_order_relaxed);
  if (verdict != io::LineVerdict::kEvent) return Reject(block, line, io::Describe(verdict), false);
  if (faulty) SPELK_RETURN_IF_ERROR(Reject(block, line, "a fault in the JSON text", true));
  SPELK_RETURN_IF_ERROR(
      AddEvents(line, scan_.needs_shape_ ? ShapeOf(slots_.data()) : kNoShape, plans));
  if (line.size() > kLongLine) {
    reader_.Shrink();
    flattener_.Shrink();
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- blocks

absl::Status ScanWorker::Flush(const ScanOutputs& outputs) {
  if (rows_->size() == 0) return absl::OkStatus();
  for (size_t p = 0; p < outputs.size(); ++p) {
    SPELK_RETURN_IF_ERROR(FlushPlan(p, *outputs[p]));
    plan_states_[p]->rows.clear();
  }
  rows_->Start(rows_->block());
  return absl::OkStatus();
}

absl::Status ScanWorker::AddLineAndFlush(const io::BlockPtr& block, std::string_view line,
                                         const std::vector<size_t>& plans,
                                         const ScanOutputs& outputs) {
  SPELK_RETURN_IF_ERROR(AddLine(*block, line, plans));
  if (rows_->size() < scan_.run().batch_rows) return absl::OkStatus();
  SPELK_RETURN_IF_ERROR(scan_.run().cancel->status());
  return Flush(outputs);
}

bool ScanWorker::MeetsGroups(const SharedScan::Plan& plan, std::string_view line,
                             size_t from) const {
  for (size_t g = from; g < plan.groups.size(); ++g) {
    if (plan.groups[g].Find(line) == std::string_view::npos) return false;
  }
  return true;
}

absl::Status ScanWorker::ScanAllLines(const io::BlockPtr& block, const ScanOutputs& outputs) {
  std::vector<size_t> wanted;
  for (size_t p = 0; p < scan_.plans(); ++p) wanted.push_back(p);
  const bool filters = scan_.plans() > 1;
  return ForEachLine(block->text, [&](std::string_view line) {
    if (filters) {
      wanted.clear();
      for (size_t p = 0; p < scan_.plans(); ++p) {
        if (MeetsGroups(scan_.plans_[p], line, 0)) wanted.push_back(p);
      }
      if (wanted.empty()) return absl::OkStatus();
    }
    return AddLineAndFlush(block, line, wanted, outputs);
  });
}

// Every plan has a prefilter: only lines in which it finds something are cut out and parsed.
absl::Status ScanWorker::ScanCandidates(const io::BlockPtr& block, const ScanOutputs& outputs) {
  const std::string_view text = block->text;
  std::vector<size_t> next(scan_.plans());  // Where each plan's first group is found next.
  for (size_t p = 0; p < next.size(); ++p) next[p] = scan_.plans_[p].groups[0].Find(text);
  std::vector<size_t> wanted;
  for (;;) {
    const size_t hit = *std::min_element(next.begin(), next.end());
    if (hit == std::string_view::npos) return absl::OkStatus();
    const size_t before = hit == 0 ? std::string_view::npos : text.rfind('\n', hit - 1);
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const size_t newline = text.find('\n', hit);
    const size_t end = newline == std::string_view::npos ? text.size() : newline;
    const std::string_view line = text.substr(begin, end - begin);
    wanted.clear();
    for (size_t p = 0; p < next.size(); ++p) {
      if (next[p] >= end) continue;
      if (MeetsGroups(scan_.plans_[p], line, 1)) wanted.push_back(p);
      next[p] = scan_.plans_[p].groups[0].Find(text, end);
    }
    if (wanted.empty()) continue;
    SPELK_RETURN_IF_ERROR(AddLineAndFlush(block, WithoutCarriageReturn(line), wanted, outputs));
  }
}

absl::Status ScanWorker::Scan(const io::BlockPtr& block, const ScanOutputs& outputs) {
  if (count_lines_) {
    const std::string_view text = block->text;
    uint64_t lines = static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    if (!text.empty() && text.back() != '\n') ++lines;
    report_.lines.fetch_add(lines, std::memory_order_relaxed);
  }
  for (const io::Block::Overlong& overlong : block->overlong) {
    report_.rejected.fetch_add(1, std::memory_order_relaxed);
    report_.looked_at.fetch_add(1, std::memory_order_relaxed);
    report_.Add({block->sequence, overlong.offset, 0, block->input, kTooLong});
    if (scan_.settings().strict) return absl::DataLossError(kTooLong);
  }
  report_.bytes.fetch_add(block->text.size(), std::memory_order_relaxed);
  rows_->Start(block);
  const bool all_filtered =
      std::all_of(scan_.plans_.begin(), scan_.plans_.end(),
                  [](const SharedScan::Plan& plan) { return !plan.groups.empty(); });
  SPELK_RETURN_IF_ERROR(all_filtered ? ScanCandidates(block, outputs)
                                     : ScanAllLines(block, outputs));
  return Flush(outputs);
}

}  // namespace spelk::exec
