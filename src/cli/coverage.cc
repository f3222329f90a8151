// Places out of the tree, counts out of runs. Both know a place by its bytes in the text.
#include "cli/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>
#include <tuple>

#include "cli/inner_searches.h"

namespace spelk::cli {
namespace {

// Takes IN apart: f IN (a, b) is counted as (f=a OR f=b).
class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  std::string Run(const SyntaxNode& tree) {
    Walk(tree);
    Copy(text_.size());
    return std::move(out_);
  }

  // A value, and where it is counted.
  struct Value {
    size_t offset = 0;
    size_t length = 0;
    size_t counted_offset = 0;
    size_t counted_length = 0;
  };
  const std::vector<Value>& values() const { return values_; }

  // Where a place of the search, which is none of the values, is counted.
  std::pair<size_t, size_t> CountedPlace(size_t offset, size_t length) const {
    return {Moved(offset, false), Moved(offset + length, true) - Moved(offset, false)};
  }
  bool IsApart(const SyntaxNode& node) const {
    return std::binary_search(apart_.begin(), apart_.end(), node.offset);
  }

 private:
  static bool IsPlain(const SyntaxNode& node) {
    return node.kind == "value" || node.kind == "string" || node.kind == "number";
  }

  void Walk(const SyntaxNode& node) {
    const bool in_search = node.kind == "field" && node.text.ends_with(" in") &&
                           !node.text.ends_with(" not in") && !node.children.empty();
    const bool in_expression = node.kind == "in" && node.children.size() > 1;
    const size_t first = in_expression ? 1 : 0;
    const bool plain = std::all_of(node.children.begin() + static_cast<ptrdiff_t>(first),
                                   node.children.end(), &IsPlain);
    if ((in_search || in_expression) && plain && node.offset >= done_)
      return TakeApart(node, first);
    for (const SyntaxNode& child : node.children) Walk(child);
  }

  void TakeApart(const SyntaxNode& node, size_t first) {
    // What stands before the word IN.
    const std::string_view whole = text_.substr(node.offset, node.length);
    std::string_view left = first == 1
                                ? text_.substr(node.children[0].offset, node.children[0].length)
                                : whole.substr(0, whole.find_first_of(" \t\r\n\""));
    if (first == 0 && whole.starts_with('"')) left = whole.substr(0, whole.find('"', 1) + 1);
    if (first == 0 && whole.starts_with("\\\"")) left = whole.substr(0, whole.find("\\\"", 2) + 2);
    Copy(node.offset);
    out_ += '(';
    for (size_t i = first; i < node.children.size(); ++i) {
      const SyntaxNode& value = node.children[i];
      if (i > first) out_ += " OR ";
      const size_t begin = out_.size();
      out_.append(left).append("=").append(text_.substr(value.offset, value.length));
      values_.push_back({value.offset, value.length, begin, out_.size() - begin});
    }
    out_ += ')';
    done_ = node.offset + node.length;
    apart_.push_back(node.offset);
    moves_.emplace_back(done_, out_.size());
  }

  void Copy(size_t end) {
    out_.append(text_.substr(done_, end - done_));
    done_ = end;
  }

  // By what was taken apart before it; the end of a place may be the end of such.
  size_t Moved(size_t offset, bool end) const {
    const auto after = std::partition_point(moves_.begin(), moves_.end(), [&](const auto& move) {
      return move.first < offset || (move.first == offset && end);
    });
    if (after == moves_.begin()) return offset;
    const auto& [old_end, new_end] = *std::prev(after);
    return offset - old_end + new_end;
  }

  const std::string_view text_;
  std::string out_;
  size_t done_ = 0;
  std::vector<Value> values_;
  std::vector<size_t> apart_;                     // Where it was taken apart, in the search.
  std::vector<std::pair<size_t, size_t>> moves_;  // Its end there, and in the counted text.
};

class Finder {
 public:
  struct Lookup {
    std::string name;
    Branch branch;
  };
  explicit Finder(const Rewriter& rewriter) : rewriter_(rewriter) {}

  std::vector<Branch> TakeBranches() {
    for (const Rewriter::Value& value : rewriter_.values()) {
      Branch branch;
      branch.kind = Branch::Kind::kValue;
      branch.expanded_offset = value.offset;
      branch.expanded_length = value.length;
      branch.counted_offset = value.counted_offset;
      branch.counted_length = value.counted_length;
      branches_.push_back(std::move(branch));
    }
    return std::move(branches_);
  }
  std::vector<Lookup> TakeLookups() { return std::move(lookups_); }

  void Pipeline(const SyntaxNode& pipeline) {
    for (const SyntaxNode& command : pipeline.children) {
      if (command.kind != "command" || command.length == 0) continue;
      Add(Branch::Kind::kStage, command);
      if (command.text == "lookup") AddLookup(command);
      const bool condition = command.text == "search" || command.text == "where";
      for (const SyntaxNode& child : command.children) {
        condition ? Condition(child) : Expression(child);
      }
    }
  }

 private:
  void Add(Branch::Kind kind, const SyntaxNode& node) {
    Branch branch;
    branch.kind = kind;
    branch.expanded_offset = node.offset;
    branch.expanded_length = node.length;
    std::tie(branch.counted_offset, branch.counted_length) =
        rewriter_.CountedPlace(node.offset, node.length);
    branches_.push_back(branch);
  }

  // The table is the first argument.
  void AddLookup(const SyntaxNode& command) {
    for (const SyntaxNode& argument : command.children) {
      if (argument.kind != "argument") continue;
      std::string name = argument.text;
      if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
      Lookup& lookup = lookups_.emplace_back();
      lookup.name = std::move(name);
      lookup.branch.kind = Branch::Kind::kRow;
      lookup.branch.expanded_offset = argument.offset;
      lookup.branch.expanded_length = argument.length;
      return;
    }
  }

  void Subsearch(const SyntaxNode& node) {
    for (const SyntaxNode& pipeline : node.children) Pipeline(pipeline);
  }

  void Condition(const SyntaxNode& node) {
    if (node.kind == "subsearch") return Subsearch(node);
    if (node.kind == "macro" || node.length == 0) return;
    if (node.kind == "and" || node.kind == "or" || node.kind == "xor" || node.kind == "not") {
      for (const SyntaxNode& child : node.children) Condition(child);
      return;
    }
    if (rewriter_.IsApart(node)) return;  // Its values are conditions.
    if (IsAlways(node)) return;
    Add(Branch::Kind::kCondition, node);
    if (node.kind == "call") Calls(node);
  }

  // true(), 1=1, the term *.
  static bool IsAlways(const SyntaxNode& node) {
    if (node.kind == "term" && node.text == "*") return true;
    if (node.kind == "true" || (node.kind == "call" && node.text == "true")) return true;
    return node.kind == "compare" && node.children.size() == 2 &&
           node.children[0].kind == "number" && node.children[1].kind == "number";
  }

  void Expression(const SyntaxNode& node) {
    if (node.kind == "subsearch") return Subsearch(node);
    if (node.kind == "macro") return;
    const bool condition = node.kind == "compare" || node.kind == "and" || node.kind == "or" ||
                           node.kind == "xor" || node.kind == "not" || node.kind == "like" ||
                           node.kind == "in" || node.kind == "not in";
    if (condition) return Condition(node);
    if (node.kind == "call") return Calls(node);
    for (const SyntaxNode& child : node.children) Expression(child);
  }

  void Calls(const SyntaxNode& call) {
    const bool arms = call.text == "case" || call.text == "validate";
    for (size_t i = 0; i < call.children.size(); ++i) {
      const SyntaxNode& child = call.children[i];
      const bool condition = arms ? i % 2 == 0 : call.text == "if" && i == 0;
      if (!condition) {
        Expression(child);
      } else if (IsAlways(child)) {
        Add(Branch::Kind::kValue, child);
      } else {
        Condition(child);
      }
    }
  }

  const Rewriter& rewriter_;
  std::vector<Branch> branches_;
  std::vector<Lookup> lookups_;
};

// From the search with its macros put in to the search itself.
class Placer {
 public:
  Placer(const ExpandedSearch& expanded, const std::string& search)
      : expanded_(expanded), search_(search) {}

  void Place(Branch* branch) const {
    const size_t begin = branch->expanded_offset;
    const size_t end = begin + branch->expanded_length;
    const ExpandedSearch::Piece& first = PieceAt(begin);
    const ExpandedSearch::Piece& last = PieceAt(end > begin ? end - 1 : end);
    branch->text = expanded_.text.substr(begin, branch->expanded_length);
    branch->offset = first.search_offset;
    size_t search_end = last.search_offset + last.search_length;
    if (first.macro.empty()) branch->offset += begin - first.offset;
    if (last.macro.empty()) search_end = last.search_offset + (end - last.offset);
    branch->length = std::max(search_end, branch->offset) - branch->offset;
    const bool made = !first.macro.empty() && first.search_offset == last.search_offset;
    if (made) {
      branch->macro = first.macro;
      branch->place = first.place;
      branch->call = first.offset + 1;
    } else {
      branch->text = search_.substr(branch->offset, branch->length);
    }
  }

 private:
  const ExpandedSearch::Piece& PieceAt(size_t offset) const {
    static const ExpandedSearch::Piece kNone;
    const auto after = std::partition_point(
        expanded_.pieces.begin(), expanded_.pieces.end(),
        [&](const ExpandedSearch::Piece& piece) { return piece.offset <= offset; });
    return after == expanded_.pieces.begin() ? kNone : *std::prev(after);
  }

  const ExpandedSearch& expanded_;
  const std::string& search_;
};

}  // namespace

size_t CoveredSearch::wanted() const {
  return std::accumulate(branches.begin(), branches.end(), size_t{0},
                         [](size_t sum, const Branch& each) { return sum + each.wanted(); });
}
size_t CoveredSearch::reached() const {
  return std::accumulate(branches.begin(), branches.end(), size_t{0},
                         [](size_t sum, const Branch& each) { return sum + each.reached(); });
}

Result<Coverage::Counted> Coverage::TextToCount(const Engine& engine, const std::string& name,
                                                const std::string& text) {
  Result<ExpandedSearch> expanded = engine.Expand(text, name);
  if (!expanded.ok()) return expanded.error();
  PutInInnerSearches(engine, &*expanded);
  const std::string key = text + '\0' + expanded->text;
  const std::lock_guard lock(mutex_);
  const auto [known, is_new] = entries_.try_emplace(key);
  Entry& entry = known->second;
  // Whichever test comes first.
  if (is_new || name < entry.name) entry.name = name;
  if (!is_new) return Counted{key, entry.counted};
  entry.text = text;
  entry.expanded = expanded->text;
  Parsed parsed = engine.Parse(entry.expanded, name);
  AddInnerTrees(engine, entry.expanded, &parsed.tree);
  Rewriter rewriter(entry.expanded);
  entry.counted = rewriter.Run(parsed.tree);
  Finder finder(rewriter);
  finder.Pipeline(parsed.tree);
  entry.branches = finder.TakeBranches();
  const Placer placer(*expanded, text);
  for (Branch& branch : entry.branches) placer.Place(&branch);
  std::stable_sort(
      entry.branches.begin(), entry.branches.end(),
      [](const Branch& a, const Branch& b) { return a.expanded_offset < b.expanded_offset; });
  std::map<std::tuple<size_t, Branch::Kind, std::string>, size_t> seen;
  for (Branch& branch : entry.branches) {
    if (branch.call > 0) branch.which = seen[{branch.call, branch.kind, branch.text}]++;
  }
  for (Finder::Lookup& lookup : finder.TakeLookups()) {
    placer.Place(&lookup.branch);
    entry.lookups.push_back({std::move(lookup.name), std::move(lookup.branch), {}});
  }
  return Counted{key, entry.counted};
}

RunOptions Coverage::Counting(const Engine& engine, RunOptions options) {
  options.count = true;
  options.disabled_passes.clear();
  for (const auto& [pass, summary] : engine.Passes()) options.disabled_passes.push_back(pass);
  return options;
}

// Tests may give the table other rows.
void Coverage::AddRows(const std::vector<LookupCount>& counts, Lookup* lookup) {
  const auto count = std::find_if(counts.begin(), counts.end(), [&](const LookupCount& each) {
    return each.name == lookup->name;
  });
  if (count == counts.end()) return;
  const auto add = [lookup](const std::string& text, bool found) {
    auto row = std::find_if(lookup->rows.begin(), lookup->rows.end(),
                            [&](const Branch& each) { return each.text == text; });
    if (row == lookup->rows.end()) {
      lookup->rows.push_back(lookup->branch);
      row = std::prev(lookup->rows.end());
      row->text = text;
      row->known = true;
    }
    ++row->rows;
    row->true_rows += found ? 1 : 0;
  };
  for (const LookupCount::Row& row : count->each) {
    add(fmt::format("{} of {}", row.text, lookup->name), row.found);
  }
  if (count->each.empty() && count->rows > 0) {
    add(fmt::format("one of the {} rows of {}", count->rows, lookup->name), count->matching > 0);
  }
}

void Coverage::Add(const std::string& key, const Summary& summary) {
  using Place = std::pair<size_t, size_t>;
  // Of several at one place the innermost, and of a command's nodes the last, comes last.
  std::map<Place, const StageCount*> stages;
  std::map<Place, const ExpressionCount*> expressions;
  for (const auto* list : {&summary.stages, &summary.inner_stages}) {
    for (const StageCount& stage : *list) {
      if (stage.length > 0) stages[{stage.offset, stage.length}] = &stage;
    }
  }
  for (const auto* list : {&summary.expressions, &summary.inner_expressions}) {
    for (const ExpressionCount& part : *list) {
      if (part.length > 0) expressions[{part.offset, part.length}] = &part;
    }
  }
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[key];
  for (Lookup& lookup : entry.lookups) AddRows(summary.lookups, &lookup);
  for (Branch& branch : entry.branches) {
    const Place place{branch.counted_offset, branch.counted_length};
    if (branch.kind == Branch::Kind::kStage) {
      const auto found = stages.find(place);
      if (found == stages.end()) continue;
      branch.known = true;
      branch.rows += found->second->rows;
      continue;
    }
    const auto found = expressions.find(place);
    if (found == expressions.end()) continue;
    branch.known = true;
    branch.rows += found->second->rows;
    branch.true_rows += found->second->is_true;
  }
}

namespace {

// The same text in the same macro is the same place, unless a call of it has the text twice.
void AddToMacro(const Branch& branch, std::map<std::string, CoveredSearch>* macros) {
  const std::string name = branch.place.empty()
                               ? fmt::format("`{}`", branch.macro)
                               : fmt::format("{} `{}`", branch.place, branch.macro);
  CoveredSearch& macro = (*macros)[name];
  macro.name = name;
  macro.is_macro = true;
  for (Branch& known : macro.branches) {
    if (known.kind != branch.kind || known.text != branch.text) continue;
    if (known.which != branch.which) continue;
    known.rows += branch.rows;
    known.true_rows += branch.true_rows;
    return;
  }
  macro.branches.push_back(branch);
}

}  // namespace

std::vector<CoveredSearch> Coverage::Searches() const {
  const std::lock_guard lock(mutex_);
  std::vector<CoveredSearch> searches;
  std::map<std::string, CoveredSearch> macros;
  for (const auto& [key, entry] : entries_) {
    CoveredSearch search{entry.name, entry.text, false, {}};
    for (const Branch& branch : entry.branches) {
      if (!branch.known) continue;
      branch.macro.empty() ? search.branches.push_back(branch) : AddToMacro(branch, &macros);
    }
    for (const Lookup& lookup : entry.lookups) {
      search.branches.insert(search.branches.end(), lookup.rows.begin(), lookup.rows.end());
    }
    std::stable_sort(search.branches.begin(), search.branches.end(),
                     [](const Branch& a, const Branch& b) { return a.offset < b.offset; });
    searches.push_back(std::move(search));
  }
  for (auto& [name, macro] : macros) searches.push_back(std::move(macro));
  std::stable_sort(searches.begin(), searches.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  return searches;
}

}  // namespace spelk::cli
