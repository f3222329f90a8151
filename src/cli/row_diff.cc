// Equal rows by their text, the others by the cells they share.
#include "cli/row_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace spelk::cli {
namespace {

size_t SharedCells(const Row& a, const Row& b, SameCell same) {
  return static_cast<size_t>(
      std::count_if(a.fields.begin(), a.fields.end(), [&](const auto& field) {
        const std::vector<std::string>* other = b.Find(field.first);
        return other != nullptr && same(field.second, *other);
      }));
}

// A number as every writer of it would write it; the text itself where it is none, or has more
// figures than a double.
std::string InOneForm(const std::string& text) {
  constexpr size_t kFigures = 17;
  if (text.size() > kFigures || !IsJsonNumber(text)) return text;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? fmt::format("{}", number + 0.0)
                                                                  : text;
}

bool Fits(std::string_view pattern, std::string_view name) {
  size_t p = 0;
  size_t n = 0;
  size_t star = std::string_view::npos;
  size_t from = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

namespace {

// The values of the key's fields; nothing for a row that lacks one.
std::optional<std::string> KeyOf(const Row& row, const std::vector<std::string>& keys) {
  std::string key;
  for (const std::string& name : keys) {
    const std::vector<std::string>* values = row.Find(name);
    if (values == nullptr) return std::nullopt;
    for (const std::string& value : *values) key += InOneForm(value) + '\0';
    key += '\1';
  }
  return key;
}

std::vector<RowChange> PairByKey(const std::vector<const Row*>& a, const std::vector<const Row*>& b,
                                 const std::vector<std::string>& keys) {
  std::unordered_map<std::string, std::deque<const Row*>> by_key;
  std::vector<RowChange> changes;
  std::unordered_set<const Row*> paired;
  for (const Row* row : b) {
    if (std::optional<std::string> key = KeyOf(*row, keys)) by_key[*key].push_back(row);
  }
  for (const Row* row : a) {
    const std::optional<std::string> key = KeyOf(*row, keys);
    const auto found = key ? by_key.find(*key) : by_key.end();
    RowChange change{row, nullptr};
    if (found != by_key.end() && !found->second.empty()) {
      change.b = found->second.front();
      found->second.pop_front();
      paired.insert(change.b);
    }
    changes.push_back(change);
  }
  for (const Row* row : b) {
    if (paired.count(row) == 0) changes.push_back({nullptr, row});
  }
  return changes;
}

}  // namespace

std::vector<RowChange> PairRows(const std::vector<const Row*>& a, std::vector<const Row*> b,
                                SameCell same, const std::vector<std::string>& keys) {
  if (!keys.empty()) return PairByKey(a, b, keys);
  constexpr size_t kMostCompared = 4'000'000;
  const bool compares = b.empty() || a.size() <= kMostCompared / b.size();
  std::vector<RowChange> changes;
  for (const Row* row : a) {
    auto nearest = b.end();
    size_t most = 0;
    for (auto other = b.begin(); compares && other != b.end(); ++other) {
      const size_t shared = SharedCells(*row, **other, same);
      if (shared <= most || 2 * shared < row->fields.size()) continue;
      most = shared;
      nearest = other;
    }
    changes.push_back({row, nearest == b.end() ? nullptr : *nearest});
    if (nearest != b.end()) b.erase(nearest);
  }
  for (const Row* row : b) changes.push_back({nullptr, row});
  return changes;
}

std::vector<std::string> ChangedFields(const Row& a, const Row& b, SameCell same) {
  std::vector<std::string> names;
  for (const auto& [name, values] : a.fields) {
    const std::vector<std::string>* other = b.Find(name);
    if (other == nullptr || !same(values, *other)) names.push_back(name);
  }
  for (const auto& [name, values] : b.fields) {
    if (a.Find(name) == nullptr) names.push_back(name);
  }
  return names;
}

bool EqualValues(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const std::string& x, const std::string& y) {
                      return x == y || InOneForm(x) == InOneForm(y);
                    });
}

bool RowList::IsIgnored(const std::string& name) const {
  return std::any_of(ignored_.begin(), ignored_.end(),
                     [&name](const std::string& pattern) { return Fits(pattern, name); });
}

bool RowList::Add(std::string_view json) {
  std::optional<Row> row = ParseRow(json);
  if (!row) return false;
  std::erase_if(row->fields, [this](const auto& field) { return IsIgnored(field.first); });
  Kept kept;
  kept.row = row->Json();
  std::sort(row->fields.begin(), row->fields.end());
  for (auto& [name, values] : row->fields) {
    for (std::string& value : values) value = InOneForm(value);
  }
  kept.key = row->Json();
  if (kept.key == kept.row) kept.key.clear();
  bytes_ += kept.row.size() + kept.key.size() + sizeof(Kept) + 64;
  rows_.push_back(std::move(kept));
  return true;
}

ResultDiff::ResultDiff(const RowList& a, const RowList& b, bool ordered,
                       const std::vector<std::string>& keys) {
  // How often both have a row.
  std::unordered_map<std::string_view, std::pair<size_t, size_t>> counts;
  for (const RowList::Kept& kept : a.rows_) ++counts[RowList::KeyOf(kept)].first;
  for (const RowList::Kept& kept : b.rows_) ++counts[RowList::KeyOf(kept)].second;
  using Keys = std::vector<std::string_view>;
  const auto part = [&counts](const RowList& list, Keys* common, std::vector<Row>* alone) {
    std::unordered_map<std::string_view, size_t> taken;
    for (const RowList::Kept& kept : list.rows_) {
      const std::string_view key = RowList::KeyOf(kept);
      const auto& [of_a, of_b] = counts[key];
      if (taken[key]++ < std::min(of_a, of_b)) {
        common->push_back(key);
      } else if (std::optional<Row> row = ParseRow(kept.row)) {
        alone->push_back(*std::move(row));
      }
    }
  };
  Keys common_a, common_b;
  std::vector<Row> alone_a, alone_b;
  part(a, &common_a, &alone_a);
  part(b, &common_b, &alone_b);
  same_ = common_a.size();
  const auto moved = std::mismatch(common_a.begin(), common_a.end(), common_b.begin()).first;
  if (ordered && moved != common_a.end()) {
    first_moved_ = static_cast<size_t>(moved - common_a.begin()) + 1;
  }
  const auto pointers = [](const std::vector<Row>& rows) {
    std::vector<const Row*> all;
    for (const Row& row : rows) all.push_back(&row);
    return all;
  };
  for (const RowChange& each : PairRows(pointers(alone_a), pointers(alone_b), &EqualValues, keys)) {
    Change change;
    if (each.a != nullptr) change.a = *each.a;
    if (each.b != nullptr) change.b = *each.b;
    if (each.a != nullptr && each.b != nullptr) {
      change.fields = ChangedFields(*each.a, *each.b, &EqualValues);
    } else {
      each.a != nullptr ? ++only_a_ : ++only_b_;
    }
    changes_.push_back(std::move(change));
  }
}

}  // namespace spelk::cli
