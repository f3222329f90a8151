// What the commands that combine searches share: their brackets and their limits.
#pragma once

#include <vector>

#include "commands/entry.h"

namespace spelk::commands {

// What cuts the rows of a search, for MostOtherRowsBy: maxout, or the limit where it is not given.
inline std::string MaxOutOrLimit(bool by_limit) {
  return by_limit ? "limit " + plan::NameOf(plan::kSearchResultsMaxRows) : "maxout";
}

// Binds the pipelines in brackets of the call as searches of their own, in order. `wanted`: how
// many there must be at least; an error in Splunk's words if there are fewer, or anything else by
// place.
absl::StatusOr<std::vector<plan::NodePtr>> BindSubsearches(const ast::CommandCall& call,
                                                           plan::Binder& binder, size_t least,
                                                           size_t most);
// The one bracket of a call; an error if there is none.
absl::StatusOr<const ast::ArgumentSubsearch*> TheBracket(const ast::CommandCall& call,
                                                         plan::Binder& binder);

// True if the search reads events and only streams them: its rows may be united with others as they
// come.
bool IsStreamOfEvents(const plan::Node& root);

// The node that appends the rows of other searches, in order, after those of its input.
plan::NodePtr MakeAppend(Span span, std::vector<plan::NodePtr> others, plan::Binder::Most most);
extern const plan::NodeEntry kAppendNode;
// The node that gives the rows of other searches, in order, and has no input.
plan::NodePtr MakeRowsOfSearches(Span span, std::vector<plan::NodePtr> others,
                                 plan::Binder::Most most);
extern const plan::NodeEntry kRowsOfSearchesNode;
// The columns of the plan, if they are known.
std::optional<std::vector<Field>> ColumnsOf(const plan::Node& root);
// Both, those of `more` that are new last; unknown if one of them is.
std::optional<std::vector<Field>> UnionOfColumns(const std::optional<std::vector<Field>>& columns,
                                                 const std::optional<std::vector<Field>>& more);

}  // namespace spelk::commands
