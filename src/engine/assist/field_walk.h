// FieldWalk: the fields that a search names, in the order in which its commands go through them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/impl.h"
#include "plan/entry.h"
#include "spelk/assist.h"

namespace spelk::engine {

struct NamedField {
  enum class How : uint8_t {
    kRead,
    kNamedRead,  // Likewise, by a name that is also a lookup's column: AS gives another one.
    kTaken,      // Read, and gone afterwards: rename.
    kMade,
    kNamedByCommand,  // Made, under the name of a statistic or column: likewise.
  };
  // How a name is written there.
  enum class Context : uint8_t { kArgument, kExpression, kTarget, kGroup };

  std::string name;
  Span span;  // With its quotes.
  How how = How::kRead;
  Context context = Context::kArgument;
  size_t command = 0;   // Into FieldWalk::commands.
  size_t pipeline = 0;  // 0 is the outermost.

  bool Makes() const { return how == How::kMade || how == How::kNamedByCommand; }
};

struct FieldWalk {
  struct Command {
    const plan::CommandEntry* entry = nullptr;  // Null for macros and what cannot be read.
    Span span;
    size_t pipeline = 0;
  };
  std::vector<NamedField> fields;
  std::vector<Command> commands;
};

// Of the text as it is written: macros are not expanded.
FieldWalk WalkFields(const Core& core, std::string_view text);

}  // namespace spelk::engine
