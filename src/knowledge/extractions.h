// Extractions: what EXTRACT- settings and the stanzas of transforms.conf take out of a text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "knowledge/conf.h"
#include "plan/field_rule.h"

namespace spelk::knowledge {

// One of them, with its fields as names.
struct NamedExtraction {
  std::string source = "_raw";
  std::vector<std::string> targets;  // One for each of the extraction's values.
  bool names_in_text = false;        // Only the text tells which fields there are.
  plan::Extraction extraction;       // Without its source.
};

// "regex" or "regex in field". InvalidArgument for a regular expression that does not compile.
absl::StatusOr<NamedExtraction> ParseExtract(std::string_view value);

// A stanza of transforms.conf. Nothing for one that extracts no fields; Unimplemented for a FORMAT
// that means nothing at search time; InvalidArgument for what is wrong.
absl::StatusOr<std::optional<NamedExtraction>> ParseTransform(const Stanza& stanza);

// What can be told of one without compiling its regular expression: all but `extraction`. For
// settings that are known to be right.
NamedExtraction OutlineExtract(std::string_view value);
std::optional<NamedExtraction> OutlineTransform(const Stanza& stanza);

// Words with commas and blanks between them; "…" keeps them, and \" \\ \t \n \r stand for one
// character there.
std::vector<std::string> QuotedList(std::string_view text);

}  // namespace spelk::knowledge
