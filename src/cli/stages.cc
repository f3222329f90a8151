// A line for each stage.
#include "cli/stages.h"

#include <fmt/format.h>

#include "cli/terminal.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

std::string ReadableTime(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.0f} µs", seconds * 1e6);
  return seconds < 1 ? fmt::format("{:.1f} ms", seconds * 1e3) : fmt::format("{:.2f} s", seconds);
}

// Right-aligned; µ is one column of two bytes.
std::string Column(const std::string& text, size_t width) {
  size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1U : 0U;
  return std::string(width - std::min(width, columns), ' ') + text;
}

std::string Shortened(std::string text, size_t longest) {
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0U) == 0x80) --longest;
  return text.substr(0, longest) + "…";
}

// As it stands in the search, or what the planner calls it.
std::string StageText(const StageCount& stage, std::string_view query) {
  constexpr size_t kLongest = 90;
  if (stage.length > 0 && stage.offset + stage.length <= query.size()) {
    return Shortened(Printable(query.substr(stage.offset, stage.length)), kLongest);
  }
  return Shortened(Printable(stage.name + " " + stage.details), kLongest);
}

}  // namespace

std::string StagesAsText(const Summary& summary, std::string_view query, bool parts) {
  constexpr size_t kWidth = 12;
  std::string out =
      Column("rows", kWidth) + Column("time", kWidth) + Column("bytes", kWidth) + "  stage\n";
  for (const StageCount& stage : summary.stages) {
    out += Column(WithCommas(stage.rows), kWidth) + Column(ReadableTime(stage.seconds), kWidth) +
           Column(ReadableBytes(static_cast<double>(stage.bytes)), kWidth) + "  " +
           StageText(stage, query) + "\n";
    for (const ExpressionCount& part : summary.expressions) {
      if (!parts || part.stage != stage.id || part.rows == 0) continue;
      if (part.is_true + part.is_false == 0) continue;  // A value.
      out += fmt::format("{}  of {} true {}, false {}: {}\n", std::string(3 * kWidth, ' '),
                         WithCommas(part.rows), WithCommas(part.is_true), WithCommas(part.is_false),
                         Shortened(Printable(part.text), 90));
    }
  }
  return out;
}

}  // namespace spelk::cli
