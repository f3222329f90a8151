# Takes the start-up work out of a generated file: src/syntax calls Prepare() instead.
# cmake -DFILE=… -DCLASS=… -P lazy.cmake
file(READ ${FILE} TEXT)
string(REPLACE "${CLASS}::Initializer ${CLASS}::_init;" "" LAZY "${TEXT}")
if(LAZY STREQUAL TEXT)
  message(FATAL_ERROR "${FILE} has no initializer to take out: another ANTLR?")
endif()
file(WRITE ${FILE} "${LAZY}")
