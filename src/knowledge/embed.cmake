# Writes a source that holds the files of the app folders below FOLDER.
# cmake -DFOLDER=… -DOUTPUT=… -P embed.cmake
file(GLOB_RECURSE FILES RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT FILES)
set(TEXTS "")
set(NAMES "")
foreach(FILE ${FILES})
  if(NOT FILE MATCHES "(^|/)(default/.*|lookups/[^/]*)$")
    continue()
  endif()
  file(READ "${FOLDER}/${FILE}" CONTENT)
  if(CONTENT MATCHES "\\)embedded\"")
    message(FATAL_ERROR "${FILE} holds the end of a literal")
  endif()
  string(APPEND TEXTS "    R\"embedded(${CONTENT})embedded\",\n")
  string(APPEND NAMES "    \"${FILE}\",\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from queries/builtin.
#include \"knowledge/builtin.h\"

#include <algorithm>
#include <iterator>

namespace spelk::knowledge {
namespace {

constexpr std::string_view kNames[] = {
${NAMES}};
constexpr std::string_view kTexts[] = {
${TEXTS}};

}  // namespace

std::string_view BuiltinFile(std::string_view name) {
  const auto* const found = std::lower_bound(std::begin(kNames), std::end(kNames), name);
  return found != std::end(kNames) && *found == name ? kTexts[found - kNames] : std::string_view();
}

std::span<const std::string_view> BuiltinFiles() { return kNames; }

}  // namespace spelk::knowledge
")
