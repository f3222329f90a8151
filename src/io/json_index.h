// JsonIndex: where the structure of one line of JSON stands, and whether the line is an event at
// all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/memory.h"

namespace spelk::io {

struct Structurals;

// Why a line is no event; what a line is does not depend on the plan.
enum class LineVerdict : uint8_t {
  kEvent,
  kBlank,
  kNotUtf8,
  kUnclosedString,
  kNotOneObject,
  kNoMemory,  // The index of a very long line does not fit into the budget.
};
std::string_view Describe(LineVerdict verdict);

// One for each worker. Finds the structural characters, checks UTF-8 and strings, and walks them
// once to see that the line is one {…}. (simdjson's On-Demand cannot tell that without reading the
// whole line as values, and gives up on a line with a raw control character in a string, whose
// earlier members are fields.)
class JsonIndex {
 public:
  explicit JsonIndex(MemoryBudget* budget);
  JsonIndex(JsonIndex&&) noexcept;
  ~JsonIndex();

  // `line` has no newline; kSlack bytes after it are readable.
  LineVerdict Index(std::string_view line);
  // The same for who reads the line to its end and sees there whether it is one object: that its
  // brackets match is not looked at. IsOneObject() tells it of a line that was not read so far.
  LineVerdict IndexUnmatched(std::string_view line);
  bool IsOneObject() const;
  // Gives back the memory that a long line took.
  void Shrink();
  // Takes the memory for a text of so many bytes; false if the budget has not got it.
  bool Reserve(size_t size);

  // Of the line indexed last. text() is the line itself, or a copy with blanks for control
  // characters.
  std::string_view text() const { return text_; }
  // Offsets of { } [ ] : , and of the first byte of every string and scalar; one more entry follows
  // the last, the size of the text.
  const uint32_t* structurals() const { return structurals_; }
  uint32_t count() const { return count_; }
  // Some string has a control character or an escape that JSON does not know: strings must be
  // checked.
  bool suspect() const { return suspect_; }
  std::string_view original() const { return original_; }

 private:
  LineVerdict VerdictOf(const Structurals& found) const;
  // Makes text() a copy with blanks for control characters; false without memory.
  bool BlankControls();
  bool EnsureCapacity(size_t size);

  Reservation reservation_;
  std::unique_ptr<uint32_t[]> offsets_;
  size_t capacity_ = 0;
  std::string sanitized_;
  Reservation for_sanitized_;
  std::string_view text_;
  std::string_view original_;
  const uint32_t* structurals_ = nullptr;
  uint32_t count_ = 0;
  bool suspect_ = false;
};

// True for the content of a JSON string: no control characters, JSON's escapes only.
bool IsValidStringContent(std::string_view content);

}  // namespace spelk::io
