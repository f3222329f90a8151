// Signatures of functions: their parameters, and snippets made of them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spelk::engine {

// Where the parameters stand in "substr(<str>, <start>[, <length>])", without commas and brackets.
std::vector<std::pair<size_t, size_t>> ParametersOf(std::string_view signature);
// "substr(${1:str}, ${2:start})": what must be given.
std::string SnippetOf(std::string_view name, std::string_view signature);
// A text that stands for itself in a snippet.
std::string EscapedSnippet(std::string_view text);

}  // namespace spelk::engine
