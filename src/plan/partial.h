// Partial rows: the states of statistics in the fields of rows, as sistats writes them and stats
// merges them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plan/aggregate.h"
#include "plan/field_set.h"

namespace spelk::plan {

// What a node that aggregates gives: results, or the states that they are made of. Either way it
// merges what is partial among its rows.
enum class AggregateMode : uint8_t { kWhole, kPartial };
constexpr size_t EnumSize(AggregateMode) { return 2; }
std::string_view NameOf(AggregateMode mode);

inline constexpr std::string_view kPartialPrefix = "psrsvd_";
// A row that has this field is partial.
inline constexpr std::string_view kPartialVersion = "psrsvd_v";

// The name of a field of a partial row; `argument` is the field that a statistic reads, and empty
// for a count of rows.
std::string PartialName(std::string_view code, std::string_view argument);
// Fills in call->partials. Not for calls with a pattern: their fields are found in the rows.
void NamePartials(const Registry& entries, bool all_numbers, FieldTable& fields,
                  AggregateCall* call);
// What is kept of statistics in partial rows: of an average its sum, of values how often each came.
// Statistics that are made of the same are kept once.
std::vector<AggregateCall> PartialCalls(const std::vector<AggregateCall>& calls,
                                        const Registry& entries, bool all_numbers,
                                        FieldTable& fields);

// What a node reads that merges partial rows, besides what it groups by.
void AddPartialReads(Field version, const std::vector<AggregateCall>& calls, FieldSet* reads);
// The columns of partial rows, after those of what they are grouped by; false if they are not
// known.
bool AddPartialColumns(Field version, const std::vector<AggregateCall>& calls,
                       std::vector<Field>* columns);

}  // namespace spelk::plan
