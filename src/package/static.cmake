# One program that needs no file but itself: every library is an archive, Debian's or of src/package/bundled.cmake.
set(SPELK_BUNDLED ON)
set(ZLIB_USE_STATIC_LIBS ON)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
# Of a program that loads nothing no function is replaced from outside, so its own calls go straight.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
add_compile_options(-fPIE -ffunction-sections -fdata-sections)

# Debian's package of Abseil names its shared objects; the archives lie beside them.
function(spelk_take_archives PREFIX)
  get_property(TARGETS DIRECTORY PROPERTY IMPORTED_TARGETS)
  list(FILTER TARGETS INCLUDE REGEX "^${PREFIX}::")
  foreach(TARGET ${TARGETS})
    get_target_property(CONFIGURATIONS ${TARGET} IMPORTED_CONFIGURATIONS)
    foreach(CONFIGURATION ${CONFIGURATIONS})
      get_target_property(FILE ${TARGET} IMPORTED_LOCATION_${CONFIGURATION})
      if(NOT FILE MATCHES "\\.so")
        continue()
      endif()
      string(REGEX REPLACE "\\.so.*$" ".a" ARCHIVE ${FILE})
      if(NOT EXISTS ${ARCHIVE})
        message(FATAL_ERROR "${TARGET} has no static archive ${ARCHIVE}")
      endif()
      set_target_properties(${TARGET} PROPERTIES IMPORTED_LOCATION_${CONFIGURATION} ${ARCHIVE})
    endforeach()
  endforeach()
endfunction()

# spelk_link_statically(TARGET). Not -static: there the first exception costs milliseconds, as the tables of all frames
# are registered and sorted, where static-pie finds them by the program's headers.
function(spelk_link_statically TARGET)
  include(CheckLinkerFlag)
  # The map says what was linked in, for the licences of the package.
  target_link_options(${TARGET} PRIVATE -static-pie -Wl,--gc-sections
                      -Wl,-Map=${PROJECT_BINARY_DIR}/$<TARGET_FILE_NAME:${TARGET}>.map)
  # 27,000 addresses that are adjusted at the start then take a bit each, not 24 bytes.
  check_linker_flag(CXX -Wl,-z,pack-relative-relocs SPELK_PACKS_RELOCATIONS)
  if(SPELK_PACKS_RELOCATIONS)
    target_link_options(${TARGET} PRIVATE -Wl,-z,pack-relative-relocs)
  endif()
endfunction()
