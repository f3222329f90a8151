// Tuples by hash, by one of their texts, or by one of their patterns.
#include "plan/eval/tuple_set.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "value/case_fold.h"
#include "value/number.h"

namespace spelk::plan {
namespace {

void AddToKey(std::string_view folded, std::string* key) { ByteWriter(*key).Text(folded); }

std::vector<std::string> FoldedTexts(const Value& value) {
  std::vector<std::string> texts;
  char buffer[kNumberText];
  for (const Value& each : value.each()) texts.push_back(FoldCase(TextOf(each, buffer)));
  return texts;
}

size_t CountCombinations(const std::vector<std::vector<std::string>>& values) {
  size_t combinations = 1;
  for (const std::vector<std::string>& texts : values) {
    if (combinations > std::numeric_limits<uint32_t>::max()) break;
    combinations *= texts.size();
  }
  return combinations;
}

}  // namespace

TupleSet::TupleSet(size_t fields, const std::vector<std::vector<std::string>>& rows)
    : fields_(fields), pattern_index_(fields) {
  for (const std::vector<std::string>& row : rows) {
    if (row.size() != fields_ || fields_ == 0) continue;
    std::vector<PatternMatcher> matchers;
    bool plain = true;
    for (const std::string& text : row) {
      matchers.emplace_back(CompareOp::kEqual, Pattern{text, false});
      plain = plain && matchers.back().is_plain();
    }
    if (plain) {
      Texts folded;
      std::string key;
      for (const std::string& text : row) {
        folded.push_back(FoldCase(text));
        AddToKey(folded.back(), &key);
      }
      if (tuples_.insert(std::move(key)).second) text_rows_.push_back(std::move(folded));
      continue;
    }
    const auto precise = std::max_element(row.begin(), row.end(), [](const auto& a, const auto& b) {
      return PatternIndex::Precision({a, false}) < PatternIndex::Precision({b, false});
    });
    pattern_index_[static_cast<size_t>(precise - row.begin())].Add(
        {*precise, false}, static_cast<uint32_t>(pattern_rows_.size()));
    pattern_rows_.push_back(std::move(matchers));
  }
  for (PatternIndex& index : pattern_index_) index.Finish();
}

bool TupleSet::Matches(std::span<const Value> values) {
  if (std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_null(); })) {
    return false;
  }
  if (!tuples_.empty() && MatchesText(values)) return true;
  return !pattern_rows_.empty() && MatchesPattern(values);
}

bool TupleSet::MatchesText(std::span<const Value> values) {
  if (std::none_of(values.begin(), values.end(), [](const Value& v) { return v.is_multi(); })) {
    std::string key;
    char buffer[kNumberText];
    for (const Value& value : values) AddToKey(FoldCase(TextOf(value, buffer)), &key);
    return tuples_.contains(key);
  }
  std::vector<Texts> texts;
  for (const Value& value : values) texts.push_back(FoldedTexts(value));
  if (rows_by_text_.empty()) IndexByField();
  size_t best = 0;
  size_t fewest = std::numeric_limits<size_t>::max();
  for (size_t f = 0; f < fields_; ++f) {
    size_t rows = 0;
    for (const std::string& text : texts[f]) {
      const auto known = rows_by_text_[f].find(text);
      if (known != rows_by_text_[f].end()) rows += known->second.size();
    }
    if (rows < fewest) {
      best = f;
      fewest = rows;
    }
  }
  if (fewest == 0) return false;
  return CountCombinations(texts) <= fewest ? AnyCombination(texts) : AnyRow(best, texts);
}

void TupleSet::IndexByField() {
  rows_by_text_.resize(fields_);
  for (size_t row = 0; row < text_rows_.size(); ++row) {
    for (size_t f = 0; f < fields_; ++f) {
      rows_by_text_[f][text_rows_[row][f]].push_back(static_cast<uint32_t>(row));
    }
  }
}

bool TupleSet::AnyCombination(const std::vector<Texts>& values) const {
  std::vector<size_t> chosen(fields_, 0);
  for (;;) {
    std::string key;
    for (size_t f = 0; f < fields_; ++f) AddToKey(values[f][chosen[f]], &key);
    if (tuples_.contains(key)) return true;
    size_t f = 0;
    while (f < fields_ && ++chosen[f] == values[f].size()) chosen[f++] = 0;
    if (f == fields_) return false;
  }
}

bool TupleSet::AnyRow(size_t field, const std::vector<Texts>& values) const {
  std::vector<StringSet> sets;
  for (const Texts& texts : values) sets.emplace_back(texts.begin(), texts.end());
  for (const std::string& text : sets[field]) {
    const auto known = rows_by_text_[field].find(text);
    if (known == rows_by_text_[field].end()) continue;
    for (const uint32_t row : known->second) {
      size_t f = 0;
      while (f < fields_ && sets[f].contains(text_rows_[row][f])) ++f;
      if (f == fields_) return true;
    }
  }
  return false;
}

bool TupleSet::MatchesPattern(std::span<const Value> values) const {
  const auto matches = [&](uint32_t row) {
    for (size_t f = 0; f < fields_; ++f) {
      if (!pattern_rows_[row][f].Matches(values[f])) return false;
    }
    return true;
  };
  char buffer[kNumberText];
  for (size_t f = 0; f < fields_; ++f) {
    for (const Value& each : values[f].each()) {
      if (pattern_index_[f].AnyOf(TextOf(each, buffer), matches)) return true;
    }
  }
  return false;
}

}  // namespace spelk::plan
