// Searches in YAML: the values of `search` and `query`. One that does not stay on one line becomes
// a block.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "base/status.h"
#include "engine/format.h"
#include "engine/impl.h"
#include "knowledge/conf.h"
#include "knowledge/yaml.h"
#include "value/ascii.h"

namespace spelk::engine {
namespace {

using knowledge::YamlNode;
using knowledge::YamlNodePtr;
using Style = YamlNode::Style;

bool IsSearch(std::string_view key) { return key == "search" || key == "query"; }

// Those of the documents, and of the cases of a test file.
std::vector<YamlNodePtr> SearchesIn(const std::vector<YamlNodePtr>& documents) {
  std::vector<YamlNodePtr> found;
  const auto add = [&found](const YamlNode& map) {
    for (const auto& [key, node] : map.members) {
      const bool text = node->kind == YamlNode::Kind::kText;
      if (IsSearch(key) && text && !TrimBlanks(node->text).empty()) found.push_back(node);
    }
  };
  for (const YamlNodePtr& document : documents) {
    add(*document);
    for (const char* list : {"tests", "cases"}) {
      const YamlNode* items = document->Find(list);
      if (items == nullptr) continue;
      for (const YamlNodePtr& item : items->items) add(*item);
    }
  }
  // What aliases name stands in one place.
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a->begin < b->begin; });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

// Documents that are alike but for what `same` says of the texts of their searches.
class DocumentComparison {
 public:
  using Same = std::function<bool(const YamlNode& a, const YamlNode& b)>;
  explicit DocumentComparison(Same same) : same_(std::move(same)) {}

  bool Equal(const std::vector<YamlNodePtr>& a, const std::vector<YamlNodePtr>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [this](const auto& x, const auto& y) { return Equal(*x, *y); });
  }

 private:
  bool Equal(const YamlNode& a, const YamlNode& b) {
    if (a.kind != b.kind || a.items.size() != b.items.size()) return false;
    if (a.kind == YamlNode::Kind::kText) return a.text == b.text || same_(a, b);
    if (!seen_.insert({&a, &b}).second) return true;
    if (!Equal(a.items, b.items)) return false;
    return std::equal(a.members.begin(), a.members.end(), b.members.begin(), b.members.end(),
                      [this](const auto& x, const auto& y) {
                        return x.first == y.first && Equal(*x.second, *y.second);
                      });
  }

  const Same same_;
  std::set<std::pair<const YamlNode*, const YamlNode*>> seen_;  // Aliases make many ways to one.
};

// Of the line that holds `at`: where the next one begins.
size_t NextLine(std::string_view text, size_t at) {
  const size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}
std::string_view LineAt(std::string_view text, size_t begin) {
  std::string_view line = text.substr(begin, NextLine(text, begin) - begin);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}
size_t BlanksBefore(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}
bool IsBlankLine(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

// A text as the lines of a block, without the last line end.
std::string BlockOf(std::string_view text, size_t indent, std::string_view line_end) {
  std::string block;
  while (true) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) block.append(indent, ' ').append(line);
    if (end == std::string_view::npos) return block;
    block += line_end;
    text.remove_prefix(end + 1);
  }
}

std::string SingleQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}
std::string DoubleQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

class Editor {
 public:
  Editor(std::string_view text, std::string_view line_end) : text_(text), line_end_(line_end) {}

  // What takes the place of a scalar; an error says why nothing can.
  Result<std::vector<Change>> ChangesOf(const YamlNode& node, const std::string& formatted) const {
    if (text_[node.begin] == '&' || text_[node.begin] == '!') {
      return Error(ErrorKind::kUnsupported, "a search with an anchor or a tag stays as it is");
    }
    if (node.style == Style::kLiteral || node.style == Style::kFolded) {
      return ChangesOfBlock(node, formatted);
    }
    if (formatted.find('\n') == std::string::npos) {
      return std::vector<Change>{{node.begin, node.end, Inline(node, formatted)}};
    }
    const size_t next = NextLine(text_, node.end);
    const std::string_view rest = TrimBlanks(text_.substr(node.end, next - node.end));
    if (!rest.empty() && rest.front() != '#') {
      return Error(ErrorKind::kUnsupported,
                   "this search stands in braces or brackets, so it stays as it is");
    }
    const std::string block = BlockOf(formatted, IndentOf(node), line_end_);
    const bool ends = next > 0 && text_[next - 1] == '\n' && next > node.end;
    std::vector<Change> changes = {{node.begin, node.end, "|-"}};
    changes.push_back(
        {next, next, ends ? block + std::string(line_end_) : std::string(line_end_) + block});
    return changes;
  }

  // How far the lines of a block are indented.
  size_t BlockIndent(const YamlNode& node) const {
    size_t at = NextLine(text_, node.begin);
    while (at < text_.size() && IsBlankLine(LineAt(text_, at))) at = NextLine(text_, at);
    const size_t own = node.text.find_first_not_of('\n');
    const size_t within =
        own == std::string::npos ? 0 : BlanksBefore(std::string_view(node.text).substr(own));
    const size_t indent = BlanksBefore(LineAt(text_, at));
    return indent >= within ? indent - within : 0;
  }

 private:
  static std::string Inline(const YamlNode& node, const std::string& formatted) {
    if (node.style == Style::kSingleQuoted) return SingleQuoted(formatted);
    return node.style == Style::kDoubleQuoted ? DoubleQuoted(formatted) : formatted;
  }

  // That of its further lines, if it has some, or two columns more than its key.
  size_t IndentOf(const YamlNode& node) const {
    const size_t second = NextLine(text_, node.begin);
    if (second < node.end) {
      const std::string_view line = LineAt(text_, second);
      if (!IsBlankLine(line) && BlanksBefore(line) > node.key_column) return BlanksBefore(line);
    }
    return node.key_column + 2;
  }

  Result<std::vector<Change>> ChangesOfBlock(const YamlNode& node,
                                             const std::string& formatted) const {
    const size_t indent = BlockIndent(node);
    const size_t first = NextLine(text_, node.begin);
    size_t last = first;  // Behind the last line that is not blank.
    for (size_t at = first; at < text_.size(); at = NextLine(text_, at)) {
      const std::string_view line = LineAt(text_, at);
      if (IsBlankLine(line)) continue;
      if (BlanksBefore(line) < indent) break;
      last = at + line.size();
    }
    std::vector<Change> changes;
    if (node.style == Style::kFolded) changes.push_back({node.begin, node.begin + 1, "|"});
    changes.push_back({first, last, BlockOf(formatted, indent, line_end_)});
    return changes;
  }

  const std::string_view text_;
  const std::string_view line_end_;
};

}  // namespace

absl::StatusOr<Edits> EditsOfYaml(const Core& core, std::string_view text, const std::string& file,
                                  const FormatOptions& options) {
  SPELK_ASSIGN_OR_RETURN(const std::vector<YamlNodePtr> documents, knowledge::ReadYaml(text, file));
  const std::string_view first = text.substr(0, text.find('\n'));
  const std::string_view line_end = first.ends_with('\r') ? "\r\n" : "\n";
  const Editor editor(text, line_end);
  const std::vector<YamlNodePtr> searches = SearchesIn(documents);
  Edits edits;
  edits.searches = searches.size();
  std::vector<Proposal> proposals;
  const auto same = [&](const YamlNode& a, const YamlNode& b) {
    return SameSearch(Source(file, a.text), Source(file, b.text), core.entries(), core.limits());
  };
  for (const YamlNodePtr& node : searches) {
    const auto keep = [&](const Error& error) { edits.problems.push_back({node->line, error}); };
    const Result<Formatting> formatted = FormatText(core, node->text, file, options);
    if (!formatted.ok()) {
      const bool literal = node->style == Style::kLiteral;
      keep(
          InFile(formatted.error(), file, node->line - 1, literal ? editor.BlockIndent(*node) : 0));
      continue;
    }
    if (formatted->text == TrimBlanks(node->text)) continue;
    Result<std::vector<Change>> changes = editor.ChangesOf(*node, formatted->text);
    if (!changes.ok()) {
      keep(changes.error());
      continue;
    }
    proposals.push_back({node->line, *std::move(changes)});
  }
  const std::set<const YamlNode*> searched = [&] {
    std::set<const YamlNode*> nodes;
    for (const YamlNodePtr& node : searches) nodes.insert(node.get());
    return nodes;
  }();
  const auto proven = [&](const std::string& changed) {
    const absl::StatusOr<std::vector<YamlNodePtr>> after = knowledge::ReadYaml(changed, file);
    return after.ok() && DocumentComparison([&](const YamlNode& a, const YamlNode& b) {
                           return searched.count(&a) > 0 && same(a, b);
                         }).Equal(documents, *after);
  };
  TakeProven(text, proposals, proven, &edits);
  return edits;
}

}  // namespace spelk::engine
