// EventComposer: an event as the input wrote it, with what a search made of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/json_flattener.h"
#include "value/value.h"

namespace spelk::io {

// What happened to the fields of an event.
struct EventEdits {
  // Members that are left out: those made anew, renamed or removed.
  std::vector<std::string_view> removed;
  std::vector<std::string_view> removed_patterns;  // `*` any run.
  // Fields as they are now, which follow the members, null ones left out.
  std::vector<std::pair<std::string_view, Value>> made;
  // Fields as they are now that may or may not have been changed: a member of that name stays if
  // its text is the same, otherwise it is left out and the field follows. One that is derived
  // follows only if there is such a member.
  struct Candidate {
    std::string_view name;
    Value value;
    bool derived = false;
  };
  std::vector<Candidate> candidates;
};

// One for each writer. Members are repeated in their order, nested as they came, values byte for
// byte; of a line with a fault, those before it.
class EventComposer {
 public:
  explicit EventComposer(MemoryBudget* budget) : index_(budget), flattener_(budget) {}
  // Takes the memory that a line of so many bytes needs; false if the budget has not got it.
  // `arrays`: fields of arrays may have changed, and are compared.
  bool Reserve(size_t line_size, bool arrays) {
    return index_.Reserve(line_size) && (!arrays || flattener_.Reserve(line_size));
  }
  // Appends the event as one JSON object. `line` is one that the scan accepted, with kSlack bytes
  // after it.
  void Append(std::string_view line, EventEdits edits, std::string& out);

 private:
  enum class Found : uint8_t { kNot, kSame, kChanged };
  friend class EventCopy;
  void CompareArrays(std::string_view line, EventEdits* edits);

  std::vector<Found> found_;  // Of the event at hand, for each field that was perhaps changed.

  JsonIndex index_;
  JsonFlattener flattener_;
};

}  // namespace spelk::io
