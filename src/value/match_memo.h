// MatchMemo: what a regular expression found in short texts, as fields hold few of them many times.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "absl/hash/hash.h"

namespace spelk {

// Of one matcher; not thread-safe. It costs 50 KiB once a matcher has seen some texts, and switches
// itself off where texts do not come again.
class MatchMemo {
 public:
  static constexpr size_t kMostText = 128;
  static constexpr size_t kMostPlaces = 8;  // Begins and ends of the match and three groups.
  using Places = std::array<size_t, kMostPlaces>;

  struct Entry {
    std::array<char, kMostText> text;
    uint8_t size = 0;
    bool known = false;
    bool matched = false;
    Places places;
  };

  // The entry of a text, which is known or is to be filled by Fill; null if it is not to be kept.
  Entry* Find(std::string_view text) {
    if (text.size() > kMostText) return nullptr;
    if (++texts_ == kWindow) EndWindow();
    if (waits_ > 0) return nullptr;
    if (entries_ == nullptr) entries_ = std::make_unique<Entries>();
    Entry* entry = &(*entries_)[absl::HashOf(text) % kEntries];
    if (entry->known && std::string_view(entry->text.data(), entry->size) == text) {
      ++hits_;
      return entry;
    }
    entry->known = false;
    return entry;
  }

  static void Fill(std::string_view text, bool matched, Entry* entry) {
    std::memcpy(entry->text.data(), text.data(), text.size());
    entry->size = static_cast<uint8_t>(text.size());
    entry->matched = matched;
    entry->known = true;
  }

 private:
  static constexpr size_t kEntries = 256;
  static constexpr uint32_t kWindow = 1024;
  static constexpr uint32_t kRest = 32;  // Windows in which texts are not looked for.
  using Entries = std::array<Entry, kEntries>;

  // A copy costs less than a match, but not much less.
  void EndWindow() {
    const bool worth = waits_ > 0 || hits_ > kWindow / 2;
    waits_ = waits_ > 0 ? waits_ - 1 : (worth ? 0 : kRest);
    texts_ = hits_ = 0;
  }

  std::unique_ptr<Entries> entries_;
  uint32_t texts_ = 0;
  uint32_t hits_ = 0;
  uint32_t waits_ = 1;  // The first window only shows that there are many texts.
};

}  // namespace spelk
