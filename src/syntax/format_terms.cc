// Search terms, and what stands in parentheses.
#include "syntax/formatter.h"

#include <utility>

namespace spelk::syntax {

using Part = Layout::Part;

Part Formatter::Terms() {
  Parts parts;
  while (!AtTermsEnd()) {
    Part gap = 0;
    if (!parts.empty()) gap = Before(At("AND") ? Gap::kLine : Gap::kKeepLine);
    Parts item;
    if (At("AND")) {
      item.push_back(Take());
      item.push_back(Before(Gap::kBlank));
    }
    item.push_back(AnyOf());
    if (!parts.empty()) parts.push_back(gap);
    parts.push_back(layout_.Join(std::move(item)));
  }
  return parts.size() == 1 ? parts[0] : layout_.Fill(std::move(parts));
}

Part Formatter::AnyOf() {
  Parts parts = {Term()};
  while (At("OR")) {
    parts.push_back(Before(Gap::kLine));
    Parts item = {Take()};
    if (!AtTermsEnd()) {
      item.push_back(Before(Gap::kBlank));
      item.push_back(Term());
    }
    parts.push_back(layout_.Join(std::move(item)));
  }
  return parts.size() == 1 ? parts[0] : layout_.Group(layout_.Fill(std::move(parts)));
}

Part Formatter::Term() {
  Parts parts;
  while (At("NOT")) {
    parts.push_back(Take());
    if (AtTermsEnd()) return layout_.Join(std::move(parts));
    parts.push_back(Before(Gap::kBlank));
  }
  if (At("LPAREN")) {
    parts.push_back(Parenthesised([this] { return Terms(); }));
    return layout_.Join(std::move(parts));
  }
  if (At("DIRECTIVE") || At("LBRACKET")) {
    parts.push_back(SearchValue());
    return layout_.Join(std::move(parts));
  }
  // f! = x is no comparison by != as long as the blank is there.
  const bool open = word().text.ends_with('!');
  parts.push_back(Take());
  if (IsComparator(type())) {
    parts.push_back(Before(open ? Gap::kKeep : Gap::kNone));
    parts.push_back(Take());
    if (!AtTermsEnd()) {
      parts.push_back(Before(Gap::kNone));
      parts.push_back(SearchValue());
    }
  } else if (At("NOT_BEFORE_IN") || At("IN")) {
    if (At("NOT_BEFORE_IN")) {
      parts.push_back(Before(Gap::kBlank));
      parts.push_back(Take());
    }
    parts.push_back(Before(Gap::kBlank));
    parts.push_back(Take());
    parts.push_back(Before(Gap::kBlank));
    parts.push_back(At("LPAREN") ? Parenthesised([this] { return SearchValues(); })
                                 : SearchValue());
  }
  return layout_.Join(std::move(parts));
}

Part Formatter::SearchValue() {
  if (At("LBRACKET")) return Subsearch();
  if (At("DIRECTIVE")) return TakeAsWritten(words_.ClosingOf(at_ + 1));
  return Take();
}

Part Formatter::SearchValues() {
  Parts parts;
  bool comma = false;
  while (!AtStageEnd() && !At("RPAREN")) {
    if (At("COMMA")) {
      Parts with = {Before(parts.empty() ? Gap::kKeep : Gap::kNone), Take()};
      if (!parts.empty()) with.insert(with.begin(), parts.back()), parts.pop_back();
      parts.push_back(layout_.Join(std::move(with)));
      comma = true;
      continue;
    }
    if (!parts.empty()) parts.push_back(Before(comma ? Gap::kLine : Gap::kKeepLine));
    comma = false;
    parts.push_back(SearchValue());
  }
  return layout_.Fill(std::move(parts));
}

Part Formatter::Parenthesised(const std::function<Part()>& inner) {
  Parts parts = {Take()};
  Parts within;
  if (!At("RPAREN")) {
    within.push_back(Before(Gap::kNone));
    within.push_back(inner());
  }
  Parts rest;
  while (!AtStageEnd() && !At("RPAREN")) TakeRest(&rest);
  within.insert(within.end(), rest.begin(), rest.end());
  if (At("RPAREN")) {
    within.push_back(Before(Gap::kNone));
    within.push_back(Take());
  }
  parts.push_back(InIndent(std::move(within)));
  return layout_.Join(std::move(parts));
}

}  // namespace spelk::syntax
