// Literal stretches at the outermost level of a pattern.
#include "optimize/regex_literals.h"

#include <utility>

#include "value/ascii.h"

namespace spelk::optimize {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view pattern) : pattern_(pattern) {}

  std::optional<RegexLiterals> Read() {
    if (!ReadFlags()) return std::nullopt;
    literals_.alternatives.emplace_back();
    while (at_ < pattern_.size()) {
      if (!ReadOne()) return std::nullopt;
    }
    Break();
    return std::move(literals_);
  }

 private:
  // (?i) and its like at the very beginning.
  bool ReadFlags() {
    if (!pattern_.starts_with("(?")) return true;
    size_t end = 2;
    while (end < pattern_.size() && IsLetter(pattern_[end])) ++end;
    if (end == 2 || end == pattern_.size() || pattern_[end] != ')') return true;
    for (const char flag : pattern_.substr(2, end - 2)) {
      if (flag != 'i' && flag != 's' && flag != 'm') return false;
      literals_.ignore_case = literals_.ignore_case || flag == 'i';
    }
    at_ = end + 1;
    return true;
  }

  void Break() {
    if (!piece_.empty()) literals_.alternatives.back().push_back(std::move(piece_));
    piece_.clear();
  }

  bool ReadOne() {
    const char c = pattern_[at_];
    switch (c) {
      case '\\':
        return ReadEscape();
      case '(':
        return SkipGroup();
      case '[':
        return SkipClass();
      case ')':
      case ']':
        return false;
      case '|':
        Break();
        literals_.alternatives.emplace_back();
        ++at_;
        return true;
      case '*':
      case '?':
        return Quantify(true);
      case '+':
        return Quantify(false);
      case '{':
        return ReadBraces();
      case '.':
      case '^':
      case '$':
        Break();
        ++at_;
        return true;
      default:
        piece_ += c;
        ++at_;
        return true;
    }
  }

  // What stands before may be missing, or stand more than once.
  bool Quantify(bool may_be_missing) {
    if (may_be_missing) DropLast();
    Break();
    ++at_;
    if (at_ < pattern_.size() && (pattern_[at_] == '?' || pattern_[at_] == '+')) ++at_;
    return true;
  }

  // A character beyond ASCII has several bytes.
  void DropLast() {
    while (!piece_.empty() && (static_cast<unsigned char>(piece_.back()) & 0xC0U) == 0x80U)
      piece_.pop_back();
    if (!piece_.empty()) piece_.pop_back();
  }

  bool ReadBraces() {
    size_t end = at_ + 1;
    while (end < pattern_.size() && (IsDigit(pattern_[end]) || pattern_[end] == ',')) ++end;
    if (end == pattern_.size() || pattern_[end] != '}' || end == at_ + 1) return false;
    at_ = end;
    return Quantify(true);
  }

  bool ReadEscape() {
    if (at_ + 1 == pattern_.size()) return false;
    const char c = pattern_[at_ + 1];
    at_ += 2;
    constexpr std::string_view kClasses = "dDwWsSbBAzZhHvVRnrtfaeG";
    if (kClasses.find(c) != std::string_view::npos) {
      Break();
      return true;
    }
    if (IsLetter(c) || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80U) return false;
    piece_ += c;
    return true;
  }

  // [...]; a `]` that comes first belongs to the class.
  bool SkipClass() {
    Break();
    ++at_;
    if (at_ < pattern_.size() && pattern_[at_] == '^') ++at_;
    if (at_ < pattern_.size() && pattern_[at_] == ']') ++at_;
    for (; at_ < pattern_.size() && pattern_[at_] != ']'; ++at_) {
      if (pattern_[at_] == '\\') {
        ++at_;
        if (at_ < pattern_.size() && pattern_[at_] == 'Q') return false;
      } else if (pattern_[at_] == '[') {
        return false;  // [:alpha:]
      }
    }
    if (at_ >= pattern_.size()) return false;
    ++at_;
    return true;
  }

  bool SkipGroup() {
    Break();
    const std::string_view rest = pattern_.substr(at_);
    // Verbs, comments, conditions, and flags that hold from here on.
    if (rest.starts_with("(*") || rest.starts_with("(?#") || rest.starts_with("(?(")) return false;
    size_t flags = 2;
    if (rest.starts_with("(?")) {
      while (flags < rest.size() &&
             (IsLetter(rest[flags]) || rest[flags] == '-' || rest[flags] == '^'))
        ++flags;
      if (flags > 2 && flags < rest.size() && rest[flags] == ')') return false;
    }
    size_t depth = 0;
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == '[') {
        if (!SkipClass()) return false;
        continue;
      }
      if (c == '\\') {
        if (at_ + 1 < pattern_.size() && pattern_[at_ + 1] == 'Q') return false;
        ++at_;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        ++at_;
        return true;
      }
      ++at_;
    }
    return false;
  }

  const std::string_view pattern_;
  size_t at_ = 0;
  std::string piece_;
  RegexLiterals literals_;
};

}  // namespace

std::optional<RegexLiterals> LiteralsOfRegex(std::string_view pattern) {
  return Reader(pattern).Read();
}

}  // namespace spelk::optimize
