// Counting bytes and finding the last one, at the speed of the machine's vectors.
#pragma once

#include <cstddef>
#include <string_view>

namespace spelk {

size_t CountByte(std::string_view text, char byte);

// The place of the last such byte; npos if there is none.
size_t FindLastByte(std::string_view text, char byte);

}  // namespace spelk
