// Arguments of commands, and clauses.
#include "syntax/formatter.h"

#include <algorithm>
#include <utility>

namespace spelk::syntax {

using Part = Layout::Part;

// A command with its arguments; its clauses on lines of their own if not all fit on one.
Part Formatter::ArgumentStage() {
  Parts parts = {Take()};
  Parts within;
  if (!AtStageEnd() && !IsClause(type())) {
    const Gap gap = words_.has_stages(at_) ? Gap::kKeepLine : Gap::kKeep;
    within.push_back(Before(gap));
    within.push_back(Arguments());
  }
  while (IsClause(type())) {
    within.push_back(Before(Gap::kKeepLine));
    within.push_back(Clause());
  }
  if (!within.empty()) parts.push_back(InIndent(std::move(within)));
  return layout_.Group(layout_.Join(std::move(parts)));
}

Part Formatter::Clause() {
  const bool terms = At("SEARCH_WHERE");
  Parts parts = {Take()};
  if (AtStageEnd() || IsClause(type())) return parts[0];
  parts.push_back(Before(Gap::kBlank));
  parts.push_back(layout_.Indent(kIndent, terms ? Terms() : Arguments()));
  return layout_.Join(std::move(parts));
}

Part Formatter::Arguments() {
  Parts parts;
  bool comma = false;
  while (!AtArgumentsEnd()) {
    if (At("COMMA")) {
      Parts with = {Before(parts.empty() ? Gap::kKeep : Gap::kNone), Take()};
      if (!parts.empty()) with.insert(with.begin(), parts.back()), parts.pop_back();
      parts.push_back(layout_.Join(std::move(with)));
      comma = true;
      continue;
    }
    if (!parts.empty()) parts.push_back(Before(comma ? Gap::kLine : Gap::kKeepLine));
    comma = false;
    parts.push_back(Argument());
  }
  return parts.size() == 1 ? parts[0] : layout_.Fill(std::move(parts));
}

Part Formatter::Argument() {
  Parts parts;
  while (At("SIGN")) {
    parts.push_back(Take());
    if (AtArgumentsEnd() || At("COMMA")) return layout_.Join(std::move(parts));
    parts.push_back(Before(Gap::kKeep));
  }
  const size_t begin = at_;
  parts.push_back(Value());
  if (IsComparator(type())) {
    parts.push_back(Before(Gap::kKeep));
    parts.push_back(Take());
    if (!AtArgumentsEnd()) {
      parts.push_back(Before(Gap::kKeep));
      parts.push_back(OptionValue());
    }
  } else if (!At("AS") && calls_ == 0 && HasParenthesis(begin)) {
    // Its text names the column.
    const size_t last = at_ - 1;
    at_ = begin;
    return layout_.Join({Sign(std::move(parts)), TakeAsWritten(last)});
  }
  if (At("AS")) {
    parts.push_back(Before(Gap::kBlank));
    parts.push_back(Take());
    if (!AtArgumentsEnd()) {
      parts.push_back(Before(Gap::kBlank));
      const size_t alias = at_;
      const Part value = Value();
      const bool call = HasParenthesis(alias);
      const size_t last = at_ - 1;
      if (call) at_ = alias;
      parts.push_back(call ? TakeAsWritten(last) : value);
    }
  }
  return layout_.Join(std::move(parts));
}

Part Formatter::Sign(Parts parts) {
  parts.pop_back();
  return parts.empty() ? layout_.Text("") : layout_.Join(std::move(parts));
}

bool Formatter::HasParenthesis(size_t begin) const {
  for (size_t i = begin; i < std::min(begin + 2, at_); ++i) {
    const std::string_view type = words_[i].type;
    if (type == "LPAREN" || type == "CALL_PAREN" || type == "DIRECTIVE") return true;
  }
  return false;
}

Part Formatter::Value() {
  if (At("LBRACKET")) return Subsearch();
  if (At("DIRECTIVE")) return TakeAsWritten(words_.ClosingOf(at_ + 1));
  if (At("LPAREN")) return Parenthesised([this] { return Expression(); });
  const bool evaluates = At("EVAL");
  Parts parts = {Take()};
  if (At("CALL_PAREN")) {
    parts.push_back(Before(Gap::kKeep));
    ++calls_;
    parts.push_back(Parenthesised([this] { return Arguments(); }));
    --calls_;
  } else if (evaluates && At("LPAREN")) {
    parts.push_back(Before(Gap::kKeep));
    parts.push_back(Parenthesised([this] { return Expression(); }));
  }
  return layout_.Join(std::move(parts));
}

Part Formatter::OptionValue() {
  Parts parts;
  if (At("SEARCH_PAREN")) {
    parts.push_back(Parenthesised([this] { return Terms(); }));
  } else {
    parts.push_back(Value());
  }
  while ((At("COMMA") || At("LIST_COMMA")) && !word().gap && word().comments.empty() &&
         !words_[at_ + 1].gap && words_[at_ + 1].comments.empty()) {
    parts.push_back(Take());
    if (AtArgumentsEnd() || At("COMMA")) break;
    parts.push_back(Value());
  }
  return layout_.Join(std::move(parts));
}

}  // namespace spelk::syntax
