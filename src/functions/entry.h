// What a family of functions needs, and the lists of all functions and statistics.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "plan/entry.h"
#include "plan/eval/call.h"

namespace spelk::functions {

using plan::AggregateEntry;
using plan::AggregateNeeds;
using plan::Call;
using plan::Example;
using plan::FunctionEntry;
using plan::kMany;
using plan::Multi;
using plan::Nulls;
using plan::Prepared;
using plan::Stability;
using plan::Type;

// Parameters of functions; the last one stands for those after it too.
inline constexpr Type kTexts[] = {Type::kString};
inline constexpr Type kNumbers[] = {Type::kNumber};
inline constexpr Type kAnyAndText[] = {Type::kAny, Type::kString};
inline constexpr Type kAnyAndBoolean[] = {Type::kAny, Type::kBoolean};

inline constexpr std::string_view kDomainNotes[] = {"outside of its domain: nan, inf or -inf"};

// One line of families.inc: SPELK_FUNCTIONS(Text) declares TextFunctions(), defined in text.cc.
#define SPELK_FUNCTIONS(Name) std::span<const FunctionEntry> Name##Functions();
#define SPELK_STATISTICS(Name) std::span<const AggregateEntry> Name##Statistics();
#include "functions/families.inc"
#undef SPELK_FUNCTIONS
#undef SPELK_STATISTICS

std::vector<const FunctionEntry*> AllFunctions();
std::vector<const AggregateEntry*> AllAggregates();
// What Splunk documents and spelk does not have yet: refused by name.
std::span<const std::string_view> UnbuiltFunctions();
std::span<const std::string_view> UnbuiltAggregates();

}  // namespace spelk::functions
