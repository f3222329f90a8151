// Names and values in reports: which names are alike, how long values are cut.
#include <algorithm>
#include <map>

#include "engine/why/findings.h"
#include "io/terminal_text.h"
#include "value/ascii.h"
#include "value/utf8.h"

namespace spelk::engine {
namespace {

// Letters and digits of a name's last part, in lower case: Event.EventData.Process_Name is
// "processname".
std::string Essence(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot != std::string_view::npos && dot + 1 < name.size()) name.remove_prefix(dot + 1);
  std::string essence;
  for (const char c : name) {
    const char lower = LowerAscii(c);
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain || static_cast<unsigned char>(c) >= 0x80) essence += lower;
  }
  return essence;
}

// The words that different feeds have for one thing, as essences; each row is one thing.
constexpr std::string_view kSynonyms[][8] = {
    {"image", "processname", "newprocessname", "processpath", "process", "exe"},
    {"parentimage", "parentprocessname", "parentprocess", "parentprocesspath"},
    {"commandline", "processcommandline", "process", "cmdline"},
    {"parentcommandline", "parentprocess"},
    {"eventid", "eventcode", "signatureid"},
    {"computername", "computer", "host", "hostname", "dest"},
    {"user", "username", "targetusername", "subjectusername", "accountname"},
    {"srcip", "sourceip", "ipaddress", "src", "sourceaddress", "clientaddress"},
    {"destip", "destinationip", "dest", "destaddress", "destinationaddress"},
    {"destport", "destinationport"},
    {"srcport", "sourceport", "ipport"},
    {"targetfilename", "filename", "filepath", "objectname"},
    {"targetobject", "registrypath", "objectname", "registrykeyname"},
    {"scriptblocktext", "message", "payload"}};

bool AreSynonyms(std::string_view a, std::string_view b) {
  return std::any_of(std::begin(kSynonyms), std::end(kSynonyms), [&](const auto& row) {
    return std::find(std::begin(row), std::end(row), a) != std::end(row) &&
           std::find(std::begin(row), std::end(row), b) != std::end(row);
  });
}

// cnt for count, usr for user: its letters in their order, the first and the last among them.
bool Abbreviates(std::string_view a, std::string_view b) {
  if (a.size() < 3 || a.size() >= b.size() || b.size() > 2 * a.size()) return false;
  if (a.front() != b.front() || a.back() != b.back()) return false;
  size_t at = 0;
  for (const char c : b) at += at < a.size() && a[at] == c ? 1U : 0U;
  return at == a.size();
}

// How alike two names are; 0 is most, 9 not at all.
int Unlikeness(std::string_view name, std::string_view other) {
  constexpr size_t kShortest = 4;  // Shorter names lie in many.
  if (EqualsIgnoringCase(name, other)) return 0;
  const std::string a = Essence(name);
  const std::string b = Essence(other);
  if (a.empty() || b.empty()) return 9;
  if (a == b) return 1;
  if (AreSynonyms(a, b) || Abbreviates(a, b) || Abbreviates(b, a)) return 3;
  const size_t length = std::min(a.size(), b.size());
  const size_t distance = EditDistance(a, b, 2);
  if (distance <= (length < 6 ? 1 : 2) && length >= kShortest) return 2;
  if (length < kShortest) return 9;
  if (a.ends_with(b) || b.ends_with(a)) return 4;
  if (a.starts_with(b) || b.starts_with(a)) return 5;
  return 9;
}

}  // namespace

std::vector<std::string> SimilarNames(std::string_view name,
                                      const std::vector<std::string_view>& names) {
  constexpr size_t kMost = 3;
  std::vector<std::pair<int, std::string_view>> similar;
  for (const std::string_view other : names) {
    const int unlikeness = Unlikeness(name, other);
    if (unlikeness < 9 && other != name) similar.emplace_back(unlikeness, other);
  }
  std::stable_sort(similar.begin(), similar.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> shown;
  for (const auto& [unlikeness, other] : similar) {
    // What is only a part of it is no more news where something is the same but for its case.
    if (shown.size() == kMost || unlikeness > similar.front().first + 2) break;
    shown.emplace_back(other);
  }
  return shown;
}

std::string Shown(const plan::Expr& expr) {
  constexpr std::pair<Field, std::string_view> kNames[] = {{hidden::kSourcetypes, "sourcetype"},
                                                           {hidden::kSources, "source"},
                                                           {hidden::kIndex, "index"}};
  const std::string printed = plan::Print(expr);
  std::string shown;
  bool quoted = false;
  for (size_t at = 0; at < printed.size();) {
    const char c = printed[at];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\' && at + 1 < printed.size()) shown += printed[at++];
    const std::string_view rest = std::string_view(printed).substr(at);
    const auto* name = std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& each) {
      return !quoted && rest.starts_with(each.first.name());
    });
    if (name == std::end(kNames)) {
      shown += printed[at++];
    } else {
      shown += name->second;
      at += name->first.name().size();
    }
  }
  return shown;
}

std::string ShownValue(std::string_view value, size_t longest) {
  std::string shown = io::Printable(value);
  if (shown.size() <= longest) return shown;
  // The end tells most of a path.
  const bool path = value.size() > 3 && (value.substr(1, 2) == ":\\" || value.front() == '/');
  if (path) {
    size_t begin = shown.size() - longest;
    while (begin < shown.size() && (static_cast<unsigned char>(shown[begin]) & 0xC0U) == 0x80)
      ++begin;
    return "…" + shown.substr(begin);
  }
  size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xC0U) == 0x80) --end;
  return shown.substr(0, end) + "…";
}

}  // namespace spelk::engine
