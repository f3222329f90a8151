// Reading calls of saved searches.
#include "knowledge/saved_search.h"

#include <algorithm>

#include "knowledge/conf.h"
#include "value/ascii.h"

namespace spelk::knowledge {
namespace {

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Words with blanks or commas between them; quotes keep what is in them and are dropped.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  std::optional<std::string> Next() {
    while (at_ < text_.size() && IsBetween(text_[at_])) ++at_;
    if (AtEnd()) return std::nullopt;
    std::string word;
    while (!AtEnd() && !IsBetween(text_[at_])) {
      if (text_[at_] == '"') {
        AddQuoted(&word);
      } else {
        word += text_[at_++];
      }
    }
    return word;
  }
  size_t at() const { return at_; }

 private:
  static bool IsBetween(char c) { return c == ',' || kBlanks.find(c) != std::string_view::npos; }
  bool AtEnd() const { return at_ >= text_.size() || text_[at_] == '|' || text_[at_] == ']'; }
  void AddQuoted(std::string* word) {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      *word += text_[at_];
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool IsYes(std::string_view text) { return IsTrue(text); }

// The length of the name of the term that the text begins with, after its `=` or `::`; 0 for
// other texts.
size_t LengthOfTermName(std::string_view text) {
  for (const std::string_view name : {"savedsearch", "savedsplunk"}) {
    if (!text.starts_with(name)) continue;
    const std::string_view rest = text.substr(name.size());
    const size_t begin = rest.find_first_not_of(kBlanks);
    if (rest.starts_with("::")) return name.size() + 2;
    if (begin != std::string_view::npos && rest[begin] == '=') return name.size() + begin + 1;
  }
  return 0;
}

}  // namespace

absl::StatusOr<std::optional<SavedSearchCall>> ParseSavedSearchCommand(std::string_view text) {
  constexpr std::string_view kCommand = "savedsearch";
  if (text.size() <= kCommand.size() ||
      !EqualsIgnoringCase(text.substr(0, kCommand.size()), kCommand) ||
      kBlanks.find(text[kCommand.size()]) == std::string_view::npos) {
    return std::nullopt;
  }
  SavedSearchCall call;
  Words words(text.substr(kCommand.size()));
  while (const std::optional<std::string> word = words.Next()) {
    const size_t equals = word->find('=');
    if (call.name.empty() && equals == std::string::npos) {
      call.name = *word;
    } else if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError("savedsearch takes one name, then field=value");
    } else if (word->substr(0, equals) == "nosubstitution") {
      call.substitutes = !IsYes(word->substr(equals + 1));
    } else {
      call.substitutions.emplace_back(word->substr(0, equals), word->substr(equals + 1));
    }
  }
  if (call.name.empty()) return absl::InvalidArgumentError("savedsearch needs a name");
  call.length = kCommand.size() + words.at();
  return call;
}

size_t FindSavedSearchTerm(std::string_view terms) {
  for (size_t at = terms.find("saveds"); at != std::string_view::npos;
       at = terms.find("saveds", at + 1)) {
    const bool begins = at == 0 || !IsWordCharacter(terms[at - 1]);
    if (begins && LengthOfTermName(terms.substr(at)) > 0) return at;
  }
  return std::string_view::npos;
}

std::optional<SavedSearchCall> ParseSavedSearchTerm(std::string_view text) {
  const size_t length = LengthOfTermName(text);
  if (length == 0) return std::nullopt;
  std::string_view rest = text.substr(length);
  const size_t begin = std::min(rest.find_first_not_of(kBlanks), rest.size());
  rest.remove_prefix(begin);
  SavedSearchCall call;
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  const size_t end = std::min(rest.find_first_of(quoted ? "\"" : " \t\r\n()|[]"), rest.size());
  call.name = rest.substr(0, end);
  call.length = length + begin + end + (quoted ? 1 : 0) + (quoted && end < rest.size() ? 1 : 0);
  return call;
}

std::string AsCommands(std::string_view search) {
  search = TrimBlanks(search);
  if (search.starts_with('|')) return std::string(search.substr(1));
  const bool named = search.starts_with("search") && search.size() > 6 &&
                     kBlanks.find(search[6]) != std::string_view::npos;
  return (named ? "" : "search ") + std::string(search);
}

bool IsTerms(std::string_view search) {
  bool quoted = false;
  for (size_t i = 0; i < search.size(); ++i) {
    if (search[i] == '\\') {
      ++i;
    } else if (search[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && search[i] == '|') {
      return false;
    }
  }
  return true;
}

}  // namespace spelk::knowledge
