// Lookup of entries by name.
#include "plan/entry.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "value/ascii.h"

namespace spelk::plan {
namespace {

template <class Entry>
void Index(const std::vector<const Entry*>& entries, StringMap<const Entry*>& by_name) {
  for (const Entry* entry : entries) {
    by_name.emplace(LowerAscii(entry->name), entry);
    for (const std::string_view alias : entry->aliases) by_name.emplace(LowerAscii(alias), entry);
  }
}

template <class Entry>
void SortByName(std::vector<const Entry*>& entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return a->name < b->name; });
}

template <class Entry>
const Entry* FindIn(const StringMap<const Entry*>& by_name, std::string_view name) {
  const auto found = by_name.find(LowerAscii(name));
  return found == by_name.end() ? nullptr : found->second;
}

// All names of entries, other spellings too.
template <class Entry>
void AddNames(const std::vector<const Entry*>& entries, std::vector<std::string_view>* names) {
  for (const Entry* entry : entries) {
    names->push_back(entry->name);
    names->insert(names->end(), entry->aliases.begin(), entry->aliases.end());
  }
}

// Letters added, left out, changed, or swapped with their neighbour.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

Registry::Registry(std::vector<const CommandEntry*> commands, std::span<const NodeEntry> nodes,
                   std::span<const UnbuiltCommand> unbuilt,
                   std::vector<const FunctionEntry*> functions,
                   std::span<const std::string_view> unbuilt_functions,
                   std::vector<const AggregateEntry*> aggregates,
                   std::span<const std::string_view> unbuilt_aggregates)
    : commands_(std::move(commands)),
      functions_(std::move(functions)),
      aggregates_(std::move(aggregates)) {
  Index(commands_, command_by_name_);
  for (const NodeEntry& node : nodes) node_by_name_.emplace(node.type().name, &node);
  for (const CommandEntry* command : commands_) {
    for (const NodeEntry& node : command->nodes) node_by_name_.emplace(node.type().name, &node);
  }
  Index(functions_, function_by_name_);
  Index(aggregates_, aggregate_by_name_);
  for (const UnbuiltCommand& command : unbuilt)
    unbuilt_by_name_.emplace(LowerAscii(command.name), &command);
  for (const std::string_view name : unbuilt_functions)
    unbuilt_functions_.emplace(LowerAscii(name));
  for (const std::string_view name : unbuilt_aggregates)
    unbuilt_aggregates_.emplace(LowerAscii(name));
  SortByName(commands_);
  SortByName(functions_);
  SortByName(aggregates_);
}

const CommandShape* Registry::Find(std::string_view name) const {
  if (const CommandEntry* entry = Command(name); entry != nullptr) {
    return &entry->shape;
  }
  const UnbuiltCommand* unbuilt = Unbuilt(name);
  return unbuilt == nullptr ? nullptr : &unbuilt->shape;
}

ValueShape Registry::FindValue(std::string_view command, std::string_view option) const {
  const CommandEntry* entry = Command(command);
  if (entry == nullptr) return ValueShape::kText;
  for (const Argument& argument : entry->arguments) {
    if (argument.is_option && EqualsIgnoringCase(argument.name, option)) return argument.value;
  }
  return ValueShape::kText;
}

const CommandEntry* Registry::Command(std::string_view name) const {
  return FindIn(command_by_name_, name);
}

const NodeEntry* Registry::Node(std::string_view name) const {
  const auto found = node_by_name_.find(name);
  return found == node_by_name_.end() ? nullptr : found->second;
}

const UnbuiltCommand* Registry::Unbuilt(std::string_view name) const {
  return FindIn(unbuilt_by_name_, name);
}

const FunctionEntry* Registry::Function(std::string_view name) const {
  return FindIn(function_by_name_, name);
}

bool Registry::IsUnbuiltFunction(std::string_view name) const {
  return unbuilt_functions_.contains(LowerAscii(name));
}

const AggregateEntry* Registry::Aggregate(std::string_view name, double* number) const {
  if (const AggregateEntry* entry = FindIn(aggregate_by_name_, name)) {
    return entry->takes_number ? nullptr : entry;
  }
  const size_t digits = name.find_first_of("0123456789");
  if (digits == std::string_view::npos || digits == 0) return nullptr;
  const AggregateEntry* entry = FindIn(aggregate_by_name_, name.substr(0, digits));
  if (entry == nullptr || !entry->takes_number) return nullptr;
  const char* end = name.data() + name.size();
  const auto [stop, error] =
      std::from_chars(name.data() + digits, end, *number, std::chars_format::fixed);
  return error == std::errc() && stop == end ? entry : nullptr;
}

bool Registry::IsUnbuiltAggregate(std::string_view name) const {
  return unbuilt_aggregates_.contains(LowerAscii(name));
}

std::vector<std::string_view> Registry::SimilarCommands(std::string_view name) const {
  std::vector<std::string_view> names;
  AddNames(commands_, &names);
  for (const auto& [lower, unbuilt] : unbuilt_by_name_) names.push_back(unbuilt->name);
  return NearestNames(name, names);
}

std::vector<std::string_view> Registry::SimilarFunctions(std::string_view name) const {
  std::vector<std::string_view> names;
  AddNames(functions_, &names);
  return NearestNames(name, names);
}

std::vector<std::string_view> Registry::SimilarAggregates(std::string_view name) const {
  std::vector<std::string_view> names;
  AddNames(aggregates_, &names);
  return NearestNames(name, names);
}

std::vector<std::string_view> NearestNames(std::string_view name,
                                           const std::vector<std::string_view>& names) {
  constexpr size_t kMost = 3;
  constexpr size_t kLongest = 64;  // Of a name worth comparing.
  if (name.size() > kLongest) return {};
  const std::string lower = LowerAscii(name);
  std::vector<std::pair<size_t, std::string_view>> ranked;
  for (const std::string_view candidate : names) {
    const size_t distance = EditDistance(lower, LowerAscii(candidate));
    const bool near = distance <= std::max<size_t>(1, name.size() / 3) && distance < name.size();
    if (near) ranked.emplace_back(distance, candidate);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string_view> nearest;
  for (const auto& [distance, candidate] : ranked) {
    if (nearest.size() < kMost) nearest.push_back(candidate);
  }
  return nearest;
}

std::vector<std::string> DidYouMean(const std::vector<std::string_view>& names) {
  std::string note;
  for (const std::string_view name : names) {
    note += note.empty() ? "did you mean " : ", ";
    note += name;
  }
  if (note.empty()) return {};
  return {note + "?"};
}

}  // namespace spelk::plan
