// The one loop of all of them.
#include "io/formats/transcoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/status.h"
#include "io/json_text.h"
#include "value/utf8.h"

namespace spelk::io {
namespace {

constexpr size_t kReadAtOnce = size_t{64} << 10U;

}  // namespace

Transcoder::Transcoder(ByteSourcePtr source)
    : source_(std::move(source)), buffer_(kReadAtOnce, '\0') {}
Transcoder::~Transcoder() = default;

absl::StatusOr<size_t> Transcoder::Read(char* buffer, size_t size) {
  while (at_ == out_.size()) {
    out_.clear();
    at_ = 0;
    if (finished_) {
      SPELK_RETURN_IF_ERROR(std::exchange(error_, absl::OkStatus()));
      return 0U;
    }
    if (in_.empty() && source_->endless() && !source_->Ready(0)) return 0U;
    SPELK_RETURN_IF_ERROR(Fill());
  }
  const size_t n = std::min(size, out_.size() - at_);
  std::memcpy(buffer, out_.data() + at_, n);
  at_ += n;
  return n;
}

absl::Status Transcoder::Fill() {
  if (in_.empty() && error_.ok()) {
    const absl::StatusOr<bool> more = ReadOn();
    if (!more.ok()) {
      error_ = more.status();
    } else if (in_.empty() && (*more || source_->endless())) {
      return absl::OkStatus();
    }
  }
  if (!in_.empty()) {
    Take(&in_, out_);
    return absl::OkStatus();
  }
  finished_ = Finish(out_);
  if (finished_ && error_.ok()) error_ = status();
  return absl::OkStatus();
}

absl::StatusOr<bool> Transcoder::ReadOn() {
  char* to = buffer_.data() + held_;
  const size_t room = buffer_.size() - held_;
  // Other passes may read the same file.
  absl::StatusOr<size_t> n =
      source_->random_access() ? source_->ReadAt(offset_, to, room) : source_->Read(to, room);
  const size_t got = n.ok() ? *n : 0;
  offset_ += got;
  std::string_view text = std::string_view(buffer_).substr(0, held_ + got);
  const bool ends = !n.ok() || (got == 0 && !source_->endless());
  if (!begun_ && !ends && text.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(text)) {
    held_ = text.size();
    return true;
  }
  if (!begun_ && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  begun_ = true;
  held_ = 0;
  in_ = text;
  if (!n.ok()) return n.status();
  return got > 0;
}

bool Transcoder::Ready(int milliseconds) const {
  return at_ < out_.size() || !in_.empty() || finished_ || source_->Ready(milliseconds);
}

void AppendJsonContent(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const size_t bad = std::min(FirstNotUtf8(text), text.size());
    const std::string_view good = text.substr(0, bad);
    size_t start = 0;
    for (size_t i = 0; i < good.size(); ++i) {
      if (!IsJsonEscaped(good[i])) continue;
      out += good.substr(start, i - start);
      out += JsonEscape(good[i]);
      start = i + 1;
    }
    out += good.substr(start);
    if (bad == text.size()) return;
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(text[bad]);
    out += "\\\\x";
    out += kHex[byte / 16U];
    out += kHex[byte % 16U];
    text.remove_prefix(bad + 1);
  }
}

void AppendJsonText(std::string_view text, std::string& out) {
  out += '"';
  AppendJsonContent(text, out);
  out += '"';
}

}  // namespace spelk::io
