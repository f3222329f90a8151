// The list of all functions and statistics.
#include "functions/entry.h"

namespace spelk::functions {
namespace {

template <class Entry>
void Append(std::span<const Entry> family, std::vector<const Entry*>* all) {
  for (const Entry& entry : family) all->push_back(&entry);
}

}  // namespace

std::vector<const FunctionEntry*> AllFunctions() {
  std::vector<const FunctionEntry*> all;
#define SPELK_FUNCTIONS(Name) Append(Name##Functions(), &all);
#define SPELK_STATISTICS(Name)
#include "functions/families.inc"
#undef SPELK_FUNCTIONS
#undef SPELK_STATISTICS
  return all;
}

std::vector<const AggregateEntry*> AllAggregates() {
  std::vector<const AggregateEntry*> all;
#define SPELK_FUNCTIONS(Name)
#define SPELK_STATISTICS(Name) Append(Name##Statistics(), &all);
#include "functions/families.inc"
#undef SPELK_FUNCTIONS
#undef SPELK_STATISTICS
  return all;
}

// All eval functions that Splunk documents are built.
std::span<const std::string_view> UnbuiltFunctions() { return {}; }
std::span<const std::string_view> UnbuiltAggregates() { return {}; }

}  // namespace spelk::functions
