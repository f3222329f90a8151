// A unit test of a detection: the search, events that it must find, events that it must leave
// alone. Any test framework will do; this one needs none.
#include <spelk/engine.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kDetection =
    "EventID=1 Image=\"*\\\\wmiprvse.exe\" OR ParentImage=\"*\\\\wmiprvse.exe\" "
    "| where match(Image, \"(?i)powershell|cmd\\.exe\") | table Hostname Image";

constexpr std::string_view kAttack =
    R"({"EventID": 1, "Hostname": "ws1", "ParentImage": "C:\\Windows\\wmiprvse.exe", "Image": "C:\\Windows\\cmd.exe"})";
constexpr std::string_view kHarmless =
    R"({"EventID": 1, "Hostname": "ws1", "ParentImage": "C:\\Windows\\explorer.exe", "Image": "C:\\Windows\\cmd.exe"})";

// The rows that the detection finds in the events, or -1 if it fails.
long Hits(const spelk::Query& detection, std::string_view events) {
  const spelk::Result<spelk::Summary> done = detection.Run(
      spelk::Memory(events), [](const spelk::RowBatch&) { return spelk::Flow::kMore; });
  if (done.ok()) return static_cast<long>(done->rows);
  std::fputs(done.error().Render().c_str(), stderr);
  return -1;
}

bool Expect(const char* what, long wanted, long got) {
  std::printf("%s: %s\n", what, wanted == got ? "ok" : "FAILED");
  return wanted == got;
}

}  // namespace

int main() {
  const spelk::Engine engine;
  const spelk::Result<spelk::Query> detection = engine.Compile(kDetection, {.name = "detection"});
  if (!detection.ok()) return std::fputs(detection.error().Render().c_str(), stderr), 2;
  bool passed = Expect("finds the attack", 1, Hits(*detection, kAttack));
  passed = Expect("leaves the rest alone", 0, Hits(*detection, kHarmless)) && passed;
  return passed ? 0 : 1;
}
