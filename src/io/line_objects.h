// Several JSON objects on one line, as programs write them that end no line.
#pragma once

#include <string_view>

namespace spelk::io {

// The first object of a line that goes on with another one, without looking at what is in it; the
// rest begins after it. False, and both stay as they are, if the line is no more than one object.
bool TakeObject(std::string_view* rest, std::string_view* object);

}  // namespace spelk::io
