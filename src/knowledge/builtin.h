// The files of spelk's own app, queries/builtin, which the build puts into the library.
#pragma once

#include <span>
#include <string_view>

namespace spelk::knowledge {

// The text of a file, named from the app's folder: "default/props.conf". Empty if there is none.
std::string_view BuiltinFile(std::string_view name);
// The names of all of them, sorted.
std::span<const std::string_view> BuiltinFiles();

}  // namespace spelk::knowledge
