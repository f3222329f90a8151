// Finding and lighting pieces.
#include "io/lights.h"

#include <algorithm>

namespace spelk::io {
namespace {

constexpr std::string_view kOn = "\x1b[1;33m";
constexpr std::string_view kOff = "\x1b[0m";

bool SameLetter(char a, char b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return lower(a) == lower(b);
}

// Marks where the piece stands.
void Mark(std::string_view text, std::string_view piece, std::vector<bool>* marks) {
  for (auto at = text.begin(); !piece.empty();) {
    at = std::search(at, text.end(), piece.begin(), piece.end(), &SameLetter);
    if (at == text.end()) return;
    const auto begin = marks->begin() + (at - text.begin());
    std::fill(begin, begin + static_cast<std::ptrdiff_t>(piece.size()), true);
    at += static_cast<std::ptrdiff_t>(piece.size());
  }
}

}  // namespace

std::string Lit(std::string_view text, std::string_view field, const std::vector<Light>& lights) {
  std::vector<bool> marks(text.size());
  for (const Light& light : lights) {
    if (light.field.empty() || light.field == field) Mark(text, light.text, &marks);
  }
  std::string out;
  bool on = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (marks[i] != on) out += marks[i] ? kOn : kOff;
    on = marks[i];
    out += text[i];
  }
  if (on) out += kOff;
  return out;
}

}  // namespace spelk::io
