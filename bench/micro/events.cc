// Making the events of the micro benchmarks.
#include "micro/events.h"

#include <fmt/format.h>

#include "io/block_source.h"
#include "support/feed_generator.h"

namespace spelk::bench {

std::string_view Feed() {
  static const std::string text = [] {
    std::string made = tests::GenerateFeed({.events = 4000, .seed = 1, .awkward = false});
    made.append(io::kSlack, ' ');
    return made;
  }();
  return std::string_view(text).substr(0, text.size() - io::kSlack);
}

const std::vector<std::string_view>& Lines() {
  static const std::vector<std::string_view> lines = [] {
    std::vector<std::string_view> cut;
    const std::string_view feed = Feed();
    for (size_t begin = 0; begin < feed.size();) {
      const size_t end = feed.find('\n', begin);
      cut.push_back(feed.substr(begin, end - begin));
      begin = end + 1;
    }
    return cut;
  }();
  return lines;
}

const std::vector<std::string>& Paths() {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 1000; ++i) {
      made.push_back(
          fmt::format(R"(C:\Windows\System32\folder{}\program{}.exe -n {})", i % 17, i % 101, i));
      if (i % 10 == 0) made.back() += " -EncodedCommand powershell";
    }
    return made;
  }();
  return paths;
}

}  // namespace spelk::bench
