// Source: the text of a query, and where each piece of it was written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace spelk {

// A place for people: both count from 1; a column is a Unicode code point.
struct LineColumn {
  size_t line = 1;
  size_t column = 1;
};

// Query text and its name ("failed_logins.spl", "<query>"). Immutable. After macro expansion a
// Source holds the expanded text together with the text the user wrote, and maps back to it.
class Source {
 public:
  // A stretch of expanded text that a macro call made. `call` is where the call stands in the
  // written text; `macro` is the call's name. Stretches are sorted and do not overlap.
  struct Expansion {
    Span expanded;
    Span call;
    std::string macro;
  };
  // A stretch of expanded text copied from the written text unchanged.
  struct Copy {
    Span expanded;
    Span written;
  };

  Source(std::string name, std::string text);
  Source(std::string name, std::string written, std::string expanded, std::vector<Copy> copies,
         std::vector<Expansion> expansions);

  const std::string& name() const { return name_; }
  // What is parsed.
  std::string_view text() const { return text_; }
  // What the user wrote; the same as text() without macros.
  std::string_view written() const { return written_.empty() ? text_ : written_; }
  const std::vector<Expansion>& expansions() const { return expansions_; }

  // The place in written() of a span of text(); a span inside an expansion gives the macro call.
  Span Written(Span span) const;
  // The macro whose expansion holds the span's begin, or null.
  const Expansion* ExpansionAt(Span span) const;
  // Line and column in written() of an offset of written().
  LineColumn Locate(uint32_t offset) const;
  // The whole line of written() that holds the offset, without its newline.
  std::string_view LineAt(uint32_t offset) const;

 private:
  std::string name_;
  std::string text_;
  std::string written_;
  std::vector<Copy> copies_;
  std::vector<Expansion> expansions_;
};

using SourcePtr = std::shared_ptr<const Source>;  // Shared by a query's AST, plan and diagnostics.

}  // namespace spelk
