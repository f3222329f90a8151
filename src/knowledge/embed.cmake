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
  string(APPEND TEXTS "    R\"embedded(${CONTENT})embedded\"sv,\n")
  string(APPEND NAMES "    \"${FILE}\",\n")
endforeach()

# The words in what a family of events says of fields: whoever asks for none of them needs none of it.
file(GLOB FAMILIES RELATIVE ${FOLDER} ${FOLDER}/*/default)
list(SORT FAMILIES)
set(LISTS "")
set(TABLE "")
foreach(PATH ${FAMILIES})
  string(REGEX REPLACE "/default$" "" FAMILY "${PATH}")
  set(CONTENT "")
  foreach(FILE props.conf transforms.conf)
    if(EXISTS "${FOLDER}/${PATH}/${FILE}")
      file(READ "${FOLDER}/${PATH}/${FILE}" TEXT)
      string(APPEND CONTENT "${TEXT}")
    endif()
  endforeach()
  # How texts are read, and names that stand in texts: whatever field is asked for.
  set(ALWAYS false)
  if(CONTENT MATCHES "KV_MODE|TIME_PREFIX|TIME_FORMAT|_KEY_|[$]1::|DELIMS = \"[^\"]*\", *\"")
    set(ALWAYS true)
  endif()
  string(REGEX MATCHALL "[A-Za-z_][A-Za-z0-9_]+" WORDS "${CONTENT}")
  list(REMOVE_DUPLICATES WORDS)
  list(SORT WORDS)
  set(QUOTED "")
  foreach(WORD ${WORDS})
    string(APPEND QUOTED "\"${WORD}\",")
  endforeach()
  string(APPEND LISTS "constexpr std::string_view kWordsOf_${FAMILY}[] = {${QUOTED}};\n")
  string(APPEND TABLE "    {\"${FAMILY}\", kWordsOf_${FAMILY}, ${ALWAYS}},\n")
endforeach()

file(WRITE ${OUTPUT} "// Generated from queries/builtin.
#include \"knowledge/builtin.h\"

#include <algorithm>
#include <iterator>

namespace spelk::knowledge {
namespace {

// Its literals know their lengths: to count so many letters takes more steps than compilers allow.
using std::string_view_literals::operator\"\"sv;

constexpr std::string_view kNames[] = {
${NAMES}};
constexpr std::string_view kTexts[] = {
${TEXTS}};

${LISTS}
constexpr BuiltinFamily kFamilies[] = {
${TABLE}};

}  // namespace

std::string_view BuiltinFile(std::string_view name) {
  const auto* const found = std::lower_bound(std::begin(kNames), std::end(kNames), name);
  return found != std::end(kNames) && *found == name ? kTexts[found - kNames] : std::string_view();
}

std::span<const std::string_view> BuiltinFiles() { return kNames; }
std::span<const BuiltinFamily> BuiltinFamilies() { return kFamilies; }

}  // namespace spelk::knowledge
")
