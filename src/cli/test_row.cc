// Reading, comparing and showing rows.
#include "cli/test_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cli/row_diff.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

std::string_view Plain(std::string_view name) {
  while (name.ends_with("{}")) name.remove_suffix(2);
  return name;
}

std::optional<double> NumberIn(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

bool SameText(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const std::optional<double> x = NumberIn(a);
  const std::optional<double> y = NumberIn(b);
  return x && y && std::abs(*x - *y) <= 1e-12 * std::max(std::abs(*x), std::abs(*y));
}

// One object, into a row.
class RowReader {
 public:
  explicit RowReader(std::string_view text) : text_(text) {}

  std::optional<Row> Read() {
    Row row;
    Blank();
    if (!At('{') || !ReadValue("", 0, &row)) return std::nullopt;
    Blank();
    if (at_ != text_.size()) return std::nullopt;
    return row;
  }

 private:
  static constexpr int kDeepest = 100;

  bool At(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool Take(char c) {
    if (!At(c)) return false;
    ++at_;
    return true;
  }
  void Blank() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  bool ReadValue(const std::string& name, int depth, Row* row) {
    if (depth > kDeepest) return false;
    Blank();
    if (At('{')) return ReadObject(name, depth, row);
    if (At('[')) return ReadArray(name, depth, row);
    std::string text;
    if (At('"')) {
      if (!ReadString(&text)) return false;
      row->Add(name, std::move(text));
      return true;
    }
    const size_t begin = at_;
    while (at_ < text_.size() &&
           std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos)
      ++at_;
    text = text_.substr(begin, at_ - begin);
    if (text.empty()) return false;
    const bool word = text == "true" || text == "false" || text == "null";
    if (!word && !NumberIn(text)) return false;
    if (text != "null") row->Add(name, std::move(text));
    return true;
  }

  bool ReadObject(const std::string& name, int depth, Row* row) {
    Take('{');
    Blank();
    if (Take('}')) return true;
    do {
      Blank();
      std::string member;
      if (!ReadString(&member)) return false;
      Blank();
      if (!Take(':')) return false;
      if (!ReadValue(name.empty() ? member : name + "." + member, depth + 1, row)) return false;
      Blank();
    } while (Take(','));
    return Take('}');
  }

  bool ReadArray(const std::string& name, int depth, Row* row) {
    Take('[');
    Blank();
    if (Take(']')) return true;
    do {
      if (!ReadValue(name, depth + 1, row)) return false;
      Blank();
    } while (Take(','));
    return Take(']');
  }

  static void AppendUtf8(unsigned code, std::string* out) {
    const auto add = [out](unsigned byte) {
      *out += static_cast<char>(static_cast<unsigned char>(byte));
    };
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xC0U | code >> 6U);
      add(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
      add(0xE0U | code >> 12U);
      add(0x80U | (code >> 6U & 0x3FU));
      add(0x80U | (code & 0x3FU));
    } else {
      add(0xF0U | code >> 18U);
      add(0x80U | (code >> 12U & 0x3FU));
      add(0x80U | (code >> 6U & 0x3FU));
      add(0x80U | (code & 0x3FU));
    }
  }

  bool ReadHex(unsigned* code) {
    if (at_ + 4 > text_.size()) return false;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, begin + 4, *code, 16);
    at_ += 4;
    return error == std::errc() && end == begin + 4;
  }

  bool ReadEscape(std::string* out) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (c != 'u') {
      const size_t index = kFrom.find(c);
      if (index == std::string_view::npos) return false;
      *out += kTo[index];
      return true;
    }
    unsigned code = 0;
    if (!ReadHex(&code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      unsigned low = 0;
      if (!ReadHex(&low)) return false;
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    AppendUtf8(code, out);
    return true;
  }

  bool ReadString(std::string* out) {
    if (!Take('"')) return false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (c != '\\') {
        *out += c;
      } else if (!ReadEscape(out)) {
        return false;
      }
    }
    return false;
  }

  const std::string_view text_;
  size_t at_ = 0;
};

size_t EqualCells(const Row& a, const Row& b) {
  return static_cast<size_t>(
      std::count_if(a.fields.begin(), a.fields.end(), [&b](const auto& field) {
        const std::vector<std::string>* other = b.Find(field.first);
        return other != nullptr && SameValues(field.second, *other);
      }));
}

std::string Shown(const std::vector<std::string>* values) {
  if (values == nullptr) return "missing";
  std::string out;
  for (const std::string& value : *values) out += (out.empty() ? "" : ", ") + JsonText(value);
  return out;
}

std::string ChangedCells(const Row& wanted, const Row& got) {
  std::string out;
  for (const std::string& name : ChangedFields(wanted, got, &SameValues)) {
    out += fmt::format("{}{} is {}, want {}", out.empty() ? "" : "; ", name, Shown(got.Find(name)),
                       Shown(wanted.Find(name)));
  }
  return out;
}

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}
  std::string Line(char mark, std::string_view text) const {
    const std::string line = fmt::format("{} {}", mark, Printable(text));
    if (!colour_) return line + "\n";
    return fmt::format("\x1b[{}m{}\x1b[0m\n", mark == '-' ? 31 : mark == '+' ? 32 : 33, line);
  }

 private:
  const bool colour_;
};

}  // namespace

const std::vector<std::string>* Row::Find(std::string_view name) const {
  for (const auto& [field, values] : fields) {
    if (Plain(field) == Plain(name)) return &values;
  }
  return nullptr;
}

void Row::Add(std::string name, std::string value) {
  for (auto& [field, values] : fields) {
    if (field == name) return values.push_back(std::move(value));
  }
  fields.emplace_back(std::move(name), std::vector<std::string>{std::move(value)});
}

std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

bool IsJsonNumber(std::string_view text) {
  const auto digits = [&text] {
    const size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

std::string Row::Json() const {
  std::string out = "{";
  for (const auto& [name, values] : fields) {
    if (out.size() > 1) out += ',';
    out += JsonText(name) + ":";
    const auto value = [](const std::string& text) {
      return IsJsonNumber(text) ? text : JsonText(text);
    };
    if (values.size() == 1) {
      out += value(values.front());
      continue;
    }
    out += '[';
    for (size_t i = 0; i < values.size(); ++i) out += (i > 0 ? "," : "") + value(values[i]);
    out += ']';
  }
  return out + "}";
}

std::optional<Row> ParseRow(std::string_view json) { return RowReader(json).Read(); }

bool SameValues(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), &SameText);
}

bool HasFields(const Row& row, const Row& part) {
  return EqualCells(part, row) == part.fields.size();
}

bool SameRow(const Row& a, const Row& b) {
  return a.fields.size() == b.fields.size() && HasFields(a, b);
}

std::string DiffRows(const std::vector<Row>& wanted, const std::vector<Row>& got, bool ordered,
                     bool colour) {
  std::vector<const Row*> missing;
  std::vector<const Row*> extra;
  if (ordered) {
    for (size_t i = 0; i < std::max(wanted.size(), got.size()); ++i) {
      if (i < wanted.size() && i < got.size() && SameRow(wanted[i], got[i])) continue;
      if (i < wanted.size()) missing.push_back(&wanted[i]);
      if (i < got.size()) extra.push_back(&got[i]);
    }
  } else {
    for (const Row& row : got) extra.push_back(&row);
    for (const Row& want : wanted) {
      const auto same = std::find_if(extra.begin(), extra.end(),
                                     [&](const Row* row) { return SameRow(want, *row); });
      same == extra.end() ? missing.push_back(&want) : static_cast<void>(extra.erase(same));
    }
  }
  const Painter painter(colour);
  std::string out;
  for (const auto& [want, row] : PairRows(missing, std::move(extra), &SameValues)) {
    if (want == nullptr) {
      out += painter.Line('+', row->Json());
    } else if (row == nullptr) {
      out += painter.Line('-', want->Json());
    } else {
      out += painter.Line('~', row->Json() + "  " + ChangedCells(*want, *row));
    }
  }
  return out;
}

}  // namespace spelk::cli
