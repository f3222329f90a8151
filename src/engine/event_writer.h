// EventWriter: rows as JSON, be they events or results.
#pragma once

#include <string>
#include <vector>

#include "io/event_text.h"
#include "plan/nodes.h"
#include "value/batch.h"

namespace spelk::engine {

// Writes the rows of one result; knows what the search made of its events. Not thread-safe.
class EventWriter {
 public:
  explicit EventWriter(const plan::OutputShape& shape);

  bool events() const { return events_; }
  // Appends the event in row `row` as one JSON object. The batch has hidden::kLine.
  void Append(const Batch& batch, size_t row, std::string& out) const;

 private:
  bool events_;
  bool open_;
  std::vector<Field> made_;
  plan::FieldSet derived_;
  std::vector<std::string> removed_;
  std::vector<std::string> removed_patterns_;
  mutable io::EventComposer composer_;  // Scratch.
};

}  // namespace spelk::engine
