// spelk/read.h: how inputs may be written. Standard library only.
#pragma once

#include <string_view>

namespace spelk {

// What RunOptions::format takes: "auto, evtx, json … or text", for messages. Thread safe.
std::string_view InputFormatNames();

}  // namespace spelk
