// Values side by side.
#include "engine/why/other_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/why/nearest.h"

namespace spelk::engine {
namespace {

using Kind = WhyFinding::Kind;

bool HaveCommonValue(const FieldValues& a, const FieldValues& b) {
  return std::any_of(a.values.begin(), a.values.end(),
                     [&b](const auto& value) { return b.values.count(value.first) > 0; });
}

}  // namespace

std::string RowsOfTable(const std::vector<LookupCount>& tables, std::string_view command) {
  constexpr size_t kMost = 2;
  for (const LookupCount& table : tables) {
    if (command.find(table.name) == std::string_view::npos) continue;
    if (table.rows == 0) return fmt::format("; the table {} has no rows", table.name);
    std::string rows;
    for (size_t r = 0; r < table.each.size() && r < kMost; ++r) {
      rows += (r > 0 ? "; " : "") + ShownValue(table.each[r].text);
    }
    return rows.empty() ? "" : fmt::format("; the table {} has {}", table.name, rows);
  }
  return "";
}

void AddDifferences(const FieldProfile& first, const FieldProfile& second, Span span,
                    Findings* findings) {
  for (const std::string_view name : first.names()) {
    const FieldValues& ours = *first.Find(name);
    const FieldValues* theirs = second.Find(name);
    if (theirs == nullptr) {
      findings->Add(Kind::kSubsearch, name, span,
                    fmt::format("{}: in the rows of search 1 only", name));
    } else if (!HaveCommonValue(ours, *theirs) && !ours.values.empty() && !theirs->values.empty()) {
      findings->Add(Kind::kSubsearch, name, span,
                    fmt::format("{}: no value is in both; {} in search 1, {} in search 2", name,
                                Frequent(ours), Frequent(*theirs)));
    }
  }
  findings->Add(Kind::kSubsearch, "", span,
                fmt::format("search 1 gave {} rows, search 2 {}", first.rows(), second.rows()));
}

void AddKeys(std::string_view name, const FieldValues& ours, const FieldValues& theirs, Span span,
             Findings* findings) {
  std::string line =
      fmt::format("{}: no row of the subsearch has a value that is here; here {}", name,
                  ShownValue(ours.values.empty() ? "" : ours.values.begin()->first));
  if (!theirs.values.empty()) {
    line += fmt::format(", there {}", ShownValue(theirs.values.begin()->first));
  }
  if (HaveCommonValue(ours, theirs)) return;
  for (const auto& [value, rows] : ours.values) {
    const auto nearest = FindNearest(value, Comparison::kEval, theirs);
    if (!nearest || nearest->difference != Difference::kCase) continue;
    line += "; keys mind case";
    break;
  }
  findings->Add(Kind::kSubsearch, name, span, std::move(line));
}

}  // namespace spelk::engine
