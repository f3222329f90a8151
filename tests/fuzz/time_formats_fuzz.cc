// Times as text: a format in the first line, a text in the second. Nothing crashes, and what is
// formatted in full is read back.
#include <cmath>

#include "fuzz/fuzz.h"
#include "value/relative_time.h"
#include "value/time_format.h"
#include "value/timestamp.h"

namespace {

void ReadsBack(double seconds, absl::TimeZone zone) {
  // Before zones were ruled by law their offsets had seconds, which %:z does not write.
  constexpr double kOffsetsOfWholeMinutes = -2.2e9;  // 1900
  if (seconds < kOffsetsOfWholeMinutes) return;
  constexpr std::string_view kFull = "%Y-%m-%dT%H:%M:%S.%6N%:z";
  const std::optional<std::string> text = spelk::FormatTime(seconds, kFull, zone);
  if (!text) return;
  const std::optional<double> again = spelk::ParseTime(*text, kFull, zone, 0);
  spelk::fuzz::Require(again && std::fabs(*again - seconds) < 1e-4, "a time is not read back",
                       *text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const absl::TimeZone zone = *spelk::LoadZone("Europe/Berlin");
  const std::string_view all = spelk::fuzz::TextOf(data, size);
  const size_t end = std::min(all.find('\n'), all.size());
  const std::string_view format = all.substr(0, end);
  const std::string_view text = all.substr(std::min(end + 1, all.size()));
  if (const std::optional<double> seconds = spelk::ParseTime(text, format, zone, 1.6e9)) {
    (void)spelk::FormatTime(*seconds, format, zone);
    ReadsBack(*seconds, zone);
  }
  (void)spelk::FormatTime(1.6e9 + 0.25, format, zone);
  if (const auto micros = spelk::ParseTimestamp(text, zone)) {
    (void)spelk::ReadableTime(static_cast<double>(*micros) / 1e6, zone);
  }
  (void)spelk::ParseTimeModifier(text, 1.6e9, zone);
  if (const auto relative = spelk::RelativeTime::Parse(format)) (void)relative->Apply(1.6e9, zone);
  (void)spelk::LoadZone(format);
  return 0;
}
