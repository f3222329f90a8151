// Making up events.
#include "support/feed_generator.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace spelk::tests {
namespace {

constexpr std::array<std::string_view, 8> kHosts = {"WS-01", "WS-02", "ws-02",  "WS-03",
                                                    "DC-01", "SRV-é", "SRV-10", "SRV-9"};
constexpr std::array<std::string_view, 8> kImages = {
    R"(C:\\Windows\\System32\\cmd.exe)",
    R"(C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe)",
    R"(C:\\Windows\\System32\\wbem\\WmiPrvSE.exe)",
    R"(C:\\Windows\\explorer.exe)",
    R"(C:\\Program Files\\App\\app.exe)",
    R"(C:\\Users\\J\u00fcrgen\\T\u00eate.exe)",
    R"(c:\\windows\\system32\\CMD.EXE)",
    R"(D:\\\"odd\" name\\x.exe)"};
constexpr std::array<std::string_view, 6> kUsers = {"ana",    "bo", "CORP\\\\ana",
                                                    "SYSTEM", "",   "null"};
constexpr std::array<int, 8> kEvents = {1, 1, 1, 3, 10, 4624, 4625, 5858};

class Generator {
 public:
  explicit Generator(const FeedOptions& options)
      : options_(options), state_(options.seed * 2 + 1) {}

  std::string Make() {
    std::string feed;
    for (size_t i = 0; i < options_.events; ++i) {
      if (options_.awkward && OneIn(97)) feed += Broken();
      feed += Event(i);
      feed += options_.awkward && OneIn(50) ? "\r\n" : "\n";
    }
    return feed;
  }

 private:
  uint64_t Next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return state_ >> 33U;
  }
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  template <class List>
  auto Pick(const List& list) {
    return list[Below(list.size())];
  }

  std::string Time(size_t i) {
    // Half a minute apart, some the same, some going back.
    const uint64_t back = options_.awkward ? Below(20) : 0;
    const uint64_t second = 1'600'000'000 + (i / 3) * 30 - std::min<uint64_t>(back * back, i);
    const uint64_t day = second % 86400;
    return fmt::format("2020-09-{:02} {:02}:{:02}:{:02}.{:03}", 13 + (second / 86400) % 17,
                       day / 3600, day / 60 % 60, day % 60, OneIn(2) ? 0 : Below(1000));
  }

  std::string Event(size_t i) {
    const int id = Pick(kEvents);
    std::string line = fmt::format(R"({{"EventID":{},"Hostname":"{}")", id, Pick(kHosts));
    if (!options_.awkward || !OneIn(40)) line += fmt::format(R"(,"EventTime":"{}")", Time(i));
    line += R"(,"Channel":"Microsoft-Windows-Sysmon/Operational")";
    if (id < 100) line += fmt::format(R"(,"Image":"{}")", Pick(kImages));
    line += fmt::format(R"(,"ProcessId":"{}","RecordNumber":{})", Below(9000), i);
    if (id == 1) line += CommandLine();
    if (options_.awkward) line += Awkward();
    return line + "}";
  }

  std::string CommandLine() {
    std::string text = fmt::format(R"(,"CommandLine":"\"{}\" -n {} )", Pick(kImages), Below(5));
    for (uint64_t words = Below(12); words > 0; --words) text += fmt::format("arg{} ", Below(300));
    return text + "\"";
  }

  std::string Awkward() {
    std::string more;
    // A key may hide after an escape.
    const std::string_view user = OneIn(20) ? R"(Us\u0065r)" : "User";
    if (!OneIn(4)) more += fmt::format(R"(,"{}":"{}")", user, Pick(kUsers));
    switch (Below(6)) {
      case 0:
        more += R"(,"Size":null)";
        break;
      case 1:
        more += R"(,"Size":"")";
        break;
      case 2:
        more += fmt::format(R"(,"Size":"{}")", Below(50));
        break;
      case 3:
        more += fmt::format(R"(,"Size":{}.50)", Below(50));
        break;
      case 4:
        more += fmt::format(R"(,"Size":{})", Below(50));
        break;
      default:
        break;
    }
    if (OneIn(3)) more += fmt::format(R"(,"Tags":["t{}","t{}",{}])", Below(3), Below(3), Below(3));
    if (OneIn(3)) more += fmt::format(R"(,"a":{{"b":{},"c":{{"d":"x{}"}}}})", Below(4), Below(4));
    if (OneIn(20)) more += fmt::format(R"(,"a.e":"y{}")", Below(4));
    if (OneIn(20)) more += fmt::format(R"(,"a":{{"e":"z{}"}})", Below(4));
    if (OneIn(5)) more += fmt::format(R"(,"Ratio":{}e-{})", Below(1000), Below(30));
    if (OneIn(9)) more += R"(,"Big":12345678901234567890,"EventID":7)";
    return more;
  }

  std::string Broken() {
    constexpr std::array<std::string_view, 5> kLines = {
        "{\"EventID\":1,\"Image\":\"unclosed\n", "not JSON\n", "{\"EventID\":1,}\n", "\n",
        "{\"EventID\":1,\"Hostname\":\"WS-01\",\"User\":}\n"};
    return std::string(Pick(kLines));
  }

  const FeedOptions& options_;
  uint64_t state_;
};

}  // namespace

std::string GenerateFeed(const FeedOptions& options) { return Generator(options).Make(); }

}  // namespace spelk::tests
