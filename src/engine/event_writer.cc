// What becomes of an event's members on output.
#include "engine/event_writer.h"

#include <algorithm>

namespace spelk::engine {

EventWriter::EventWriter(const plan::OutputShape& shape)
    : events_(shape.events),
      open_(shape.open),
      made_(shape.made),
      derived_(shape.derived),
      composer_(nullptr) {
  for (const Field field : shape.removed.fields()) removed_.emplace_back(field.name());
  for (const Field field : shape.made) removed_.emplace_back(field.name());
  removed_patterns_ = shape.removed.patterns();
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
    const bool known =
        field.hidden() || std::find(made_.begin(), made_.end(), field) != made_.end();
    if (!open_ || known) continue;
    // Where there is no value, the event's own was not even read.
    const Value value = batch.At(c, row);
    if (!value.is_null()) edits.perhaps.push_back({field.name(), value, derived_.Has(field)});
  }
  composer_.Append(line, std::move(edits), out);
}

}  // namespace spelk::engine
