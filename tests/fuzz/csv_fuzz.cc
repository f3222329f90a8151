// Any bytes as CSV, TSV and lines of text.
#include "fuzz/transcode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = spelk::fuzz::TextOf(data, size);
  using spelk::io::InputFormat;
  for (const InputFormat format :
       {InputFormat::kCsv, InputFormat::kTsv, InputFormat::kText, InputFormat::kAuto}) {
    spelk::fuzz::RequireTranscoded(text, format);
  }
  return 0;
}
