// Parsing and applying sed scripts.
#include "value/sed.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "value/ascii.h"
#include "value/case_fold.h"

namespace spelk {
namespace {

bool IsSeparator(char c) {
  return !IsBlank(c) && c != '\\' && static_cast<unsigned char>(c) < 0x80U;
}

// Takes what stands before the next separator that has no backslash before it; backslashes stay.
std::optional<std::string_view> TakePart(std::string_view& rest, char separator) {
  for (size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\\') {
      ++i;
      continue;
    }
    if (rest[i] != separator) continue;
    const std::string_view part = rest.substr(0, i);
    rest.remove_prefix(i + 1);
    return part;
  }
  return std::nullopt;
}

// What a backslash and a character mean outside the regular expression.
char Unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    default:
      return c;
  }
}

std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      ++at;
      if (static_cast<unsigned char>(text[at]) < 0x80U) {
        points += static_cast<char32_t>(Unescaped(text[at++]));
        continue;
      }
    }
    points += NextCodePoint(text, &at);
  }
  return points;
}

}  // namespace

absl::Status SedScript::SetCharacters(std::string_view from, std::string_view to,
                                      Command* command) {
  const std::u32string old_points = CodePoints(from);
  const std::u32string new_points = CodePoints(to);
  if (old_points.size() != new_points.size()) {
    return absl::InvalidArgumentError("the two lists of y differ in length");
  }
  for (size_t i = 0; i < old_points.size(); ++i) {
    command->characters.emplace_back(old_points[i], new_points[i]);
  }
  return absl::OkStatus();
}

absl::Status SedScript::SetReplacement(std::string_view from, std::string_view to,
                                       Command* command) {
  SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(from));
  Piece piece;
  for (size_t i = 0; i < to.size(); ++i) {
    if (to[i] != '\\' || i + 1 == to.size()) {
      piece.text += to[i];
      continue;
    }
    const char next = to[++i];
    if (!IsDigit(next)) {
      piece.text += Unescaped(next);
      continue;
    }
    piece.group = next - '0';
    if (static_cast<size_t>(piece.group) > regex.capture_count()) {
      return absl::InvalidArgumentError(
          fmt::format("the back reference \\{} has no group", piece.group));
    }
    command->replacement.push_back(std::move(piece));
    piece = Piece();
  }
  command->replacement.push_back(std::move(piece));
  command->regex = std::make_unique<Regex>(std::move(regex));
  return absl::OkStatus();
}

absl::Status SedScript::TakeFlags(std::string_view& text, Command* command) {
  uint64_t number = 0;
  for (; !text.empty() && !IsBlank(text.front()) && text.front() != ';'; text.remove_prefix(1)) {
    const char flag = text.front();
    if (command->regex != nullptr && flag == 'g') {
      command->all = true;
    } else if (command->regex != nullptr && IsDigit(flag) && (number > 0 || flag != '0')) {
      number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(flag - '0'), 1'000'000'000);
    } else {
      return absl::InvalidArgumentError(
          fmt::format("unknown flag \"{}\": s takes g or a number, y takes none", flag));
    }
  }
  command->first = std::max<uint64_t>(number, 1);
  return absl::OkStatus();
}

absl::StatusOr<SedScript> SedScript::Parse(std::string_view text) {
  SedScript script;
  const auto skip_blanks = [&text] {
    while (!text.empty() && (IsBlank(text.front()) || text.front() == ';')) text.remove_prefix(1);
  };
  for (skip_blanks(); !text.empty(); skip_blanks()) {
    const char kind = text.front();
    if (text.size() < 2 || (kind != 's' && kind != 'y') || !IsSeparator(text[1])) {
      return absl::InvalidArgumentError(fmt::format(
          "a sed expression begins with s/ or y/, not with \"{}\"", text.substr(0, 10)));
    }
    const char separator = text[1];
    text.remove_prefix(2);
    const std::optional<std::string_view> from = TakePart(text, separator);
    const std::optional<std::string_view> to =
        from ? TakePart(text, separator) : std::optional<std::string_view>();
    if (!to) return absl::InvalidArgumentError(fmt::format("unterminated {} command", kind));
    Command command;
    SPELK_RETURN_IF_ERROR(kind == 'y' ? SetCharacters(*from, *to, &command)
                                      : SetReplacement(*from, *to, &command));
    SPELK_RETURN_IF_ERROR(TakeFlags(text, &command));
    script.commands_.push_back(std::move(command));
  }
  if (script.commands_.empty()) return absl::InvalidArgumentError("the sed expression is empty");
  return script;
}

SedRunner::SedRunner(const SedScript& script, MemoryBudget* budget)
    : script_(script), reservation_(budget) {
  for (const SedScript::Command& command : script.commands_) {
    matchers_.push_back(command.regex == nullptr ? nullptr
                                                 : std::make_unique<RegexMatcher>(*command.regex));
  }
}

absl::Status SedRunner::Append(std::string_view text, std::string& out) {
  // Both texts of a step, and both halves while one grows.
  const size_t bytes = 4 * (out.size() + text.size());
  if (bytes > reservation_.bytes() && !reservation_.Resize(bytes + (64U << 10U))) {
    return reservation_.budget()->Exhausted("rex mode=sed", bytes);
  }
  out += text;
  return absl::OkStatus();
}

absl::StatusOr<bool> SedRunner::Substitute(const SedScript::Command& command, RegexMatcher& matcher,
                                           std::string_view text, std::string& out,
                                           uint64_t* limits) {
  uint64_t count = 0;
  size_t copied = 0;
  bool replaced = false;
  for (size_t start = 0; start <= text.size();) {
    const MatchResult result = matcher.Match(text, start);
    if (result == MatchResult::kLimit) ++*limits;
    if (result != MatchResult::kYes) break;
    ++count;
    if (count >= command.first) {
      SPELK_RETURN_IF_ERROR(Append(text.substr(copied, matcher.begin(0) - copied), out));
      for (const SedScript::Piece& piece : command.replacement) {
        SPELK_RETURN_IF_ERROR(Append(piece.text, out));
        if (piece.group < 0) continue;
        const auto group = matcher.Group(text, static_cast<size_t>(piece.group));
        if (group) SPELK_RETURN_IF_ERROR(Append(*group, out));
      }
      copied = matcher.end(0);
      replaced = true;
      if (!command.all) break;
    }
    start = matcher.NextStart(text);
  }
  SPELK_RETURN_IF_ERROR(Append(text.substr(copied), out));
  return replaced;
}

absl::StatusOr<bool> SedRunner::Translate(const SedScript::Command& command, std::string_view text,
                                          std::string& out) {
  bool changed = false;
  size_t at = 0;
  while (at < text.size()) {
    const size_t begin = at;
    const char32_t point = NextCodePoint(text, &at);
    const auto found = std::find_if(command.characters.begin(), command.characters.end(),
                                    [point](const auto& pair) { return pair.first == point; });
    if (found == command.characters.end()) {
      SPELK_RETURN_IF_ERROR(Append(text.substr(begin, at - begin), out));
      continue;
    }
    std::string made;
    AppendCodePoint(found->second, made);
    SPELK_RETURN_IF_ERROR(Append(made, out));
    changed = true;
  }
  return changed;
}

absl::StatusOr<bool> SedRunner::Apply(std::string_view text, std::string& out, uint64_t* limits) {
  bool changed = false;
  std::string_view from = text;
  for (size_t i = 0; i < matchers_.size(); ++i) {
    const SedScript::Command& command = script_.commands_[i];
    out.clear();
    SPELK_ASSIGN_OR_RETURN(const bool one,
                           matchers_[i] == nullptr
                               ? Translate(command, from, out)
                               : Substitute(command, *matchers_[i], from, out, limits));
    changed = changed || one;
    scratch_.swap(out);
    from = scratch_;
  }
  out.swap(scratch_);
  return changed;
}

}  // namespace spelk
