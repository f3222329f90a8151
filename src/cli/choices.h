// The words that options take which take one of a few: for checking, for messages and for
// completion.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spelk::cli {

// Of an option by its long name, such as "--order"; empty if it takes other values.
std::vector<std::string_view> ChoicesOf(std::string_view option);
bool IsChoice(std::string_view option, std::string_view word);
// "auto, time or input"
std::string ListOfChoices(std::string_view option);

}  // namespace spelk::cli
