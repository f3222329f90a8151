// Any bytes as the beginning of a chunk of an EVTX file, of which the rest is zeros.
#include "fuzz/transcode.h"

// libevtx keeps some lists of a chunk that is damaged; they are its own, and small.
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kHeader = 4096;
  constexpr size_t kChunk = size_t{64} << 10U;
  std::string file("ElfFile\0", 8);
  file.resize(kHeader, '\0');
  file += spelk::fuzz::TextOf(data, std::min(size, kChunk));
  file.resize(kHeader + kChunk, '\0');
  spelk::fuzz::RequireTranscoded(file, &spelk::io::kEvtxFormat);
  return 0;
}
