// PrefixedSource: gives bytes that were read already, then those of a source.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "io/input.h"

namespace spelk::io {

class PrefixedSource final : public ByteSource {
 public:
  PrefixedSource(std::string prefix, ByteSourcePtr rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}
  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    if (at_ == prefix_.size()) return rest_->Read(buffer, size);
    const size_t n = std::min(size, prefix_.size() - at_);
    std::memcpy(buffer, prefix_.data() + at_, n);
    at_ += n;
    return n;
  }
  bool Ready(int milliseconds) const override {
    return at_ < prefix_.size() || rest_->Ready(milliseconds);
  }
  bool endless() const override { return rest_->endless(); }
  std::optional<uint64_t> size() const override { return rest_->size(); }
  uint64_t consumed() const override { return rest_->consumed(); }

 private:
  const std::string prefix_;
  size_t at_ = 0;
  ByteSourcePtr rest_;
};

}  // namespace spelk::io
