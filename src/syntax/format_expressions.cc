// Assignments and expressions.
#include "syntax/formatter.h"

#include <iterator>
#include <utility>

#include "value/ascii.h"

namespace spelk::syntax {

using Part = Layout::Part;

Part Formatter::Assignments() {
  Parts parts;
  while (!AtStageEnd()) {
    if (!parts.empty()) parts.push_back(Before(Gap::kLine));
    parts.push_back(Assignment());
    if (!At("COMMA")) break;
    parts.push_back(Before(Gap::kNone));
    parts.push_back(Take());
  }
  return layout_.Group(layout_.Join(std::move(parts)));
}

Part Formatter::Assignment() {
  Parts parts = {At("LBRACKET") ? Subsearch() : Take()};
  if (At("EQ")) {
    parts.push_back(Before(Gap::kBlank));
    parts.push_back(Take());
    if (!AtStageEnd()) {
      const Part gap = Before(Gap::kBlank);
      const bool call = IsCall();
      const Part value = layout_.Join({gap, Expression()});
      parts.push_back(call ? value : layout_.Indent(kIndent, value));
    }
  }
  return layout_.Join(std::move(parts));
}

bool Formatter::IsCall() const {
  if (!At("WORD") || words_[at_ + 1].type != "LPAREN") return false;
  const std::string_view next = words_[words_.ClosingOf(at_ + 1) + 1].type;
  return next == "COMMA" || next == "PIPE" || next == "RBRACKET" || next.empty();
}

Part Formatter::Logical(size_t level, bool outer) {
  constexpr std::string_view kWords[] = {"XOR", "OR", "AND"};
  if (level == std::size(kWords)) return Not(outer);
  Parts parts = {Logical(level + 1, outer)};
  if (!At(kWords[level])) return parts[0];
  Parts others;
  while (At(kWords[level])) {
    others.push_back(Before(Gap::kLine));
    others.push_back(Take());
    others.push_back(Before(Gap::kBlank));
    others.push_back(Logical(level + 1, false));
  }
  const Part rest = layout_.Join(std::move(others));
  parts.push_back(outer ? rest : layout_.Indent(kIndent, rest));
  return layout_.Group(layout_.Join(std::move(parts)));
}

Part Formatter::Not(bool outer) {
  Parts parts;
  while (At("NOT")) {
    parts.push_back(Take());
    parts.push_back(Before(Gap::kBlank));
  }
  parts.push_back(Comparison(outer));
  return layout_.Join(std::move(parts));
}

Part Formatter::Comparison(bool outer) {
  Parts parts = {Arithmetic(false, outer)};
  if (IsComparator(type()) || At("LIKE")) {
    parts.push_back(Before(Gap::kBlank));
    parts.push_back(Take());
    parts.push_back(Before(Gap::kBlank));
    parts.push_back(Arithmetic(false, outer));
  } else if (At("IN") || At("NOT")) {
    if (At("NOT")) {
      parts.push_back(Before(Gap::kBlank));
      parts.push_back(Take());
    }
    parts.push_back(Before(Gap::kBlank));
    parts.push_back(Take());
    parts.push_back(Before(Gap::kBlank));
    parts.push_back(At("LBRACKET") ? Subsearch()
                                   : Parenthesised([this] { return Expressions(0, false); }));
  }
  return layout_.Join(std::move(parts));
}

bool Formatter::AtArithmetic(bool products) const {
  return products ? At("STAR") || At("SLASH") || At("PERCENT")
                  : At("PLUS") || At("MINUS") || At("DOT");
}

Part Formatter::Arithmetic(bool products, bool outer) {
  Parts parts = {products ? Signed() : Arithmetic(true, outer)};
  while (AtArithmetic(products)) {
    const bool dot = At("DOT");
    parts.push_back(Before(dot ? Gap::kKeepLine : Gap::kLine));
    Parts item = {Take()};
    item.push_back(Before(dot ? Gap::kKeep : Gap::kBlank));
    item.push_back(products ? Signed() : Arithmetic(true, false));
    parts.push_back(layout_.Join(std::move(item)));
  }
  if (parts.size() == 1) return parts[0];
  return layout_.Group(layout_.Indent(outer ? 0 : kIndent, layout_.Fill(std::move(parts))));
}

Part Formatter::Signed() {
  Parts parts;
  while (At("MINUS") || At("PLUS")) {
    parts.push_back(Take());
    parts.push_back(Before(Gap::kKeep));
  }
  parts.push_back(Operand());
  return layout_.Join(std::move(parts));
}

Part Formatter::Operand() {
  if (AtStageEnd()) return layout_.Text("");
  if (At("LPAREN")) return Parenthesised([this] { return Expression(); });
  if (At("LBRACKET")) return Subsearch();
  const bool named = At("WORD");
  const std::string_view name = word().text;
  const bool dot = At("DOT");
  Parts parts = {Take()};
  if (dot && At("NUMBER")) {
    parts.push_back(Before(Gap::kKeep));
    parts.push_back(Take());
  } else if (At("LPAREN")) {
    parts.push_back(Before(named ? Gap::kNone : Gap::kKeep));
    parts.push_back(Call(name));
  }
  return layout_.Join(std::move(parts));
}

Part Formatter::Call(std::string_view name) {
  const bool pairs = EqualsIgnoringCase(name, "case") || EqualsIgnoringCase(name, "validate");
  const bool each = EqualsIgnoringCase(name, "if");
  if (!pairs) {
    return layout_.Group(Parenthesised([&] { return Expressions(each ? 1 : 0, false); }));
  }
  return layout_.Group(Parenthesised([&] { return Expressions(2, true); }));
}

Part Formatter::Expressions(size_t together, bool open) {
  Parts parts;
  Parts item;
  size_t count = 0;
  const auto finish = [&] {
    const Part joined = layout_.Join(std::move(item));
    parts.push_back(together > 1 ? layout_.Group(layout_.Indent(kIndent, joined)) : joined);
    item.clear();
  };
  while (!AtStageEnd() && !At("RPAREN")) {
    if (!item.empty()) {
      const Part gap = Before(Gap::kLine);
      if (together < 2 || count % together == 0) {
        finish();
        parts.push_back(gap);
      } else {
        item.push_back(gap);
      }
    }
    item.push_back(Expression(false));
    ++count;
    if (!At("COMMA")) break;
    item.push_back(Before(Gap::kNone));
    item.push_back(Take());
  }
  if (!item.empty()) finish();
  if (parts.empty()) return layout_.Text("");
  if (together == 0) return layout_.Fill(std::move(parts));
  if (open && parts.size() > 1) parts.insert(parts.begin(), layout_.SoftLine());
  return layout_.Join(std::move(parts));
}

}  // namespace spelk::syntax
