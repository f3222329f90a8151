# Writes a source that holds the files of an app folder.
# cmake -DFOLDER=… -DOUTPUT=… -P embed.cmake
file(GLOB_RECURSE FILES RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT FILES)
set(TEXT "// Generated from queries/builtin.
#include \"knowledge/builtin.h\"

namespace spelk::knowledge {

std::string_view BuiltinFile(std::string_view name) {
")
foreach(FILE ${FILES})
  file(READ "${FOLDER}/${FILE}" CONTENT)
  string(APPEND TEXT "  if (name == \"${FILE}\") {
    return R\"embedded(${CONTENT})embedded\";
  }
")
endforeach()
string(APPEND TEXT "  return {};
}

std::span<const std::string_view> BuiltinFiles() {
  static constexpr std::string_view kNames[] = {")
foreach(FILE ${FILES})
  string(APPEND TEXT "\n      \"${FILE}\",")
endforeach()
string(APPEND TEXT "};
  return kNames;
}

}  // namespace spelk::knowledge
")
file(WRITE ${OUTPUT} "${TEXT}")
