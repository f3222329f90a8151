// From the name of a stanza to a regular expression.
#include "knowledge/stanza_pattern.h"

#include "knowledge/conf.h"

namespace spelk::knowledge {
namespace {

// Splunk's admins know that this makes a pattern of a sourcetype's stanza.
constexpr std::string_view kPatternMark = "(?::){0}";

bool HasPattern(std::string_view text) {
  return text.find_first_of("*|(?[+") != std::string_view::npos ||
         text.find("...") != std::string_view::npos;
}

std::string Quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\^$.[|()?*+{}-/#").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string Translated(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (text.substr(i).starts_with("...")) {
      out += ".*";
      i += 2;
    } else if (c == '.') {
      out += "\\.";
    } else if (c == '*') {
      out += R"([^/\\]*)";
    } else if (c == '\\' && i + 1 < text.size()) {
      out += c;
      out += text[++i];
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

StanzaPattern ParseStanzaName(std::string_view name) {
  StanzaPattern pattern;
  if (name == Conf::kDefault) return pattern;
  constexpr std::string_view kSource = "source::";
  constexpr std::string_view kHost = "host::";
  pattern.rank = 1;
  pattern.where.name = name;
  pattern.where.stanza = plan::StanzaKind::kSourcetype;
  if (name.starts_with(kSource)) {
    pattern.rank = 3;
    pattern.where.stanza = plan::StanzaKind::kSource;
    name.remove_prefix(kSource.size());
  } else if (name.starts_with(kHost)) {
    pattern.rank = 2;
    pattern.where.stanza = plan::StanzaKind::kHost;
    name.remove_prefix(kHost.size());
  }
  const size_t mark = name.find(kPatternMark);
  const bool marked = pattern.rank == 1 && mark != std::string_view::npos;
  std::string text(name);
  if (marked) text.erase(mark, kPatternMark.size());
  pattern.literal = !marked && (pattern.rank == 1 || !HasPattern(name));
  pattern.where.pattern = pattern.rank == 2 ? "(?is)^(?:" : "(?s)^(?:";
  pattern.where.pattern += pattern.literal ? Quoted(text) : Translated(text);
  pattern.where.pattern += ")\\z";
  if (pattern.literal && pattern.rank != 2) pattern.where.exact = text;
  return pattern;
}

}  // namespace spelk::knowledge
