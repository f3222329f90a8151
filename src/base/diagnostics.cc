// Rendering of diagnostics with line and caret.
#include "base/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace spelk {
namespace {

constexpr size_t kMaxLine = 160;  // A longer line is shown as a window around the caret.

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

// How many bytes a control character takes at the beginning of a text, those of the second set and
// those that turn the direction of text included; 0 if another one stands there.
size_t ControlBytes(std::string_view text) {
  const auto byte = [text](size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
  };
  if (byte(0) < 0x20U || byte(0) == 0x7FU) return 1;
  if (byte(0) == 0xC2U && byte(1) >= 0x80U && byte(1) < 0xA0U) return 2;
  if (byte(0) != 0xE2U) return 0;
  const unsigned last = byte(2);
  const bool turns = byte(1) == 0x80U
                         ? last == 0x8EU || last == 0x8FU || (last >= 0xAAU && last <= 0xAEU)
                         : byte(1) == 0x81U && last >= 0xA6U && last <= 0xA9U;
  return turns ? 3 : 0;
}

// Control characters never reach a terminal raw; each becomes one blank so that carets line up.
std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t control = ControlBytes(text);
    out += control > 0 ? ' ' : text.front();
    text.remove_prefix(std::max<size_t>(control, 1));
  }
  return out;
}

// The first characters of a text, whole ones.
std::string_view Beginning(std::string_view text) {
  constexpr size_t kMost = 60;
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

absl::StatusCode StatusCodeOf(ErrorCode code) {
  using enum ErrorCode;
  switch (code) {
    case kUnbuiltCommand:
    case kUnbuiltOption:
    case kUnbuiltFunction:
      return absl::StatusCode::kUnimplemented;
    case kUnknownLookup:
    case kUnknownMacro:
    case kMissingFile:
      return absl::StatusCode::kNotFound;
    case kLimit:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kInvalidArgument;
  }
}

}  // namespace

std::string InQuotes(std::string_view text) {
  const bool has_quote = text.find('"') != std::string_view::npos;
  return has_quote ? std::string(text) : fmt::format("\"{}\"", text);
}

std::string CodeText(ErrorCode code) {
  const auto number = static_cast<unsigned>(code);
  return number > 1000 ? fmt::format("W{:04}", number - 1000) : fmt::format("E{:04}", number);
}

std::string Render(const Diagnostic& diagnostic, const Source& source) {
  const Span written = source.Written(diagnostic.span);
  std::vector<std::string> notes;
  if (const Source::Expansion* expansion = source.ExpansionAt(diagnostic.span)) {
    const std::string_view piece = TextOf(source.text(), diagnostic.span);
    notes.push_back(
        fmt::format("in the expansion of macro `{}`{}", expansion->macro,
                    piece.empty() ? "" : ", at " + InQuotes(Printable(Beginning(piece)))));
  }
  notes.insert(notes.end(), diagnostic.notes.begin(), diagnostic.notes.end());
  return RenderAt(
      source, written, source.Locate(written.begin),
      fmt::format("{} {}", diagnostic.severity == Severity::kError ? "error" : "warning",
                  CodeText(diagnostic.code)),
      diagnostic.message, notes);
}

std::string RenderAt(const Source& source, Span written, LineColumn place, std::string_view label,
                     std::string_view message, const std::vector<std::string>& notes) {
  std::string out = fmt::format("{}:{}:{}: {}: {}\n", source.name(), place.line, place.column,
                                label, Printable(message));
  std::string_view line = source.LineAt(written.begin);
  const auto line_start = static_cast<size_t>(line.data() - source.written().data());
  size_t column = std::min<size_t>(written.begin - line_start, line.size());
  size_t width = std::min<size_t>(written.size(), line.size() - column);
  std::string prefix = "  ";
  std::string suffix;
  if (line.size() > kMaxLine && column > kMaxLine / 2) {
    size_t cut = column - kMaxLine / 2;
    while (cut < column && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U) ++cut;
    line.remove_prefix(cut);
    column -= cut;
    prefix = "  …";
  }
  if (line.size() > kMaxLine) {
    size_t end = kMaxLine;
    while (end > column && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    width = std::min(width, end - std::min(end, column));
    suffix = line.size() > end ? "…" : "";
    line = line.substr(0, end);
  }
  if (!source.written().empty()) {
    out += fmt::format("{}{}{}\n", prefix, Printable(line), suffix);
    out += std::string(CodePoints(prefix) + CodePoints(line.substr(0, column)), ' ');
    out += std::string(std::max<size_t>(1, CodePoints(line.substr(column, width))), '^');
    out += '\n';
  }
  for (const std::string& note : notes) out += fmt::format("  note: {}\n", Printable(note));
  return out;
}

namespace {

constexpr std::string_view kPayload = "spelk/diagnostic";

}  // namespace

absl::Status ErrorAt(ErrorCode code, Span span, std::string message,
                     std::vector<std::string> notes) {
  const Diagnostic told{code, Severity::kError, span, std::move(message), std::move(notes)};
  absl::Status status(StatusCodeOf(code), told.message);
  std::string bytes;
  ByteWriter out(bytes);
  out.Fixed(static_cast<uint16_t>(code));
  out.Fixed(span.begin);
  out.Fixed(span.end);
  out.Varint(told.notes.size());
  for (const std::string& note : told.notes) out.Text(note);
  status.SetPayload({kPayload.data(), kPayload.size()}, absl::Cord(bytes));
  return status;
}

std::optional<Diagnostic> DiagnosticOf(const absl::Status& status) {
  const auto payload = status.GetPayload({kPayload.data(), kPayload.size()});
  if (!payload) return std::nullopt;
  const std::string bytes(*payload);
  ByteReader in(bytes);
  Diagnostic diagnostic;
  diagnostic.code = static_cast<ErrorCode>(in.Fixed<uint16_t>());
  diagnostic.span.begin = in.Fixed<uint32_t>();
  diagnostic.span.end = in.Fixed<uint32_t>();
  const size_t notes = in.Count();
  for (size_t i = 0; i < notes; ++i) diagnostic.notes.emplace_back(in.Text());
  diagnostic.message = MessageOf(status);
  return diagnostic;
}

absl::Status Diagnostics::Error(ErrorCode code, Span span, std::string message,
                                std::vector<std::string> notes) {
  absl::Status status(StatusCodeOf(code), message);
  all_.push_back({code, Severity::kError, span, std::move(message), std::move(notes)});
  ++errors_;
  return status;
}

void Diagnostics::SortByPlace(size_t from) {
  const auto before = [](const Diagnostic& a, const Diagnostic& b) {
    if (a.severity != b.severity) return a.severity == Severity::kError;
    return a.span.begin < b.span.begin;
  };
  std::stable_sort(all_.begin() + static_cast<std::ptrdiff_t>(from), all_.end(), before);
}

absl::Status Diagnostics::FirstError(size_t from) const {
  for (size_t i = from; i < all_.size(); ++i) {
    if (all_[i].severity != Severity::kError) continue;
    return {StatusCodeOf(all_[i].code), all_[i].message};
  }
  return absl::OkStatus();
}

void Diagnostics::Warn(ErrorCode code, Span span, std::string message,
                       std::vector<std::string> notes) {
  const auto same = [&](const Diagnostic& d) { return d.code == code && d.message == message; };
  if (std::any_of(all_.begin(), all_.end(), same)) return;
  all_.push_back({code, Severity::kWarning, span, std::move(message), std::move(notes)});
}

}  // namespace spelk
