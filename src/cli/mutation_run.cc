// Mutants of searches and of macros, run like any other test.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "cli/inner_searches.h"
#include "cli/mutants.h"

namespace spelk::cli {
namespace {

// A search as its tests have it, or with its macros put in, and the cases that run it.
struct MutatedText {
  std::string text;
  std::vector<size_t> cases;
};

// A change, and where it is made: of a macro in all searches that call it, wherever they do.
struct MutatedSearchChange {
  Mutant mutant;
  MutatedSearch* search = nullptr;
  std::vector<std::pair<const MutatedText*, std::vector<size_t>>> places;
  bool noticed = false;
};

std::string Changed(const std::string& search, const std::vector<size_t>& places,
                    const Mutant& mutant) {
  std::string text = search;
  // From the last on, so that the places of the others stay.
  for (size_t p = places.size(); p-- > 0;) text.replace(places[p], mutant.length, mutant.text);
  return text;
}

class MutationRun {
 public:
  MutationRun(const std::vector<TestCase>& cases, const std::vector<TestResult>& results,
              const std::vector<Mutant::Kind>& kinds, const TestRunOptions& options)
      : cases_(cases), results_(results), kinds_(kinds), options_(options) {}

  std::vector<MutatedSearch> Run() {
    MakeOfSearches();
    MakeOfMacros();
    RunAll();
    std::vector<MutatedSearch> searches;
    for (auto& [text, search] : searches_) searches.push_back(std::move(search));
    for (auto& [name, macro] : macros_) searches.push_back(std::move(macro));
    std::stable_sort(searches.begin(), searches.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    return searches;
  }

 private:
  bool Counts(size_t i) const {
    const TestCase& test = cases_[i];
    return results_[i].passed && !test.known_gap && !test.expects.error &&
           test.arguments.write_folder.empty();
  }
  bool IsWanted(const Mutant& mutant) const {
    return kinds_.empty() || std::find(kinds_.begin(), kinds_.end(), mutant.kind) != kinds_.end();
  }
  bool Parses(const std::string& text) const {
    const std::vector<ErrorDetail> found = engine_.Parse(text).diagnostics;
    return std::all_of(found.begin(), found.end(),
                       [](const ErrorDetail& detail) { return detail.warning; });
  }
  std::vector<Mutant> MutantsIn(const std::string& text) const {
    Parsed parsed = engine_.Parse(text);
    AddInnerTrees(engine_, text, &parsed.tree);
    std::vector<Mutant> mutants = MutantsOf(parsed.tree, text);
    std::erase_if(mutants, [this](const Mutant& mutant) { return !IsWanted(mutant); });
    return mutants;
  }
  static void CountOne(MutatedSearch* search, MutatedSearchChange change,
                       std::deque<MutatedSearchChange>* changes) {
    constexpr size_t kMostMutants = 2'000;  // Of one search.
    if (search->mutants == kMostMutants) {
      ++search->left_out;
      return;
    }
    ++search->mutants;
    change.search = search;
    changes->push_back(std::move(change));
  }

  void MakeOfSearches() {
    for (size_t i = 0; i < cases_.size(); ++i) {
      if (!Counts(i)) continue;
      const TestCase& test = cases_[i];
      MutatedText& text = texts_[test.query];
      text.text = test.query;
      MutatedSearch& search = searches_[test.query];
      search.text = test.query;
      const std::string& name = test.query_name.ends_with(".spl") ? test.query_name : test.file;
      if (text.cases.empty() || name < search.name) search.name = name;
      text.cases.push_back(i);
    }
    for (auto& [query, text] : texts_) {
      for (Mutant& mutant : MutantsIn(query)) {
        MutatedSearchChange change;
        change.places.push_back({&text, {mutant.offset}});
        if (!Parses(Changed(query, {mutant.offset}, mutant))) continue;
        change.mutant = std::move(mutant);
        CountOne(&searches_[query], std::move(change), &changes_);
      }
    }
  }

  // Only of searches that call some: with their macros put in they are texts of their own.
  void MakeOfMacros() {
    std::vector<TestCase> calling;
    std::vector<size_t> numbers;
    for (size_t i = 0; i < cases_.size(); ++i) {
      const std::string& query = cases_[i].query;
      if (!Counts(i) ||
          (query.find('`') == std::string::npos && query.find("saved") == std::string::npos &&
           query.find("map") == std::string::npos)) {
        continue;
      }
      TestCase& test = calling.emplace_back(cases_[i]);
      test.events.reset();
      numbers.push_back(i);
    }
    const std::vector<std::optional<ExpandedSearch>> expanded = ExpandSearches(calling);
    std::map<std::string, const ExpandedSearch*> searches;
    for (size_t c = 0; c < calling.size(); ++c) {
      if (!expanded[c]) continue;
      MutatedText& text = expanded_texts_[expanded[c]->text];
      text.text = expanded[c]->text;
      text.cases.push_back(numbers[c]);
      searches.emplace(text.text, &*expanded[c]);
    }
    for (const auto& [text, search] : searches) MakeOfMacrosIn(*search);
    for (auto& [key, change] : of_macros_) {
      const auto& mutant = change.mutant;
      const bool parses =
          std::all_of(change.places.begin(), change.places.end(), [&](const auto& place) {
            return Parses(Changed(place.first->text, place.second, mutant));
          });
      if (parses) CountOne(&macros_[key.macro], std::move(change), &changes_);
    }
  }

  void MakeOfMacrosIn(const ExpandedSearch& search) {
    const MutatedText& text = expanded_texts_[search.text];
    std::map<std::pair<size_t, Key>, size_t> seen;
    for (Mutant& mutant : MutantsIn(search.text)) {
      const auto after = std::partition_point(
          search.pieces.begin(), search.pieces.end(),
          [&](const ExpandedSearch::Piece& piece) { return piece.offset <= mutant.offset; });
      if (after == search.pieces.begin()) continue;
      const ExpandedSearch::Piece& piece = *std::prev(after);
      if (piece.macro.empty()) continue;
      // An argument, or another macro, may end it; more than what the call made would be the
      // search's own.
      const size_t end = mutant.offset + mutant.length;
      const auto last = std::partition_point(
          after, search.pieces.end(),
          [&](const ExpandedSearch::Piece& each) { return each.offset < end; });
      const bool inside = std::all_of(std::prev(after), last, [&](const auto& each) {
        return !each.macro.empty() && each.search_offset == piece.search_offset;
      });
      if (!inside) continue;
      Key key{piece.place.empty() ? fmt::format("`{}`", piece.macro)
                                  : fmt::format("{} `{}`", piece.place, piece.macro),
              0, mutant.kind, mutant.written, mutant.text};
      key.which = seen[{piece.offset, key}]++;
      MutatedSearchChange& change = of_macros_[key];
      change.mutant = mutant;
      if (change.places.empty() || change.places.back().first != &text) {
        change.places.push_back({&text, {}});
      }
      change.places.back().second.push_back(mutant.offset);
      MutatedSearch& macro = macros_[key.macro];
      macro.name = key.macro;
      macro.is_macro = true;
    }
  }

  // Round by round one more case of each text, with the changes that no case before told of.
  void RunAll() {
    bool more = true;
    for (size_t round = 0; more; ++round) {
      more = false;
      for (MutatedSearchChange& change : changes_) {
        for (const auto& [text, places] : change.places) {
          if (change.noticed || round >= text->cases.size()) continue;
          more = true;
          Add(cases_[text->cases[round]], Changed(text->text, places, change.mutant), &change);
        }
      }
      RunBatch();
    }
    for (MutatedSearchChange& change : changes_) {
      if (!change.noticed) change.search->survivors.push_back(std::move(change.mutant));
    }
  }

  // As many at once as their events leave room for.
  void Add(const TestCase& test, std::string query, MutatedSearchChange* change) {
    constexpr size_t kMostBytes = size_t{32} << 20U;
    batch_.push_back(test);
    batch_.back().query = std::move(query);
    whose_.push_back(change);
    bytes_ += sizeof(TestCase) + batch_.back().query.size() + test.events.value_or("").size();
    if (bytes_ > kMostBytes) RunBatch();
  }
  void RunBatch() {
    TestRunOptions brief;
    brief.jobs = options_.jobs;
    brief.brief = true;
    brief.cancel = options_.cancel;
    const std::vector<TestResult> told = RunTests(batch_, brief);
    const bool cancelled = options_.cancel != nullptr && options_.cancel->input_ended();
    for (size_t i = 0; i < told.size() && !cancelled; ++i) {
      whose_[i]->noticed = whose_[i]->noticed || !told[i].passed;
    }
    batch_.clear();
    whose_.clear();
    bytes_ = 0;
  }

  struct Key {
    std::string macro;
    size_t which = 0;  // Of those alike in one call.
    Mutant::Kind kind = Mutant::Kind::kClause;
    std::string written;
    std::string text;

    friend bool operator<(const Key& a, const Key& b) {
      return std::tie(a.macro, a.which, a.kind, a.written, a.text) <
             std::tie(b.macro, b.which, b.kind, b.written, b.text);
    }
  };

  const std::vector<TestCase>& cases_;
  const std::vector<TestResult>& results_;
  const std::vector<Mutant::Kind>& kinds_;
  const TestRunOptions& options_;
  const Engine engine_;
  std::map<std::string, MutatedText> texts_;  // By the search.
  std::map<std::string, MutatedText> expanded_texts_;
  std::map<std::string, MutatedSearch> searches_;
  std::map<std::string, MutatedSearch> macros_;  // By the name.
  std::map<Key, MutatedSearchChange> of_macros_;
  std::deque<MutatedSearchChange> changes_;
  std::vector<TestCase> batch_;
  std::vector<MutatedSearchChange*> whose_;
  size_t bytes_ = 0;
};

}  // namespace

std::vector<MutatedSearch> RunMutants(const std::vector<TestCase>& cases,
                                      const std::vector<TestResult>& results,
                                      const std::vector<Mutant::Kind>& kinds,
                                      const TestRunOptions& options) {
  return MutationRun(cases, results, kinds, options).Run();
}

}  // namespace spelk::cli
