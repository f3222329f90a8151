// Lights: what a search looked for, shown where it stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spelk::io {

// A piece of text that is lit in the values of a field, in any case of letters.
struct Light {
  std::string field;  // Empty: of every field.
  std::string text;
};

// The text with ANSI colours where a light for this field finds its piece.
std::string Lit(std::string_view text, std::string_view field, const std::vector<Light>& lights);

}  // namespace spelk::io
