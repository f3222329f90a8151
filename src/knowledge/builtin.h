// The files of spelk's own apps, queries/builtin, which the build puts into the library.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "knowledge/conf.h"

namespace spelk::knowledge {

// The text of a file, named from the folder: "default/props.conf" of what all events share,
// "windows/default/props.conf" of a family of events. Empty if there is none.
std::string_view BuiltinFile(std::string_view name);
// The names of all of them, sorted.
std::span<const std::string_view> BuiltinFiles();

// A family of events, which has a folder of its own.
struct BuiltinFamily {
  std::string_view name;
  // That its props.conf and transforms.conf hold, sorted: the fields that they give are among them.
  std::span<const std::string_view> words;
  bool always = false;  // They may concern whoever asks for none of these.
};
std::span<const BuiltinFamily> BuiltinFamilies();

// The names of a file in all the apps: "default/props.conf", "windows/default/props.conf". That of
// all events comes first.
std::vector<std::string_view> BuiltinFilesNamed(std::string_view file);
// The .conf files of one name, of all the apps as one.
absl::StatusOr<Conf> BuiltinConf(std::string_view file);
// Of one family; "": of what all events share.
absl::StatusOr<Conf> BuiltinConf(std::string_view file, std::string_view family);
// The text of a file of some app, whichever has it: "lookups/codes.csv". Empty if there is none.
std::string_view BuiltinTable(std::string_view name);

}  // namespace spelk::knowledge
