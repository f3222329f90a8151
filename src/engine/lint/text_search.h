// Searches that stand in a search as texts: map search="…".
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/lint/rule.h"

namespace spelk::engine::lint {

class TextSearch {
 public:
  // Of a command that has such a text; otherwise nothing is written in it.
  TextSearch(const Visit& visit, const ast::CommandCall& call);
  bool there() const { return !text_.empty(); }
  // With words in the place of fields.
  const std::string& text() const { return text_; }
  // A report about the text as one about the search that holds it. False if it is about what only
  // a row tells.
  bool Place(Report* report) const;

 private:
  Span PlaceOf(Span span) const;

  std::string text_;
  std::vector<Span> places_;  // Of each byte.
  std::vector<Span> fields_;  // In the text.
  bool quoted_ = false;
};

}  // namespace spelk::engine::lint
