// Extractions: what EXTRACT- settings and the stanzas of transforms.conf take out of a text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "knowledge/conf.h"
#include "plan/computed_columns.h"

namespace spelk::knowledge {

// One of them, with its fields as names.
struct NamedExtraction {
  std::string source = "_raw";
  std::vector<std::string> targets;  // One for each of the extraction's values.
  bool names_in_text = false;        // Only the text tells which fields there are.
  plan::Extraction extraction;       // Without its source.
};

// Whether a regular expression is compiled to see that it is right, or taken as it stands: those of
// spelk's own knowledge are many, and most are for fields and events that nobody asks for.
enum class RegexCheck : uint8_t { kCompile, kTrust };

// "regex" or "regex in field". InvalidArgument for a regular expression that does not compile.
absl::StatusOr<NamedExtraction> ParseExtract(std::string_view value,
                                             RegexCheck check = RegexCheck::kCompile);

// A stanza of transforms.conf. Nothing for one that extracts no fields; Unimplemented for a FORMAT
// that means nothing at search time; InvalidArgument for what is wrong.
absl::StatusOr<std::optional<NamedExtraction>> ParseTransform(
    const Stanza& stanza, RegexCheck check = RegexCheck::kCompile);

// Words with commas and blanks between them; "…" keeps them, and \" \\ \t \n \r stand for one
// character there.
std::vector<std::string> QuotedList(std::string_view text);

}  // namespace spelk::knowledge
