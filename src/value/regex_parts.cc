// Reading of patterns.
#include "value/regex_parts.h"

#include <algorithm>
#include <utility>

#include "value/ascii.h"

namespace spelk {
namespace {

using Item = RegexPart;
using Sequence = RegexPart::Sequence;
using Kind = RegexPart::Kind;
using Set = std::bitset<256>;

constexpr size_t kMostDepth = 250;

bool IsWord(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
uint8_t Byte(char c) { return static_cast<uint8_t>(c); }

Set Of(std::string_view bytes) {
  Set set;
  for (const char c : bytes) set.set(Byte(c));
  return set;
}
Set Range(int first, int last) {
  Set set;
  for (int b = first; b <= last; ++b) set.set(static_cast<size_t>(b));
  return set;
}
const Set kNotAscii = Range(0x80, 0xFF);

// \d and its like; whatever a class holds beyond ASCII is taken for all that is there.
std::optional<Set> ClassOf(char c) {
  Set set;
  switch (c) {
    case 'd':
    case 'D':
      set = Range('0', '9');
      break;
    case 'w':
    case 'W':
      set = Range('0', '9') | Range('a', 'z') | Range('A', 'Z') | Of("_");
      break;
    case 's':
    case 'S':
      set = Of(" \t\n\r\f\v");
      break;
    case 'h':
    case 'H':
      set = Of(" \t") | kNotAscii;
      break;
    case 'v':
    case 'V':
      set = Of("\n\v\f\r") | kNotAscii;
      break;
    case 'R':
      return Of("\n\v\f\r") | kNotAscii;
    case 'N':
      return ~Of("\n");
    case 'X':
      return Set().set();
    default:
      return std::nullopt;
  }
  return c >= 'a' ? set : ~set | kNotAscii;
}

// Letters in both cases. Code points beyond ASCII fold to k and s.
Set Folded(Set set) {
  for (char c = 'a'; c <= 'z'; ++c) {
    const bool has = set[Byte(c)] || set[Byte(c) & 0xDFU];
    if (!has) continue;
    set.set(Byte(c)).set(Byte(c) & 0xDFU);
    if (c == 'k' || c == 's') set |= kNotAscii;
  }
  return set;
}

class Reader {
 public:
  explicit Reader(std::string_view pattern) : pattern_(pattern) {}

  // False for what is not understood.
  bool Read(Item* root) {
    root->kind = Kind::kGroup;
    return ReadBranches(&root->branches, 0) && at_ == pattern_.size();
  }

 private:
  bool End() const { return at_ >= pattern_.size(); }
  bool Take(std::string_view text) {
    if (!pattern_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }

  bool ReadBranches(std::vector<Sequence>* branches, size_t depth) {
    if (depth > kMostDepth) return false;
    const bool fold = fold_;
    const bool dot_all = dot_all_;
    const bool lines = lines_;
    branches->emplace_back();
    while (!End() && pattern_[at_] != ')') {
      if (Take("|")) {
        branches->emplace_back();
      } else if (!ReadItem(&branches->back(), depth)) {
        return false;
      }
    }
    fold_ = fold;
    dot_all_ = dot_all;
    lines_ = lines;
    return true;
  }

  bool ReadItem(Sequence* sequence, size_t depth) {
    Item item;
    const char c = pattern_[at_];
    if (c == '(') {
      bool flags = false;
      if (!ReadGroup(&item, &flags, depth)) return false;
      if (flags) return true;
    } else if (c == '[') {
      if (!ReadClass(&item)) return false;
    } else if (c == '\\') {
      if (!ReadEscape(&item)) return false;
    } else if (c == '.') {
      ++at_;
      SetClass(dot_all_ ? Set().set() : ~Of("\n"), &item);
      item.any = true;
    } else if (c == '^' || c == '$') {
      ++at_;
      item.text_end = c == '$';
    } else if (c == '*' || c == '+' || c == '?') {
      return false;
    } else {
      ReadCharacter(&item);
    }
    if (!ReadQuantifier(&item)) return false;
    sequence->push_back(std::move(item));
    return true;
  }

  void SetClass(const Set& set, Item* item) const {
    item->kind = Kind::kCharacter;
    item->set = fold_ ? Folded(set) : set;
  }
  void SetLiteral(char c, Item* item) const {
    SetClass(Of({&c, 1}), item);
    if (Byte(c) < 0x80U && (item->set & kNotAscii).none()) item->literal = c;
    item->fold = fold_ && IsLetter(c);
    if (item->literal && item->fold) item->literal = static_cast<char>(c | 0x20);
  }
  // One code point.
  void ReadCharacter(Item* item) {
    const char c = pattern_[at_++];
    if (Byte(c) < 0x80U) return SetLiteral(c, item);
    while (!End() && (Byte(pattern_[at_]) & 0xC0U) == 0x80U) ++at_;
    SetClass(kNotAscii, item);
    // Its other case may be ASCII.
    if (fold_) item->set |= Of("kKsS");
  }

  bool ReadQuantifier(Item* item) {
    if (End()) return true;
    if (Take("*")) {
      item->least = 0;
      item->most = kEndless;
    } else if (Take("+")) {
      item->most = kEndless;
    } else if (Take("?")) {
      item->least = 0;
    } else if (pattern_[at_] != '{' || !ReadBraces(item)) {
      return true;
    }
    if (Take("?")) return true;
    item->possessive = Take("+");
    return true;
  }

  // {2}, {2,} and {2,5}; anything else stands for itself.
  bool ReadBraces(Item* item) {
    size_t at = at_ + 1;
    const auto number = [&]() -> std::optional<double> {
      const size_t begin = at;
      double value = 0;
      while (at < pattern_.size() && IsDigit(pattern_[at]))
        value = value * 10 + (pattern_[at++] - '0');
      return at == begin ? std::nullopt : std::optional(value);
    };
    const std::optional<double> least = number();
    if (!least || at == pattern_.size()) return false;
    std::optional<double> most = least;
    if (pattern_[at] == ',') {
      ++at;
      most = number();
    }
    if (at == pattern_.size() || pattern_[at] != '}') return false;
    item->least = *least;
    item->most = most.value_or(kEndless);
    at_ = at + 1;
    return true;
  }

  bool ReadEscape(Item* item) {
    if (at_ + 1 == pattern_.size()) return false;
    const char c = pattern_[at_ + 1];
    at_ += 2;
    if (const std::optional<Set> known = ClassOf(c)) {
      SetClass(*known, item);
      if (c == 'R' || c == 'X') item->most = kEndless;  // Of several characters.
      return true;
    }
    if (std::string_view("bBAzZGK").find(c) != std::string_view::npos) {
      item->text_end = c == 'z' || c == 'Z';
      return true;
    }
    if (c == 'p' || c == 'P') {
      if (!SkipProperty()) return false;
      SetClass(Set().set(), item);
      return true;
    }
    constexpr std::string_view kControls = "tnrfea";
    constexpr std::string_view kBytes = "\t\n\r\f\x1B\a";
    if (const size_t known = kControls.find(c); known != std::string_view::npos) {
      SetLiteral(kBytes[known], item);
      return true;
    }
    if (c == 'x') return ReadHexadecimal(item);
    if (IsLetter(c) || IsDigit(c) || Byte(c) >= 0x80U) return false;
    SetLiteral(c, item);
    return true;
  }

  bool SkipProperty() {
    if (!Take("{")) return !End() && IsLetter(pattern_[at_++]);
    const size_t end = pattern_.find('}', at_);
    if (end == std::string_view::npos) return false;
    at_ = end + 1;
    return true;
  }

  bool ReadHexadecimal(Item* item) {
    const bool braces = Take("{");
    unsigned value = 0;
    for (size_t i = 0; !End() && (braces || i < 2); ++i) {
      const char c = pattern_[at_];
      const char lower = static_cast<char>(c | 0x20);
      const bool digit = IsDigit(c);
      if (!digit && !(lower >= 'a' && lower <= 'f')) break;
      value = std::min(value * 16 + static_cast<unsigned>(digit ? c - '0' : lower - 'a' + 10),
                       0x110000U);
      ++at_;
    }
    if (braces && !Take("}")) return false;
    if (value < 0x80) {
      SetLiteral(static_cast<char>(value), item);
    } else {
      SetClass(kNotAscii | Of("kKsS"), item);
    }
    return true;
  }

  bool ReadClass(Item* item) {
    ++at_;
    const bool negated = Take("^");
    Set set;
    for (bool first = true; first || End() || pattern_[at_] != ']'; first = false) {
      if (End()) return false;
      int low = 0;
      if (!ReadMember(&set, &low)) return false;
      const std::string_view rest = pattern_.substr(at_);
      if (low < 0 || rest.size() < 2 || rest[0] != '-' || rest[1] == ']') continue;
      ++at_;
      int high = 0;
      Set ignored;
      if (!ReadMember(&ignored, &high) || high < 0) return false;
      set |= high < low ? kNotAscii : Range(low, std::min(high, 0xFF));
      if (high >= 0x80) set |= kNotAscii;
    }
    ++at_;
    if (fold_) set = Folded(set);
    SetClass(negated ? ~set | kNotAscii : set, item);
    return true;
  }

  // One member of a class; `code` is the character that it is, or -1.
  bool ReadMember(Set* set, int* code) {
    *code = -1;
    const char c = pattern_[at_];
    if (c == '[' && at_ + 1 < pattern_.size() &&
        std::string_view(":.=").find(pattern_[at_ + 1]) != std::string_view::npos) {
      return false;
    }
    if (c != '\\') {
      Item one;
      const bool fold = std::exchange(fold_, false);
      ReadCharacter(&one);
      fold_ = fold;
      *set |= one.set;
      *code = one.literal ? Byte(*one.literal) : 0x80;
      return true;
    }
    if (at_ + 1 == pattern_.size()) return false;
    if (pattern_[at_ + 1] == 'b') {
      at_ += 2;
      set->set('\b');
      return true;
    }
    Item one;
    const bool fold = std::exchange(fold_, false);
    const bool good = ReadEscape(&one);
    fold_ = fold;
    if (!good || one.kind != Kind::kCharacter) return false;
    *set |= one.set;
    if (one.literal) *code = Byte(*one.literal);
    return true;
  }

  // `flags`: it was no group, but settings from here on.
  bool ReadGroup(Item* item, bool* flags, size_t depth) {
    ++at_;
    if (Take("*")) return false;
    item->kind = Kind::kGroup;
    if (Take("?")) {
      if (Take("=") || Take("!") || Take("<=") || Take("<!")) {
        item->looks = item->atomic = true;
      } else if (Take(">")) {
        item->atomic = true;
      } else if (Take("P<") || Take("<")) {
        if (!SkipName('>')) return false;
      } else if (Take("'")) {
        if (!SkipName('\'')) return false;
      } else if (!Take(":") && !Take("|")) {
        return ReadFlags(item, flags, depth);
      }
    }
    return ReadBranches(&item->branches, depth + 1) && Take(")");
  }

  bool SkipName(char end) {
    while (!End() && IsWord(pattern_[at_])) ++at_;
    return Take({&end, 1});
  }

  bool ReadFlags(Item* item, bool* flags, size_t depth) {
    const bool before[] = {fold_, dot_all_, lines_};
    bool on = true;
    for (; !End() && pattern_[at_] != ')' && pattern_[at_] != ':'; ++at_) {
      switch (pattern_[at_]) {
        case '-':
          on = false;
          break;
        case 'i':
          fold_ = on;
          break;
        case 's':
          dot_all_ = on;
          break;
        case 'm':
          lines_ = on;
          break;
        case 'U':
        case 'J':
          break;
        default:
          return false;
      }
    }
    if (Take(")")) {
      *flags = true;
      return true;
    }
    if (!Take(":")) return false;
    const bool good = ReadBranches(&item->branches, depth + 1) && Take(")");
    fold_ = before[0];
    dot_all_ = before[1];
    lines_ = before[2];
    return good;
  }

  const std::string_view pattern_;
  size_t at_ = 0;
  bool fold_ = false;
  bool dot_all_ = false;
  bool lines_ = false;
};

}  // namespace

bool ReadRegex(std::string_view pattern, RegexPart* root) { return Reader(pattern).Read(root); }

}  // namespace spelk
