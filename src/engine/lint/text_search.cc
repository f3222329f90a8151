// Out of its quotes, and back.
#include "engine/lint/text_search.h"

#include <algorithm>

#include "value/ascii.h"

namespace spelk::engine::lint {

TextSearch::TextSearch(const Visit& visit, const ast::CommandCall& call) {
  if (call.broken || call.macro || !EqualsIgnoringCase(call.name.text, "map")) return;
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option == nullptr || !EqualsIgnoringCase(option->name.text, "search")) continue;
    const auto* name = std::get_if<ast::Name>(&option->value->value);
    if (name == nullptr || !name->quoted) return;
    quoted_ = true;
    const std::string_view raw = visit.TextOf(name->span);
    for (size_t i = 1; i + 1 < raw.size();) {
      const bool escaped =
          raw[i] == '\\' && i + 2 < raw.size() && (raw[i + 1] == '\\' || raw[i + 1] == '"');
      const uint32_t size = escaped ? 2 : 1;
      const uint32_t begin = name->span.begin + static_cast<uint32_t>(i);
      text_ += raw[i + size - 1];
      places_.push_back({begin, begin + size});
      i += size;
    }
  }
  for (size_t at = text_.find('$'); at != std::string::npos; at = text_.find('$', at + 1)) {
    const size_t end = text_.find('$', at + 1);
    if (end == std::string::npos) break;
    std::fill(text_.begin() + static_cast<ptrdiff_t>(at),
              text_.begin() + static_cast<ptrdiff_t>(end) + 1, 'x');
    fields_.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(end + 1)});
    at = end;
  }
}

Span TextSearch::PlaceOf(Span span) const {
  if (places_.empty() || span.end > places_.size()) return {};
  if (span.begin >= places_.size()) return {places_.back().end, places_.back().end};
  const uint32_t begin = places_[span.begin].begin;
  return {begin, span.empty() ? begin : places_[span.end - 1].end};
}

bool TextSearch::Place(Report* report) const {
  const auto of_row = [this](Span span) {
    return std::any_of(fields_.begin(), fields_.end(), [span](Span field) {
      return field.begin < span.end && span.begin < field.end;
    });
  };
  if (of_row(report->span)) return false;
  const bool mends = std::none_of(report->edits.begin(), report->edits.end(),
                                  [&](const Edit& edit) { return of_row(edit.span); });
  if (!mends) report->edits.clear();
  report->span = PlaceOf(report->span);
  for (Edit& edit : report->edits) {
    edit.span = PlaceOf(edit.span);
    std::string text;
    for (const char c : edit.text) {
      if (quoted_ && (c == '"' || c == '\\')) text += '\\';
      text += c;
    }
    edit.text = std::move(text);
  }
  return true;
}

}  // namespace spelk::engine::lint
