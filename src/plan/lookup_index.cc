// Indexes over the cells of lookup tables.
#include "plan/lookup_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/status.h"
#include "value/case_fold.h"
#include "value/ip_address.h"
#include "value/number.h"
#include "value/time_format.h"
#include "value/wildcard.h"

namespace spelk::plan {

using RowList = std::vector<uint32_t>;  // Ascending.

// The rows of a table by the cells of one column that are no plain texts.
class CellIndex {
 public:
  virtual ~CellIndex() = default;
  // A row of the table and the text of its cell; rows come in order.
  virtual void Add(std::string_view cell, uint32_t row) = 0;
  virtual void Finish() {}
  // The rows whose cell matches, in any order.
  virtual void Find(std::string_view text, RowList* rows) const = 0;
  // About how much memory all of it takes.
  size_t bytes() const { return bytes_; }

 protected:
  size_t bytes_ = 0;
};

namespace {

// What an entry of a map costs beside its text and rows.
constexpr size_t kEntryBytes = 96;

std::string FoldedIf(bool fold, std::string_view text) {
  return fold ? FoldCase(text) : std::string(text);
}

// Patterns with `*`. Each is filed under a piece of three bytes that texts must hold to match it,
// the one that fewest patterns have; those without such a piece are all asked.
class PatternCells final : public CellIndex {
 public:
  explicit PatternCells(bool ignore_case) : ignore_case_(ignore_case) {}

  void Add(std::string_view cell, uint32_t row) override {
    std::string text = FoldedIf(ignore_case_, cell);
    bytes_ += sizeof(uint32_t);
    const auto [place, is_new] = by_text_.try_emplace(text, patterns_.size());
    if (is_new) {
      bytes_ += kEntryBytes + 4 * text.size() + sizeof(Pattern);
      // The fold was applied; what is left is compared as it is.
      patterns_.push_back({Wildcard(text, Case::kExact), {}});
    }
    patterns_[place->second].rows.push_back(row);
  }

  void Finish() override {
    absl::flat_hash_map<uint32_t, uint32_t> counts;
    for (const Pattern& pattern : patterns_) {
      ForEachPiece(pattern, [&](uint32_t piece) { ++counts[piece]; });
    }
    for (size_t p = 0; p < patterns_.size(); ++p) {
      const Wildcard& wildcard = patterns_[p].wildcard;
      if (!wildcard.has_star()) continue;  // Found by its text.
      uint32_t best = 0;
      uint32_t fewest = UINT32_MAX;
      ForEachPiece(patterns_[p], [&](uint32_t piece) {
        const uint32_t count = counts[piece];
        if (count < fewest) std::tie(best, fewest) = std::pair(piece, count);
      });
      RowList& list = fewest == UINT32_MAX ? unfiled_ : by_piece_[best];
      list.push_back(static_cast<uint32_t>(p));
    }
  }

  void Find(std::string_view value, RowList* rows) const override {
    const std::string text = FoldedIf(ignore_case_, value);
    const auto plain = by_text_.find(text);
    if (plain != by_text_.end() && !patterns_[plain->second].wildcard.has_star()) {
      Take(plain->second, rows);
    }
    for (const uint32_t pattern : unfiled_) TakeIfMatching(pattern, text, rows);
    std::vector<uint32_t> pieces;
    for (size_t at = 0; at + 3 <= text.size(); ++at) pieces.push_back(PieceAt(text, at));
    std::sort(pieces.begin(), pieces.end());
    pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
    for (const uint32_t piece : pieces) {
      const auto found = by_piece_.find(piece);
      if (found == by_piece_.end()) continue;
      for (const uint32_t pattern : found->second) TakeIfMatching(pattern, text, rows);
    }
  }

 private:
  struct Pattern {
    Wildcard wildcard;
    RowList rows;
  };

  static uint32_t PieceAt(std::string_view text, size_t at) {
    const auto byte = [&](size_t i) {
      return static_cast<uint32_t>(static_cast<uint8_t>(text[at + i]));
    };
    return byte(0) | byte(1) << 8U | byte(2) << 16U;
  }
  template <class Take>
  static void ForEachPiece(const Pattern& pattern, Take take) {
    for (const std::string& stretch : pattern.wildcard.pieces()) {
      for (size_t at = 0; at + 3 <= stretch.size(); ++at) take(PieceAt(stretch, at));
    }
  }
  void Take(size_t pattern, RowList* rows) const {
    rows->insert(rows->end(), patterns_[pattern].rows.begin(), patterns_[pattern].rows.end());
  }
  void TakeIfMatching(size_t pattern, std::string_view text, RowList* rows) const {
    if (patterns_[pattern].wildcard.Matches(text)) Take(pattern, rows);
  }

  const bool ignore_case_;
  std::vector<Pattern> patterns_;
  StringMap<size_t> by_text_;  // Into patterns_.
  absl::flat_hash_map<uint32_t, RowList> by_piece_;
  RowList unfiled_;
};

// Blocks of addresses: a hash probe for each length of prefix that there is. A cell that is one
// address is the block of that alone; any other text matches itself.
class AddressIndex final : public CellIndex {
 public:
  explicit AddressIndex(bool ignore_case) : ignore_case_(ignore_case) {}

  void Add(std::string_view cell, uint32_t row) override {
    bytes_ += kEntryBytes + cell.size() + sizeof(uint32_t);
    std::optional<CidrBlock> block = ParseCidr(cell);
    if (!block) {
      if (const std::optional<IpAddress> address = ParseIpAddress(cell)) {
        block = CidrBlock{*address, address->is_v4 ? 32U : 128U};
      }
    }
    if (!block) {
      by_text_[FoldedIf(ignore_case_, cell)].push_back(row);
      return;
    }
    by_prefix_[{block->base.is_v4, block->prefix_bits}][Masked(block->base, block->prefix_bits)]
        .push_back(row);
  }

  void Find(std::string_view text, RowList* rows) const override {
    const auto take = [rows](const RowList& found) {
      rows->insert(rows->end(), found.begin(), found.end());
    };
    if (const auto plain = by_text_.find(FoldedIf(ignore_case_, text)); plain != by_text_.end()) {
      take(plain->second);
    }
    const std::optional<IpAddress> address = ParseIpAddress(text);
    if (!address) return;
    for (const auto& [kind, blocks] : by_prefix_) {
      if (kind.first != address->is_v4) continue;
      const auto found = blocks.find(Masked(*address, kind.second));
      if (found != blocks.end()) take(found->second);
    }
  }

 private:
  // The bytes of the address with all bits after the prefix cleared.
  static std::string Masked(const IpAddress& address, unsigned bits) {
    if (address.is_v4) bits += 96;
    std::string bytes(address.bytes.begin(), address.bytes.end());
    for (size_t i = 0; i < bytes.size(); ++i) {
      const unsigned begin = static_cast<unsigned>(i) * 8;
      if (begin >= bits) {
        bytes[i] = 0;
      } else if (begin + 8 > bits) {
        bytes[i] = static_cast<char>(static_cast<uint8_t>(bytes[i]) & (0xFF00U >> (bits - begin)));
      }
    }
    return bytes;
  }

  const bool ignore_case_;
  std::map<std::pair<bool, unsigned>, StringMap<RowList>> by_prefix_;
  StringMap<RowList> by_text_;
};

std::unique_ptr<CellIndex> NewCellIndex(LookupMatch match, bool ignore_case) {
  if (match == LookupMatch::kCidr) return std::make_unique<AddressIndex>(ignore_case);
  return std::make_unique<PatternCells>(ignore_case);
}

std::string_view TextIn(const Value& value, char (&buffer)[kNumberText]) {
  return TextOf(value, buffer);
}

void AppendKey(const Value& value, bool ignore_case, std::string* key) {
  char buffer[kNumberText];
  const std::string_view text = TextIn(value, buffer);
  ByteWriter writer(*key);
  if (ignore_case) {
    writer.Text(FoldCase(text));
  } else {
    writer.Text(text);
  }
}

}  // namespace

LookupIndex::LookupIndex(MemoryBudget* budget) : reservation_(budget) {}
LookupIndex::~LookupIndex() = default;

absl::StatusOr<LookupIndexPtr> LookupIndex::Make(TablePtr table, const Lookup& lookup,
                                                 const std::vector<std::string>& columns,
                                                 absl::TimeZone zone, MemoryBudget* budget,
                                                 bool counts) {
  std::shared_ptr<LookupIndex> index(new LookupIndex(budget));
  index->table_ = std::move(table);
  index->ignore_case_ = lookup.ignore_case;
  index->max_matches_ = static_cast<size_t>(lookup.max_matches);
  SPELK_RETURN_IF_ERROR(index->IndexTimes(lookup, zone));
  SPELK_RETURN_IF_ERROR(index->IndexCells(lookup, columns));
  if (counts) {
    SPELK_RETURN_IF_ERROR(index->Reserve(index->table_->rows()));
    index->found_ = std::make_unique<std::atomic<bool>[]>(index->table_->rows());
  }
  return LookupIndexPtr(std::move(index));
}

absl::Status LookupIndex::Reserve(size_t bytes) {
  if (reservation_.Grow(bytes)) return absl::OkStatus();
  return reservation_.budget()->Exhausted("a lookup", bytes);
}

absl::Status LookupIndex::IndexTimes(const Lookup& lookup, absl::TimeZone zone) {
  timed_ = !lookup.time_column.empty();
  if (!timed_) return absl::OkStatus();
  const std::optional<size_t> column = table_->Find(lookup.time_column);
  if (!column) {
    return absl::InvalidArgumentError(
        fmt::format("{}: the lookup table '{}' has no column '{}', which time_field names",
                    lookup.place, lookup.name, lookup.time_column));
  }
  min_offset_ = static_cast<double>(lookup.min_offset);
  max_offset_ = static_cast<double>(lookup.max_offset);
  SPELK_RETURN_IF_ERROR(Reserve(table_->rows() * sizeof(times_[0])));
  times_.resize(table_->rows());
  for (size_t row = 0; row < times_.size(); ++row) {
    const Value& cell = table_->At(*column, row);
    if (!cell.is_text()) continue;
    const std::optional<Number> number = NumberOf(cell);
    // Of the default format the fraction is optional.
    times_[row] = lookup.time_format == "%s.%Q" && number
                      ? std::optional(number->value)
                      : ParseTime(cell.text(), lookup.time_format, zone, 0, true);
  }
  return absl::OkStatus();
}

absl::Status LookupIndex::IndexCells(const Lookup& lookup,
                                     const std::vector<std::string>& columns) {
  std::vector<std::unique_ptr<CellIndex>> indexes(columns.size());
  std::vector<size_t> places;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::optional<size_t> column = table_->Find(columns[i]);
    SPELK_CHECK(column.has_value());
    places.push_back(*column);
    const LookupMatch match = lookup.MatchOf(columns[i]);
    if (match == LookupMatch::kExact) {
      exact_.push_back(i);
      exact_columns_.push_back(*column);
    } else {
      indexes[i] = NewCellIndex(match, ignore_case_);
    }
  }
  size_t reserved = 0;
  std::string key;
  char buffer[kNumberText];
  for (size_t row = 0; row < table_->rows(); ++row) {
    // A row without a value in one of the columns matches nothing.
    const bool complete = std::all_of(places.begin(), places.end(), [&](size_t column) {
      return !table_->At(column, row).is_null();
    });
    if (!complete) continue;
    size_t bytes = 0;
    if (!exact_.empty()) {
      key.clear();
      for (const size_t column : exact_columns_) {
        AppendKey(table_->At(column, row), ignore_case_, &key);
      }
      const auto [place, is_new] = by_key_.try_emplace(key);
      place->second.push_back(static_cast<uint32_t>(row));
      SPELK_RETURN_IF_ERROR(Reserve((is_new ? kEntryBytes + key.size() : 0) + sizeof(uint32_t)));
    }
    for (size_t i = 0; i < columns.size(); ++i) {
      if (indexes[i] == nullptr) continue;
      indexes[i]->Add(TextIn(table_->At(places[i], row), buffer), static_cast<uint32_t>(row));
      bytes += indexes[i]->bytes();
    }
    if (bytes > reserved) {
      SPELK_RETURN_IF_ERROR(Reserve(2 * (bytes - reserved)));
      reserved = bytes;
    }
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    if (indexes[i] == nullptr) continue;
    indexes[i]->Finish();
    others_.push_back({i, std::move(indexes[i])});
  }
  if (timed_) {
    for (auto& [unused, rows] : by_key_) SortByTime(&rows);
  }
  return absl::OkStatus();
}

// Newest first; rows without a time match at none.
void LookupIndex::SortByTime(std::vector<uint32_t>* rows) const {
  std::erase_if(*rows, [&](uint32_t row) { return !times_[row]; });
  std::stable_sort(rows->begin(), rows->end(),
                   [&](uint32_t a, uint32_t b) { return *times_[a] > *times_[b]; });
}

// Of rows that are sorted by time those that hold then.
std::span<const uint32_t> LookupIndex::RowsAt(double time, std::span<const uint32_t> rows) const {
  const auto begin = std::partition_point(
      rows.begin(), rows.end(), [&](uint32_t row) { return time - *times_[row] < min_offset_; });
  const auto end = std::partition_point(
      begin, rows.end(), [&](uint32_t row) { return time - *times_[row] <= max_offset_; });
  return {begin, end};
}

std::span<const uint32_t> LookupIndex::RowsOf(std::span<const Value> values) const {
  std::string key;
  for (const size_t place : exact_) AppendKey(values[place], ignore_case_, &key);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return {};
  return found->second;
}

// The rows that match in every column, in the order of the table.
std::vector<uint32_t> LookupIndex::Intersected(std::span<const Value> values) const {
  std::vector<uint32_t> rows;
  std::vector<uint32_t> matching;
  std::vector<uint32_t> both;
  char buffer[kNumberText];
  for (size_t i = 0; i < others_.size() && (i == 0 || !rows.empty()); ++i) {
    matching.clear();
    others_[i].index->Find(TextIn(values[others_[i].place], buffer), &matching);
    std::sort(matching.begin(), matching.end());
    if (i == 0) {
      rows.swap(matching);
      continue;
    }
    both.clear();
    std::set_intersection(rows.begin(), rows.end(), matching.begin(), matching.end(),
                          std::back_inserter(both));
    rows.swap(both);
  }
  if (exact_.empty()) return rows;
  std::vector<uint32_t> exact(RowsOf(values).begin(), RowsOf(values).end());
  std::sort(exact.begin(), exact.end());  // Those of a table of times are in another order.
  both.clear();
  std::set_intersection(rows.begin(), rows.end(), exact.begin(), exact.end(),
                        std::back_inserter(both));
  return both;
}

bool LookupIndex::Find(std::span<const Value> values, std::optional<double> time,
                       std::vector<uint32_t>* rows) const {
  rows->clear();
  if (timed_ && !time) return false;
  std::vector<uint32_t> intersected;
  std::span<const uint32_t> found;
  if (others_.empty()) {
    found = RowsOf(values);
  } else {
    intersected = Intersected(values);
    if (timed_) SortByTime(&intersected);
    found = intersected;
  }
  if (timed_) found = RowsAt(*time, found);
  const size_t kept = std::min(found.size(), max_matches_);
  rows->assign(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept));
  if (found_ != nullptr) {
    for (const uint32_t row : *rows) found_[row].store(true, std::memory_order_relaxed);
  }
  return kept < found.size();
}

}  // namespace spelk::plan
