// Searches that stand in a search as texts: those of map, in quotes or under a name.
#pragma once

#include <string_view>

#include "spelk/engine.h"

namespace spelk::cli {

// Puts the saved searches that map names, and what macros in its texts stand for, into the expanded
// search. What cannot be put in stays.
void PutInInnerSearches(const Engine& engine, ExpandedSearch* expanded);

// Adds the trees of those texts to the tree of the search, as subsearches with their places in it.
void AddInnerTrees(const Engine& engine, std::string_view text, SyntaxNode* tree);

}  // namespace spelk::cli
