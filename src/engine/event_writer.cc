// What becomes of an event's members on output.
#include "engine/event_writer.h"

#include <algorithm>
#include <utility>

namespace spelk::engine {

EventWriter::EventWriter(const plan::OutputShape& shape, MemoryBudget* budget)
    : shape_(shape),
      events_(shape.events),
      open_(shape.open),
      made_(shape.made),
      made_names_(plan::FieldSet::Of(shape.made)),
      derived_(shape.derived),
      budget_(budget) {
  for (const Field field : shape.removed.fields()) removed_.emplace_back(field.name());
  for (const Field field : shape.made) removed_.emplace_back(field.name());
  removed_patterns_ = shape.removed.patterns();
}

EventWriter::ComposerPtr EventWriter::Borrow() const {
  const std::lock_guard lock(mutex_);
  if (composers_.empty()) return nullptr;
  ComposerPtr composer = std::move(composers_.back());
  composers_.pop_back();
  return composer;
}

void EventWriter::GiveBack(ComposerPtr composer) const {
  const std::lock_guard lock(mutex_);
  composers_.push_back(std::move(composer));
}

void EventWriter::DropScratch() const {
  const std::lock_guard lock(mutex_);
  composers_.clear();
}

absl::StatusOr<EventWriter::Lease> EventWriter::Reserve(const Batch& batch) const {
  const Column* lines = batch.Find(hidden::kLine);
  size_t longest = 0;
  for (size_t r = 0; lines != nullptr && r < batch.size(); ++r) {
    longest = std::max(longest, lines->At(batch.physical(r)).text().size());
  }
  auto composer = std::make_unique<io::EventComposer>(budget_);
  if (!composer->Reserve(longest, open_)) return budget_->Exhausted("writing an event", longest);
  GiveBack(std::move(composer));
  return Lease(this);
}

namespace {

plan::FieldSet Among(FieldTable& names, const plan::FieldSet& fields) {
  plan::FieldSet same;
  if (fields.all()) same.AddAll();
  for (const Field field : fields.fields()) {
    same.Add(field.hidden() ? field : names.Intern(field.name()));
  }
  for (const std::string& pattern : fields.patterns()) same.AddPattern(pattern);
  return same;
}

}  // namespace

std::shared_ptr<const EventWriter> EventWriter::Detached(
    const std::shared_ptr<FieldTable>& names) const {
  const std::lock_guard lock(mutex_);
  if (detached_ != nullptr) return detached_;
  plan::OutputShape shape;
  shape.events = shape_.events;
  shape.open = shape_.open;
  shape.made = Among(*names, plan::FieldSet::Of(shape_.made)).fields();
  shape.removed = Among(*names, shape_.removed);
  shape.derived = Among(*names, shape_.derived);
  auto detached = std::make_shared<EventWriter>(shape, nullptr);
  detached->names_ = names;
  detached_ = std::move(detached);
  return detached_;
}

void EventWriter::Append(const Batch& batch, size_t row, std::string& out) const {
  io::EventEdits edits;
  edits.removed.assign(removed_.begin(), removed_.end());
  edits.removed_patterns.assign(removed_patterns_.begin(), removed_patterns_.end());
  std::string_view line = "{}";
  for (const Field field : made_) {
    const std::optional<size_t> column = batch.schema()->Find(field);
    if (column) edits.made.emplace_back(field.name(), batch.At(*column, row));
  }
  for (size_t c = 0; c < batch.schema()->size(); ++c) {
    const Field field = (*batch.schema())[c];
    if (field == hidden::kLine) {
      line = batch.At(c, row).text();
      continue;
    }
    // A command that may change any field leaves it to the values to show which.
    const bool known = field.hidden() || made_names_.Names(field);
    if (!open_ || known) continue;
    // Where there is no value, the event's own was not even read.
    const Value value = batch.At(c, row);
    if (!value.is_null()) edits.candidates.push_back({field.name(), value, derived_.Has(field)});
  }
  ComposerPtr composer = Borrow();
  if (composer == nullptr || !composer->Reserve(line.size(), open_)) {
    // Somebody else writes at the same time, with the memory that was reserved.
    composer = std::make_unique<io::EventComposer>(nullptr);
  }
  composer->Append(line, std::move(edits), out);
  GiveBack(std::move(composer));
}

}  // namespace spelk::engine
