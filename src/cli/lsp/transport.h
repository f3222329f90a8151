// Messages of the base protocol: a header with Content-Length, and a body.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace spelk::cli::lsp {

// Reads what comes on a descriptor; nothing is kept but the message at hand.
class MessageReader {
 public:
  static constexpr size_t kMostHeader = 8192;
  static constexpr size_t kMostBody = size_t{32} << 20U;

  enum class Got : unsigned char {
    kMessage,
    kEnd,        // The other side closed.
    kBadHeader,  // It was skipped.
    kTooLong,    // Likewise, with its body.
  };

  explicit MessageReader(int descriptor) : descriptor_(descriptor) {}
  Got Next(std::string* body);
  // More is there already.
  bool has_more() const;

 private:
  bool Fill();
  bool Line(std::string* line);
  bool Take(size_t size, std::string* out);

  int descriptor_;
  std::string buffer_;
  size_t at_ = 0;
};

// Writes one message with its header. False if nobody reads any more.
bool WriteMessage(int descriptor, std::string_view body);

}  // namespace spelk::cli::lsp
