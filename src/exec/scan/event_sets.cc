// Asking for an event's names, and remembering what came of it.
#include "exec/scan/event_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/scan/column_computer.h"

namespace spelk::exec {

absl::StatusOr<StanzaEvents> StanzaEvents::Make(const plan::EventSet& events,
                                                const plan::ComputedColumnsList& rules,
                                                const Schema& schema, const RunContext& run) {
  StanzaEvents made;
  if (events.pattern.empty()) return made;
  made.exact_ = events.exact;
  if (made.exact_.empty()) made.pattern_ = events.pattern;
  const Field name = run.fields->Intern(plan::NameOf(events.stanza));
  made.column_ = *schema.Find(name);
  made.changing_ =
      std::any_of(rules.begin(), rules.end(), [name](const plan::ComputedColumns& rule) {
        return std::find(rule.targets.begin(), rule.targets.end(), name) != rule.targets.end();
      });
  return made;
}

absl::StatusOr<bool> StanzaEvents::Matches(const Value& name) {
  if (name.is_null()) return false;
  const Value& first = name.is_multi() ? name.each().front() : name;
  if (!first.is_text()) return false;
  if (!exact_.empty()) return first.text() == exact_;
  if (matcher_ == nullptr) {
    SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(pattern_));
    regex_ = std::make_unique<const Regex>(std::move(regex));
    matcher_ = std::make_unique<RegexMatcher>(*regex_);
  }
  return matcher_->Match(first.text()) == MatchResult::kYes;
}

absl::StatusOr<bool> StanzaEvents::Has(uint32_t row, ScanColumns* columns) {
  if (all()) return true;
  std::optional<bool>* known = nullptr;
  if (!changing_) {
    ScanEvents& events = columns->events();
    if (generation_ != events.names_generation()) known_.clear();
    generation_ = events.names_generation();
    const uint32_t names = events.NamesOf(row);
    if (names >= known_.size()) known_.resize(names + 1);
    known = &known_[names];
    if (*known) return **known;
  }
  SPELK_RETURN_IF_ERROR(columns->Require(column_, {&row, 1}));
  SPELK_ASSIGN_OR_RETURN(const bool has, Matches(columns->column(column_).At(row)));
  if (known != nullptr) *known = has;
  return has;
}

absl::StatusOr<StanzaEventsPtr> KnownStanzas::Find(const plan::EventSet& events) {
  const std::string key = fmt::format("{}:{}", plan::NameOf(events.stanza), events.pattern);
  const auto [place, is_new] = by_pattern_.try_emplace(key);
  if (is_new) {
    SPELK_ASSIGN_OR_RETURN(StanzaEvents made, StanzaEvents::Make(events, rules_, schema_, run_));
    place->second = std::make_shared<StanzaEvents>(std::move(made));
  }
  return place->second;
}

BatchNames BatchNames::Of(const std::vector<uint32_t>& rows, ScanColumns* columns) {
  BatchNames names;
  names.of_row.resize(columns->physical_rows());
  std::vector<bool> met;
  uint32_t last = UINT32_MAX;  // Rows with the same names often follow each other.
  for (const uint32_t row : rows) {
    const uint32_t number = columns->events().NamesOf(row);
    names.of_row[row] = number;
    if (number == last) continue;
    last = number;
    if (number >= met.size()) met.resize(number + 1, false);
    if (!met[number]) names.distinct.push_back({number, row});
    met[number] = true;
  }
  return names;
}

absl::StatusOr<RuleEvents> RuleEvents::Make(const plan::ComputedColumns& rule,
                                            KnownStanzas& stanzas) {
  RuleEvents made;
  if (!rule.where.pattern.empty()) {
    SPELK_ASSIGN_OR_RETURN(made.where_.emplace_back(), stanzas.Find(rule.where));
    made.changing_ = made.where_.back()->changing();
  }
  for (const plan::EventSet& events : rule.except) {
    SPELK_ASSIGN_OR_RETURN(made.except_.emplace_back(), stanzas.Find(events));
    made.changing_ = made.changing_ || made.except_.back()->changing();
  }
  return made;
}

absl::StatusOr<bool> RuleEvents::Has(uint32_t row, ScanColumns* columns) {
  for (const StanzaEventsPtr& stanza : where_) {
    SPELK_ASSIGN_OR_RETURN(const bool has, stanza->Has(row, columns));
    if (!has) return false;
  }
  for (const StanzaEventsPtr& stanza : except_) {
    SPELK_ASSIGN_OR_RETURN(const bool has, stanza->Has(row, columns));
    if (has) return false;
  }
  return true;
}

absl::StatusOr<size_t> RuleEvents::CountNames(const BatchNames& names, ScanColumns* columns) {
  if (generation_ != columns->events().names_generation()) known_.clear();
  generation_ = columns->events().names_generation();
  size_t matching = 0;
  for (const BatchNames::Names& each : names.distinct) {
    if (each.number >= known_.size()) known_.resize(each.number + 1, kUnknown);
    if (known_[each.number] == kUnknown) {
      SPELK_ASSIGN_OR_RETURN(const bool has, Has(each.row, columns));
      known_[each.number] = has ? kYes : kNo;
    }
    if (known_[each.number] == kYes) ++matching;
  }
  return matching;
}

absl::StatusOr<bool> RuleEvents::AreAbsent(const BatchNames& names, ScanColumns* columns) {
  if (all() || changing_) return false;
  SPELK_ASSIGN_OR_RETURN(const size_t matching, CountNames(names, columns));
  return matching == 0;
}

absl::Status RuleEvents::Keep(const BatchNames& names, ScanColumns* columns,
                              std::vector<uint32_t>* rows) {
  if (all()) return absl::OkStatus();
  size_t kept = 0;
  if (changing_) {
    for (const uint32_t row : *rows) {
      SPELK_ASSIGN_OR_RETURN(const bool has, Has(row, columns));
      if (has) (*rows)[kept++] = row;
    }
    rows->resize(kept);
    return absl::OkStatus();
  }
  SPELK_ASSIGN_OR_RETURN(const size_t matching, CountNames(names, columns));
  if (matching == names.distinct.size()) return absl::OkStatus();
  for (const uint32_t row : *rows) {
    if (matching > 0 && known_[names.of_row[row]] == kYes) (*rows)[kept++] = row;
  }
  rows->resize(kept);
  return absl::OkStatus();
}

}  // namespace spelk::exec
