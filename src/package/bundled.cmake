# fmt and simdjson out of Debian's source packages, under the names that their own packages give them. Debian has no
# static archives of the two. `./dev sources` brings the files; only what has the sums of sources.txt is built.
set(SPELK_SOURCES ${PROJECT_SOURCE_DIR}/build/sources CACHE PATH "Where the files of src/package/sources.txt lie")

# spelk_unpack(PACKAGE VARIABLE): the folder with the package's sources.
function(spelk_unpack PACKAGE VARIABLE)
  file(STRINGS ${PROJECT_SOURCE_DIR}/src/package/sources.txt LINE REGEX "^${PACKAGE} ")
  separate_arguments(LINE)
  list(GET LINE 1 VERSION)
  list(GET LINE 2 FILE)
  list(GET LINE 3 WANTED)
  set(ARCHIVE ${SPELK_SOURCES}/${FILE})
  if(NOT EXISTS ${ARCHIVE})
    message(FATAL_ERROR "${FILE} of Debian's source package ${PACKAGE} ${VERSION} is not in ${SPELK_SOURCES}: "
                        "`./dev sources` brings it there, or set SPELK_SOURCES to where it lies")
  endif()
  file(SHA256 ${ARCHIVE} FOUND)
  if(NOT FOUND STREQUAL WANTED)
    message(FATAL_ERROR "${ARCHIVE} is not what src/package/sources.txt names: its SHA-256 is ${FOUND}, not ${WANTED}")
  endif()
  set(FOLDER ${PROJECT_BINARY_DIR}/bundled/${PACKAGE}-${WANTED})
  if(NOT EXISTS ${FOLDER})
    file(ARCHIVE_EXTRACT INPUT ${ARCHIVE} DESTINATION ${FOLDER}.part)
    file(RENAME ${FOLDER}.part ${FOLDER})
  endif()
  file(GLOB INSIDE ${FOLDER}/*)
  set(${VARIABLE} ${INSIDE} PARENT_SCOPE)
endfunction()

# spelk_bundle(TARGET ALIAS INCLUDE SOURCE…)
function(spelk_bundle TARGET ALIAS INCLUDE)
  add_library(${TARGET} STATIC ${ARGN})
  add_library(${ALIAS} ALIAS ${TARGET})
  target_include_directories(${TARGET} SYSTEM PUBLIC $<BUILD_INTERFACE:${INCLUDE}>)
  target_compile_features(${TARGET} PUBLIC cxx_std_17)
  target_compile_options(${TARGET} PRIVATE -w)
  # Whoever embeds a library that was built so links to these, too.
  install(TARGETS ${TARGET} EXPORT spelkTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

spelk_unpack(fmtlib FMT)
spelk_bundle(spelk_fmt fmt::fmt ${FMT}/include ${FMT}/src/format.cc ${FMT}/src/os.cc)
spelk_unpack(simdjson SIMDJSON)
spelk_bundle(spelk_simdjson simdjson::simdjson ${SIMDJSON}/singleheader ${SIMDJSON}/singleheader/simdjson.cpp)
