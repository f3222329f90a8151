# Takes the start-up work out of a generated file: src/syntax calls Prepare() instead. The tables come from the tool as
# they are, so the runtime's check of them, half of the time that it takes to read them, is left out.
# cmake -DFILE=… -DCLASS=… -P lazy.cmake
file(READ ${FILE} TEXT)
string(REPLACE "${CLASS}::Initializer ${CLASS}::_init;" "" LAZY "${TEXT}")
if(LAZY STREQUAL TEXT)
  message(FATAL_ERROR "${FILE} has no initializer to take out: another ANTLR?")
endif()
set(UNCHECKED "atn::ATNDeserializationOptions options;\n  options.setVerifyATN(false);\n")
string(REPLACE "atn::ATNDeserializer deserializer;"
       "${UNCHECKED}  atn::ATNDeserializer deserializer(options);" QUICK "${LAZY}")
if(QUICK STREQUAL LAZY)
  message(FATAL_ERROR "${FILE} does not read its tables as expected: another ANTLR?")
endif()
file(WRITE ${FILE} "${QUICK}")
