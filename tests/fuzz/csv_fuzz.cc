// Any bytes as CSV, TSV and lines of text.
#include "fuzz/transcode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = spelk::fuzz::TextOf(data, size);
  for (const spelk::io::InputFormat* format :
       {&spelk::io::kCsvFormat, &spelk::io::kTsvFormat, &spelk::io::kTextFormat,
        static_cast<const spelk::io::InputFormat*>(nullptr)}) {
    spelk::fuzz::RequireTranscoded(text, format);
  }
  return 0;
}
