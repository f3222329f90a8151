// EventWriter: rows as JSON, be they events or results.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "io/event_text.h"
#include "plan/nodes.h"
#include "value/batch.h"

namespace spelk::engine {

// Writes the rows of one result; knows what the search made of its events. Thread-safe: rows that
// were handed out may be written in several threads.
class EventWriter {
 public:
  // `budget` (may be null) is charged for what Reserve takes.
  EventWriter(const plan::OutputShape& shape, MemoryBudget* budget);

  bool events() const { return events_; }
  struct LetGo {
    void operator()(const EventWriter* writer) const { writer->DropScratch(); }
  };
  // While it lives there is memory for writing the rows of a batch in one thread. The writer may
  // outlive the budget, this may not.
  using Lease = std::unique_ptr<const EventWriter, LetGo>;
  // ResourceExhausted if the memory is not there.
  absl::StatusOr<Lease> Reserve(const Batch& batch) const;
  // Appends the event in row `row` as one JSON object. The batch has hidden::kLine.
  void Append(const Batch& batch, size_t row, std::string& out) const;
  // The same writer for rows that outlive the run: without a budget, its fields among `names`.
  // Always the same one, as `names` are.
  std::shared_ptr<const EventWriter> Detached(const std::shared_ptr<FieldTable>& names) const;

 private:
  using ComposerPtr = std::unique_ptr<io::EventComposer>;
  ComposerPtr Borrow() const;
  void GiveBack(ComposerPtr composer) const;
  void DropScratch() const;

  plan::OutputShape shape_;
  bool events_;
  bool open_;
  std::vector<Field> made_;
  plan::FieldSet made_names_;
  plan::FieldSet derived_;
  std::vector<std::string> removed_;
  std::vector<std::string> removed_patterns_;
  MemoryBudget* budget_;
  mutable std::mutex mutex_;
  mutable std::vector<ComposerPtr> composers_;  // Scratch that nobody uses now.
  std::shared_ptr<FieldTable> names_;           // Of one that is detached; shared with its rows.
  mutable std::shared_ptr<const EventWriter> detached_;  // Shared with the rows that outlive.
};

}  // namespace spelk::engine
