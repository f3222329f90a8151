// Reading lines, continuations, stanzas and settings.
#include "knowledge/conf.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "value/ascii.h"
#include "value/utf8.h"

namespace spelk::knowledge {
namespace {

bool ValidUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

// Goes through a text line by line.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> Next() {
    if (rest_.empty()) return std::nullopt;
    const size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  // Of the line given last, from 1.
  uint32_t number() const { return number_; }

 private:
  std::string_view rest_;
  uint32_t number_ = 0;
};

// A line together with those that a backslash at its end takes along. Line ends stay, as they part
// words.
absl::StatusOr<std::string> Continued(std::string_view first, Lines* lines) {
  std::string text(first);
  while (text.ends_with('\\')) {
    text.pop_back();
    const std::optional<std::string_view> next = lines->Next();
    if (!next) break;
    text += '\n';
    text += *next;
    if (text.size() > Conf::kMostLine) break;
  }
  if (text.size() > Conf::kMostLine) {
    return absl::ResourceExhaustedError(
        fmt::format("a setting is longer than {} bytes", Conf::kMostLine));
  }
  return text;
}

}  // namespace

bool IsTrue(std::string_view text) {
  constexpr std::string_view kWords[] = {"true", "t", "1", "yes", "y", "on"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [text](std::string_view word) { return EqualsIgnoringCase(text, word); });
}

const Setting* Stanza::Find(std::string_view key) const {
  const auto found = by_key.find(key);
  return found == by_key.end() ? nullptr : &settings[found->second];
}

std::string_view Stanza::Text(std::string_view key) const {
  const Setting* setting = Find(key);
  return setting == nullptr ? std::string_view() : setting->value;
}

const Stanza* Conf::Find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &stanzas_[found->second];
}

Stanza& Conf::FindOrAdd(std::string_view name) {
  const auto [place, is_new] = by_name_.try_emplace(std::string(name), stanzas_.size());
  if (is_new) stanzas_.emplace_back().name = name;
  return stanzas_[place->second];
}

std::string Conf::PlaceOf(const Setting& setting) const {
  return fmt::format("{}:{}", files_[setting.file], setting.line);
}

void Conf::Put(Setting setting, Stanza* stanza) {
  const auto [place, is_new] = stanza->by_key.try_emplace(setting.key, stanza->settings.size());
  if (is_new) {
    stanza->settings.push_back(std::move(setting));
  } else {
    stanza->settings[place->second] = std::move(setting);
  }
}

void Conf::AddStanza(std::string_view name,
                     const std::vector<std::pair<std::string, std::string>>& settings,
                     std::string file, uint32_t line) {
  const auto index = static_cast<uint32_t>(files_.size());
  files_.push_back(std::move(file));
  Stanza& to = FindOrAdd(name);
  for (const auto& [key, value] : settings) {
    Put({key, std::string(TrimBlanks(value)), index, line}, &to);
  }
}

absl::Status Conf::Add(std::string_view text, std::string file,
                       std::vector<std::string>* problems) {
  if (text.size() > kMostBytes) {
    return absl::ResourceExhaustedError(
        fmt::format("{} is longer than {} bytes", file, kMostBytes));
  }
  // One sign of another encoding, likely in a comment, does not take the whole file away.
  const bool all_utf8 = ValidUtf8(text);
  if ((!all_utf8 && problems == nullptr) || text.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError(fmt::format("{} is not UTF-8 text", file));
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto index = static_cast<uint32_t>(files_.size());
  files_.push_back(std::move(file));
  const auto fail = [&](uint32_t line, std::string_view what) {
    std::string message = fmt::format("{}:{}: {}", files_.back(), line, what);
    if (problems == nullptr) return absl::InvalidArgumentError(message);
    problems->push_back(std::move(message));
    return absl::OkStatus();
  };
  bool skips = false;  // What stands after a name that could not be read.
  Lines lines(text);
  std::string stanza(kDefault);
  while (const std::optional<std::string_view> line = lines.Next()) {
    const std::string_view trimmed = TrimBlanks(*line);
    if (trimmed.empty() || trimmed.front() == '#') continue;
    const uint32_t number = lines.number();
    if (!all_utf8 && trimmed.front() == '[' && !ValidUtf8(trimmed)) {
      skips = true;
      SPELK_RETURN_IF_ERROR(fail(number, "the stanza's name is not UTF-8"));
      continue;
    }
    if (trimmed.front() == '[') {
      const bool closed = trimmed.back() == ']';
      stanza = TrimBlanks(trimmed.substr(1, trimmed.size() - (closed ? 2 : 1)));
      skips = !closed || stanza.empty();
      if (skips) {
        SPELK_RETURN_IF_ERROR(fail(number, closed ? "the stanza has no name"
                                                  : "the stanza's name has no \"]\" behind it"));
      } else {
        FindOrAdd(stanza);
      }
      continue;
    }
    absl::StatusOr<std::string> whole = Continued(*line, &lines);
    if (!whole.ok()) {
      SPELK_RETURN_IF_ERROR(fail(number, MessageOf(whole.status())));
      continue;
    }
    if (skips) continue;
    if (!all_utf8 && !ValidUtf8(*whole)) {
      SPELK_RETURN_IF_ERROR(fail(number, "the line is not UTF-8"));
      continue;
    }
    const size_t equals = whole->find('=');
    const std::string_view key = TrimBlanks(std::string_view(*whole).substr(0, equals));
    if (equals == std::string::npos || key.empty()) {
      SPELK_RETURN_IF_ERROR(fail(number, "expected [stanza] or key = value"));
      continue;
    }
    Setting setting{std::string(key), std::string(TrimBlanks(whole->substr(equals + 1))), index,
                    number};
    Put(std::move(setting), &FindOrAdd(stanza));
  }
  return absl::OkStatus();
}

}  // namespace spelk::knowledge
