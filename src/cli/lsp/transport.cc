// Reading and writing messages.
#include "cli/lsp/transport.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>

namespace spelk::cli::lsp {
namespace {

// The number of a header "Content-Length: 12", the name in any case.
std::optional<uint64_t> LengthIn(std::string_view line) {
  constexpr std::string_view kName = "content-length:";
  if (line.size() < kName.size()) return std::nullopt;
  for (size_t i = 0; i < kName.size(); ++i) {
    const char c = line[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (lower != kName[i]) return std::nullopt;
  }
  line.remove_prefix(kName.size());
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
  constexpr size_t kMostDigits = 15;
  if (line.empty() || line.size() > kMostDigits) return std::nullopt;
  uint64_t number = 0;
  for (const char c : line) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

}  // namespace

bool MessageReader::Fill() {
  if (at_ > 0) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  constexpr size_t kBlock = 65536;
  const size_t size = buffer_.size();
  buffer_.resize(size + kBlock);
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, buffer_.data() + size, kBlock);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(size + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  return got > 0;
}

bool MessageReader::Line(std::string* line) {
  while (true) {
    const size_t end = buffer_.find('\n', at_);
    if (end != std::string::npos) {
      *line = buffer_.substr(at_, std::min(end - at_, kMostHeader));
      if (line->ends_with('\r')) line->pop_back();
      at_ = end + 1;
      return true;
    }
    // What is longer is no header: its begin is not needed.
    if (buffer_.size() - at_ > kMostHeader) at_ = buffer_.size() - 1;
    if (!Fill()) return false;
  }
}

bool MessageReader::Take(size_t size, std::string* out) {
  while (size > 0) {
    if (at_ == buffer_.size() && !Fill()) return false;
    const size_t part = std::min(size, buffer_.size() - at_);
    if (out != nullptr) out->append(buffer_, at_, part);
    at_ += part;
    size -= part;
  }
  return true;
}

MessageReader::Got MessageReader::Next(std::string* body) {
  body->clear();
  std::optional<uint64_t> length;
  std::string line;
  bool any = false;
  while (true) {
    if (!Line(&line)) return Got::kEnd;
    if (line.empty() && !any) continue;  // Between messages.
    if (line.empty()) break;
    any = true;
    if (const auto number = LengthIn(line)) length = number;
  }
  if (!length) return Got::kBadHeader;
  if (*length > kMostBody) {
    return Take(*length, nullptr) ? Got::kTooLong : Got::kEnd;
  }
  return Take(*length, body) ? Got::kMessage : Got::kEnd;
}

bool MessageReader::has_more() const {
  if (at_ < buffer_.size()) return true;
  struct pollfd wait {
    descriptor_, POLLIN, 0
  };
  return ::poll(&wait, 1, 0) > 0 && (wait.revents & POLLIN) != 0;
}

bool WriteMessage(int descriptor, std::string_view body) {
  const std::string message = fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
  std::string_view rest = message;
  while (!rest.empty()) {
    const ssize_t wrote = ::write(descriptor, rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    rest.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

}  // namespace spelk::cli::lsp
