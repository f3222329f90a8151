// Mutants out of the tree, run like any other test.
#include "cli/mutants.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>

#include "cli/coverage_report.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

constexpr size_t kMostMutants = 500;  // Of one search.

class Maker {
 public:
  explicit Maker(const std::string& search) : search_(search) {}

  void Pipeline(const SyntaxNode& pipeline) {
    for (const SyntaxNode& command : pipeline.children) {
      if (command.kind != "command") continue;
      in_search_ = command.text == "search";
      const bool condition = in_search_ || command.text == "where";
      for (const SyntaxNode& child : command.children) {
        condition ? Condition(child, Under::kAnd) : Expression(child);
      }
    }
  }

  std::vector<Mutant> Take() {
    SwapFields();
    if (made_.size() > kMostMutants) made_.resize(kMostMutants);
    std::stable_sort(made_.begin(), made_.end(),
                     [](const Mutant& a, const Mutant& b) { return a.offset < b.offset; });
    return std::move(made_);
  }

 private:
  enum class Under : uint8_t { kAnd, kOr };

  std::string TextOf(const SyntaxNode& node) const {
    return search_.substr(node.offset, node.length);
  }
  void Make(size_t offset, size_t length, std::string text) {
    if (search_.compare(offset, length, text) == 0) return;
    made_.push_back({offset, length, std::move(text)});
  }
  void Make(const SyntaxNode& node, std::string text) {
    Make(node.offset, node.length, std::move(text));
  }

  void Condition(const SyntaxNode& node, Under under) {
    if (node.kind == "subsearch" || node.kind == "macro" || node.length == 0) return;
    if (node.kind == "and" || node.kind == "or") {
      for (const SyntaxNode& child : node.children) {
        Condition(child, node.kind == "and" ? Under::kAnd : Under::kOr);
      }
      return;
    }
    if (node.kind == "not" && node.children.size() == 1) return Condition(node.children[0], under);
    if (node.kind == "call" && node.text == "true") return;
    // The clause is dropped, or says the opposite.
    const bool all = under == Under::kAnd;
    if (in_search_) {
      Make(node, all ? "*" : "(NOT *)");
    } else if (ConstantTruth(node) != all) {
      Make(node, all ? "(1=1)" : "(1=0)");
    }
    Make(node, fmt::format("(NOT {})", TextOf(node)));
    if (node.kind == "field") return Comparison(node);
    if (node.kind == "compare") Compared(node);
    for (const SyntaxNode& child : node.children) Expression(child);
  }

  // Whether a comparison of numbers holds: for those the clause says already what it would be
  // replaced by.
  static std::optional<bool> ConstantTruth(const SyntaxNode& node) {
    if (node.kind != "compare" || node.children.size() != 2) return std::nullopt;
    double sides[2] = {};
    for (size_t i = 0; i < 2; ++i) {
      const SyntaxNode& side = node.children[i];
      if (side.kind != "number") return std::nullopt;
      const char* stop = side.text.data() + side.text.size();
      const auto [end, error] = std::from_chars(side.text.data(), stop, sides[i]);
      if (error != std::errc() || end != stop) return std::nullopt;
    }
    if (node.text == "=" || node.text == "==") return sides[0] == sides[1];
    if (node.text == "!=") return sides[0] != sides[1];
    if (node.text == "<") return sides[0] < sides[1];
    if (node.text == "<=") return sides[0] <= sides[1];
    if (node.text == ">") return sides[0] > sides[1];
    if (node.text == ">=") return sides[0] >= sides[1];
    return std::nullopt;
  }

  // Of search terms.
  void Comparison(const SyntaxNode& node) {
    const std::string_view text = node.text;
    const bool in = text.ends_with(" in") || text.ends_with(" not in");
    const bool orders = text.ends_with(" <") || text.ends_with(" >") || text.ends_with(" <=") ||
                        text.ends_with(" >=");
    for (const SyntaxNode& value : node.children) {
      if (value.kind != "value") continue;
      if (orders) Threshold(value);
      Wildcards(value);
    }
    if (!in && node.children.size() == 1) {
      const std::string written = TextOf(node);
      const size_t end = written.find_first_of(" \t\r\n=!<>");
      if (end != std::string::npos && end > 0 && written.front() != '"') {
        fields_.push_back({node.offset, end, written.substr(0, end)});
      }
    }
  }

  // Of expressions.
  void Compared(const SyntaxNode& node) {
    const SyntaxNode& left = node.children.front();
    const SyntaxNode& right = node.children.back();
    const bool orders = node.text != "=" && node.text != "==" && node.text != "!=";
    if (orders && left.offset + left.length < right.offset) {
      const size_t begin = left.offset + left.length;
      std::string sign = search_.substr(begin, right.offset - begin);
      const size_t at = sign.find_first_of("<>");
      if (at != std::string::npos && sign.find_first_not_of(" \t\r\n<>=") == std::string::npos) {
        const bool equal = at + 1 < sign.size() && sign[at + 1] == '=';
        equal ? sign.erase(at + 1, 1) : sign.insert(at + 1, "=");
        Make(begin, right.offset - begin, sign);
      }
    }
    for (const SyntaxNode* side : {&left, &right}) {
      if (orders && side->kind == "number") Threshold(*side);
    }
  }

  void Threshold(const SyntaxNode& node) {
    const std::string text = TextOf(node);
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return;
    if (number > 1'000'000'000'000 || number < -1'000'000'000'000) return;
    Make(node, std::to_string(number + 1));
    Make(node, std::to_string(number - 1));
  }

  void Wildcards(const SyntaxNode& node) {
    const std::string text = TextOf(node);
    const bool quoted = text.size() > 2 && text.front() == '"' && text.back() == '"';
    const std::string inner = quoted ? text.substr(1, text.size() - 2) : text;
    if (inner.size() < 2 || inner.find('*') == std::string::npos) return;
    const auto write = [&](const std::string& value) {
      if (!value.empty() && !value.ends_with('\\')) {
        Make(node, quoted ? "\"" + value + "\"" : value);
      }
    };
    if (inner.starts_with('*')) write(inner.substr(1));
    if (inner.ends_with('*')) write(inner.substr(0, inner.size() - 1));
    write("*");
  }

  void Expression(const SyntaxNode& node) {
    if (node.kind == "subsearch" || node.kind == "macro") return;
    const bool condition = node.kind == "compare" || node.kind == "and" || node.kind == "or" ||
                           node.kind == "not" || node.kind == "like" || node.kind == "in";
    if (condition && !in_search_) return Condition(node, Under::kAnd);
    const bool arms = node.kind == "call" && node.text == "case";
    for (size_t i = 0; i < node.children.size(); ++i) {
      const SyntaxNode& child = node.children[i];
      const bool asks = arms ? i % 2 == 0 : node.kind == "call" && node.text == "if" && i == 0;
      asks ? Condition(child, Under::kAnd) : Expression(child);
    }
  }

  // Each reads the field of the next one that reads another.
  void SwapFields() {
    for (size_t i = 0; i < fields_.size(); ++i) {
      for (size_t step = 1; step < fields_.size(); ++step) {
        const Mutant& other = fields_[(i + step) % fields_.size()];
        if (other.text == fields_[i].text) continue;
        Make(fields_[i].offset, fields_[i].length, other.text);
        break;
      }
    }
  }

  const std::string& search_;
  bool in_search_ = false;
  std::vector<Mutant> made_;
  std::vector<Mutant> fields_;  // Where fields of search terms stand.
};

std::string Changed(const std::string& search, const Mutant& mutant) {
  std::string text = search;
  return text.replace(mutant.offset, mutant.length, mutant.text);
}

std::string Shortened(std::string text) {
  constexpr size_t kLongest = 60;
  text = Printable(text);
  if (text.size() <= kLongest) return text;
  size_t cut = kLongest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return text.substr(0, cut) + "…";
}

}  // namespace

std::vector<Mutant> MutantsOf(const SyntaxNode& tree, const std::string& search) {
  Maker maker(search);
  maker.Pipeline(tree);
  return maker.Take();
}

std::vector<MutatedSearch> RunMutants(const std::vector<TestCase>& cases,
                                      const std::vector<TestResult>& results,
                                      const TestRunOptions& options) {
  struct Group {
    MutatedSearch search;
    std::vector<size_t> cases;
    std::vector<Mutant> alive;
  };
  const Engine engine;
  std::map<std::string, Group> groups;
  for (size_t i = 0; i < cases.size(); ++i) {
    const TestCase& test = cases[i];
    if (!results[i].passed || test.known_gap || test.expects.error) continue;
    if (!test.arguments.write_folder.empty()) continue;
    Group& group = groups[test.query];
    const std::string& name = test.query_name.ends_with(".spl") ? test.query_name : test.file;
    if (group.cases.empty() || name < group.search.name) group.search.name = name;
    group.cases.push_back(i);
  }
  for (auto& entry : groups) {
    const std::string& text = entry.first;
    Group& group = entry.second;
    group.search.text = text;
    group.alive = MutantsOf(engine.Parse(text).tree, text);
    std::erase_if(group.alive, [&](const Mutant& mutant) {
      const std::vector<ErrorDetail> found = engine.Parse(Changed(text, mutant)).diagnostics;
      return std::any_of(found.begin(), found.end(),
                         [](const ErrorDetail& detail) { return !detail.warning; });
    });
    group.search.mutants = group.alive.size();
  }
  TestRunOptions brief;
  brief.jobs = options.jobs;
  brief.brief = true;
  std::vector<TestCase> batch;
  std::vector<std::pair<Group*, size_t>> whose;
  std::vector<std::pair<Group*, size_t>> noticed;
  const auto run = [&] {
    const std::vector<TestResult> told = RunTests(batch, brief);
    for (size_t i = 0; i < told.size(); ++i) {
      if (!told[i].passed) noticed.push_back(whose[i]);
    }
    batch.clear();
    whose.clear();
  };
  // Round by round one more case of each search, with those that no case before told of. As many
  // at once as their events leave room for.
  constexpr size_t kMostBytes = size_t{32} << 20U;
  bool more = true;
  for (size_t round = 0; more; ++round) {
    more = false;
    size_t bytes = 0;
    for (auto& [text, group] : groups) {
      if (round >= group.cases.size()) continue;
      more = true;
      const TestCase& test = cases[group.cases[round]];
      for (size_t m = 0; m < group.alive.size(); ++m) {
        batch.push_back(test);
        batch.back().query = Changed(text, group.alive[m]);
        whose.emplace_back(&group, m);
        bytes += sizeof(TestCase) + batch.back().query.size() + test.events.value_or("").size();
        if (bytes > kMostBytes) run(), bytes = 0;
      }
    }
    run();
    // From the last on, so that the numbers of the others stay.
    for (size_t i = noticed.size(); i-- > 0;) {
      auto& [group, m] = noticed[i];
      group->alive.erase(group->alive.begin() + static_cast<ptrdiff_t>(m));
    }
    noticed.clear();
  }
  std::vector<MutatedSearch> searches;
  for (auto& [text, group] : groups) {
    group.search.survivors = std::move(group.alive);
    searches.push_back(std::move(group.search));
  }
  std::stable_sort(searches.begin(), searches.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  return searches;
}

std::string MutantsText(const std::vector<MutatedSearch>& searches, bool colour) {
  std::string out;
  size_t all = 0;
  size_t noticed = 0;
  for (const MutatedSearch& search : searches) {
    const size_t told = search.mutants - search.survivors.size();
    all += search.mutants;
    noticed += told;
    out +=
        fmt::format("{}: {} of {} mutants noticed\n", Printable(search.name), told, search.mutants);
    for (const Mutant& mutant : search.survivors) {
      const auto [line, column] = PlaceOf(search.text, mutant.offset);
      const std::string text = fmt::format(
          "  {}:{}  no test tells: {} -> {}", line, column,
          Shortened(search.text.substr(mutant.offset, mutant.length)), Shortened(mutant.text));
      out += (colour ? fmt::format("\x1b[33m{}\x1b[0m", text) : text) + "\n";
    }
  }
  return out + fmt::format("mutants: {} of {} noticed\n", noticed, all);
}

}  // namespace spelk::cli
