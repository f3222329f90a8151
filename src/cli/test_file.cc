// Reading .test files.
#include "cli/test_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace spelk::cli {
namespace {

bool IsComment(std::string_view line) { return line.starts_with('#'); }
bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string> WithoutComments(const std::vector<std::string>& lines) {
  std::vector<std::string> kept;
  for (const std::string& line : lines) {
    if (!IsComment(line) && !IsBlank(line)) kept.push_back(line);
  }
  return kept;
}

std::vector<std::string> WithoutBlankEnd(std::vector<std::string> lines) {
  while (!lines.empty() && IsBlank(lines.back())) lines.pop_back();
  return lines;
}

// Behind the comments that a section begins with, and without the blank lines at its end.
std::vector<std::string> Body(const std::vector<std::string>& lines) {
  size_t begin = 0;
  while (begin < lines.size() && (IsComment(lines[begin]) || IsBlank(lines[begin]))) ++begin;
  return WithoutBlankEnd({lines.begin() + static_cast<ptrdiff_t>(begin), lines.end()});
}

class Parser {
 public:
  explicit Parser(TestFile* file) : file_(*file) {}

  void Parse() {
    std::optional<Section> section;
    bool top = true;
    for (size_t i = 0; i < file_.lines.size(); ++i) {
      const std::string_view line = file_.lines[i];
      const bool begins_top = line.starts_with("=== ");
      if (!begins_top && !line.starts_with("--- ")) {
        if (section) {
          section->lines.emplace_back(line);
          if (!IsBlank(line)) section->end = i + 1;
        } else if (!IsComment(line) && !IsBlank(line)) {
          Problem(i + 1, "text before the first section, which begins with \"=== \"");
        }
        continue;
      }
      if (section) Take(std::move(*section), top);
      top = begins_top;
      section = Begin(line.substr(4), i);
    }
    if (section) Take(std::move(*section), top);
    FinishCase();
  }

 private:
  static Section Begin(std::string_view rest, size_t index) {
    Section section;
    rest = Trim(rest);
    const size_t blank = std::min(rest.find(' '), rest.size());
    section.kind = rest.substr(0, blank);
    section.argument = Trim(rest.substr(blank));
    section.line = index + 1;
    section.begin = section.end = index + 1;
    return section;
  }

  void Problem(size_t line, std::string message) {
    file_.problems.push_back({line, std::move(message)});
  }

  void Take(Section section, bool top) {
    if (top) {
      FinishCase();
      TakeTop(section);
    } else if (case_) {
      TakeCheck(std::move(section));
    } else {
      Problem(section.line, "--- belongs to a case");
    }
  }

  void TakeTop(const Section& section) {
    if (section.kind == "events") {
      events_ = Events(section);
    } else if (section.kind == "file") {
      files_[section.argument] = JoinLines(WithoutBlankEnd(section.lines));
    } else if (section.kind == "args") {
      args_ = SplitWords(section.argument);
    } else if (section.kind == "app") {
      apps_.insert(apps_.end(), {"--app", Beside(section.argument)});
    } else if (section.kind == "search") {
      search_ = ReadBeside(section);
    } else if (section.kind == "case") {
      BeginCase(section);
    } else {
      Problem(section.line,
              fmt::format("=== {} is none of events, file, app, search, args, case", section.kind));
    }
  }

  std::string Beside(const std::string& name) const {
    return (std::filesystem::path(file_.path).parent_path() / name).string();
  }

  std::string ReadBeside(Section section) {
    if (section.argument.starts_with("from ")) section.argument.erase(0, 5);
    file_.reads.push_back(Beside(section.argument));
    std::ifstream in(file_.reads.back(), std::ios::binary);
    std::stringstream text;
    if (!in || !(text << in.rdbuf())) {
      Problem(section.line, fmt::format("{} cannot be read, or is empty", section.argument));
    }
    return text.str();
  }

  std::optional<std::string> Events(const Section& section) {
    raw_events_ = section.argument == "raw" || section.argument.starts_with("from ");
    if (section.argument == "none") return std::nullopt;
    if (section.argument.starts_with("from ")) return ReadBeside(section);
    if (section.argument == "raw") return JoinLines(section.lines);
    if (!section.argument.empty())
      Problem(section.line, "events takes raw, none, from FILE or nothing");
    return JoinLines(WithoutComments(section.lines));
  }

  void BeginCase(const Section& section) {
    Case next;
    next.line = section.line;
    next.name = section.argument;
    if (const size_t at = next.name.find("(known gap:"); at != std::string::npos) {
      next.known_gap = next.name.substr(at);
      next.name = Trim(std::string_view(next.name).substr(0, at));
    }
    if (next.name.empty()) Problem(section.line, "a case needs a name");
    if (!names_.insert(next.name).second) {
      Problem(section.line, fmt::format("there are two cases {}", next.name));
    }
    next.query = JoinLines(Body(section.lines));
    if (!next.query.empty()) next.query.pop_back();
    if (next.query.empty()) next.query = search_;
    next.events = events_;
    next.raw_events = raw_events_;
    next.files = files_;
    next.args = apps_;
    next.args.insert(next.args.end(), args_.begin(), args_.end());
    case_ = std::move(next);
  }

  void TakeCheck(Section section) {
    if (section.kind == "events") {
      const bool raw_above = raw_events_;
      case_->events = Events(section);
      case_->raw_events = std::exchange(raw_events_, raw_above);
    } else if (section.kind == "file") {
      case_->files[section.argument] = JoinLines(WithoutBlankEnd(section.lines));
    } else if (section.kind == "args") {
      for (std::string& word : SplitWords(section.argument)) case_->args.push_back(std::move(word));
    } else if (section.kind == "before") {
      std::string query = JoinLines(Body(section.lines));
      if (!query.empty()) query.pop_back();
      case_->before.push_back(std::move(query));
    } else if (section.kind == "input") {
      case_->input_as_is = true;
      if (section.argument != "one") Problem(section.line, "input takes one");
    } else if (section.kind == "limit") {
      case_->may_reach_limit = true;
    } else {
      AddCheck(std::move(section));
    }
  }

  void AddCheck(Section section) {
    static const std::set<std::string> kText = {"error", "warning", "rows", "why"};
    static const std::set<std::string> kVerbatim = {
        "message", "tokens", "ast", "plan", "optimized", "pipeline", "columns", "no", "spills"};
    if (kText.contains(section.kind)) {
      section.lines = WithoutComments(section.lines);
    } else if (!kVerbatim.contains(section.kind)) {
      Problem(section.line, fmt::format("--- {} is nothing that a case has", section.kind));
      return;
    }
    if (section.kind == "no" && section.argument != "warnings") {
      Problem(section.line, "no takes warnings; --- rows with none below it asks for no rows");
    }
    if (section.kind == "rows" && section.argument != "ordered" && !section.argument.empty()) {
      Problem(section.line, "rows takes ordered or nothing");
    }
    case_->checks.push_back(std::move(section));
  }

  void FinishCase() {
    if (!case_) return;
    if (case_->checks.empty())
      Problem(case_->line, fmt::format("case {} checks nothing", case_->name));
    file_.cases.push_back(std::move(*case_));
    case_.reset();
  }

  TestFile& file_;
  std::set<std::string> names_;
  std::optional<std::string> events_;
  bool raw_events_ = false;
  std::map<std::string, std::string> files_;
  std::vector<std::string> apps_;
  std::vector<std::string> args_;
  std::string search_;
  std::optional<Case> case_;
};

}  // namespace

TestFile ParseTestFile(std::string path, std::string_view text) {
  TestFile file;
  file.path = std::move(path);
  file.lines = SplitLines(text);
  Parser(&file).Parse();
  if (file.cases.empty()) file.problems.push_back({1, "no case"});
  return file;
}

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool inside = false;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      inside = true;
    } else if (c != ' ' && c != '\t') {
      word += c;
      inside = true;
    } else if (inside) {
      words.push_back(std::exchange(word, {}));
      inside = false;
    }
  }
  if (inside) words.push_back(std::move(word));
  return words;
}

std::string JoinLines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace spelk::cli
