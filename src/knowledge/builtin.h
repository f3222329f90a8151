// The files of spelk's own app, queries/builtin, which the build puts into the library.
#pragma once

#include <string_view>

namespace spelk::knowledge {

// The text of a file, named from the app's folder: "default/props.conf". Empty if there is none.
std::string_view BuiltinFile(std::string_view name);

}  // namespace spelk::knowledge
