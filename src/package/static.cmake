# One program that needs no file but itself: every library is an archive, Debian's or of src/package/bundled.cmake.
set(SPELK_BUNDLED ON)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
# Of a program that loads nothing no function is replaced from outside, so its own calls go straight.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
add_compile_options(-fPIE -ffunction-sections -fdata-sections)

# spelk_link_statically(TARGET). Not -static: there the first exception costs milliseconds, as the tables of all frames
# are registered and sorted, where static-pie finds them by the program's headers.
function(spelk_link_statically TARGET)
  # The map says what was linked in, for the licences of the package.
  target_link_options(${TARGET} PRIVATE -static-pie -Wl,--gc-sections
                      -Wl,-Map=${PROJECT_BINARY_DIR}/$<TARGET_FILE_NAME:${TARGET}>.map)
endfunction()
