// The public side: Query::WhyNot, and reports as text.
#include <fmt/format.h>

#include <algorithm>

#include "engine/impl.h"
#include "engine/why/investigation.h"
#include "engine/why/sample.h"
#include "io/terminal_text.h"
#include "spelk/engine.h"
#include "value/number.h"

namespace spelk {
namespace {

std::string Counted(uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", WithCommas(number), number == 1 ? one : many);
}

// "| where (line 4)"
std::string Named(const WhyStage& stage) {
  return stage.line > 0 ? fmt::format("| {} (line {})", stage.name, stage.line)
                        : fmt::format("| {}", stage.name);
}

// "no rows", or where there are none if the search ends in one that says so.
std::string What(const Why& why) {
  for (size_t i = why.dropped_by.value_or(why.stages.size()); i < why.stages.size(); ++i) {
    if (why.stages[i].rows_out > 0) return "no rows before " + Named(why.stages[i]);
  }
  return "no rows";
}

std::string FirstLine(const Why& why) {
  std::string out = What(why);
  out += why.sample ? fmt::format("; looking once more at {:.1f} MB of the input: ",
                                  static_cast<double>(why.bytes) / 1e6)
                    : std::string(": ");
  const bool at_base = why.dropped_by == 0U;
  if (why.generates) {
    if (at_base) return out + fmt::format("{} gave none", Named(why.stages.front()));
    out += Counted(why.kept, "row", "rows") + " made";
  } else {
    if (why.events == 0) return out + "there are no events in it";
    out += Counted(why.events, "event", "events") + " read; ";
    if (at_base) return out + "none kept by the base search";
    out += fmt::format("{} kept by the base search", WithCommas(why.kept));
  }
  if (!why.dropped_by)
    return out + fmt::format("; these give {}", Counted(why.rows, "row", "rows"));
  const WhyStage& stage = why.stages[*why.dropped_by];
  if (stage.rows_in == why.kept) return out + fmt::format("; all dropped by {}", Named(stage));
  return out + (stage.rows_in == 1 ? fmt::format("; the last row dropped by {}", Named(stage))
                                   : fmt::format("; the last {} rows dropped by {}",
                                                 WithCommas(stage.rows_in), Named(stage)));
}

std::string ShortText(const WhyStage& stage) {
  constexpr size_t kLongest = 60;
  const std::string text = io::Printable(stage.text.empty() ? stage.name : stage.text);
  if (text.size() <= kLongest) return text;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  return text.substr(0, end) + "…";
}

size_t Columns(std::string_view text) {
  size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1U : 0U;
  return columns;
}

std::string_view TruthText(const WhyOperand& operand) {
  switch (operand.truth) {
    case WhyOperand::Truth::kTrue:
      return "true";
    case WhyOperand::Truth::kFalse:
      return "false";
    case WhyOperand::Truth::kNull:
      return "null";
    case WhyOperand::Truth::kNone:
      break;
  }
  return "";
}

std::string OperandLine(const WhyOperand& operand) {
  std::string line = fmt::format("{}{}{}", operand.failed ? "✗ " : "  ",
                                 std::string(2 * operand.depth, ' '), io::Printable(operand.text));
  const std::string_view truth = TruthText(operand);
  if (!truth.empty()) line += fmt::format(": {}", truth);
  if (operand.type.empty()) return line;
  const bool shown = operand.value != operand.text;
  line += truth.empty() ? ": " : ", it is ";
  if (operand.type == "null") return line + "null";
  return line + (shown ? fmt::format("{} ({})", operand.value, operand.type) : operand.type);
}

}  // namespace

std::string Why::RenderNoRows(size_t lines) const {
  std::string out = FirstLine(*this) + "\n";
  const size_t room = lines > 1 ? lines - 1 : 0;
  const size_t shown = findings.size() <= room ? findings.size() : room - std::min<size_t>(room, 1);
  for (size_t i = 0; i < shown; ++i) {
    out += fmt::format("  {}\n", io::Printable(findings[i].text));
  }
  if (shown < findings.size() && room > 0) {
    out += fmt::format("  and {} more\n", findings.size() - shown);
  }
  return out;
}

std::string Why::Render() const {
  std::string out;
  size_t width = 0;
  for (const WhyStage& stage : stages) width = std::max(width, Columns(ShortText(stage)));
  for (size_t i = 0; i < stages.size(); ++i) {
    const WhyStage& stage = stages[i];
    const std::string text = ShortText(stage);
    const bool dropped = dropped_by == i;
    const std::string place = stage.line > 0 ? std::to_string(stage.line) : "";
    out += fmt::format("{:>4}  {}{}  {:>6} in {:>6} out{}\n", place, text,
                       std::string(width - Columns(text), ' '), stage.rows_in, stage.rows_out,
                       dropped ? "  <- here" : "");
    if (dropped) break;
  }
  if (!dropped_by) {
    out += fmt::format("nothing is in the way: {}\n", Counted(rows, "row", "rows"));
    return out;
  }
  if (!expression.empty()) out += "\n";
  for (const WhyOperand& operand : expression) out += fmt::format("{}\n", OperandLine(operand));
  if (!findings.empty()) out += "\n";
  for (const WhyFinding& finding : findings) {
    out += fmt::format("{}\n", io::Printable(finding.text));
  }
  return out;
}

Result<Why> Query::WhyNot(const Input& input, const RunOptions& options) const {
  constexpr size_t kMost = size_t{64} << 20U;
  const engine::Core& core = impl_->engine->core;
  const engine::Compilation& compilation = impl_->compilation;
  if (compilation.plan == nullptr) return Error(ErrorKind::kQuery, "the query was only parsed");
  absl::StatusOr<engine::RunRequest> request = engine::MakeRequest(core, input, options);
  if (!request.ok()) return engine::ToError(request.status());
  const engine::Sample sample = engine::TakeSample(
      request->inputs, {}, false, std::min(kMost, options.memory / 8), request->cancel, true);
  request->inputs = sample.inputs;
  absl::StatusOr<Why> why = engine::Investigate(core, *compilation.plan, *compilation.source,
                                                *request, {.in_detail = true});
  if (!why.ok()) return engine::ToError(why.status(), *compilation.source);
  why->sample = !sample.whole;
  return std::move(*why);
}

}  // namespace spelk
