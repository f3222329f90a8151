// UTF-16 as UTF-8.
#include <memory>
#include <optional>
#include <utility>

#include "io/formats/formats.h"
#include "io/formats/transcoder.h"

namespace spelk::io {
namespace {

class Utf16Text final : public Transcoder {
 public:
  Utf16Text(ByteSourcePtr source, bool big_endian)
      : Transcoder(std::move(source)), big_endian_(big_endian) {}

 protected:
  void Take(std::string_view* in, std::string& out) override {
    size_t taken = 0;
    while (taken < in->size() && out.size() <= kTranscodedAtOnce) {
      const auto byte = static_cast<unsigned char>((*in)[taken++]);
      if (!half_) {
        half_ = byte;
        continue;
      }
      const unsigned first = *std::exchange(half_, std::nullopt);
      Unit(big_endian_ ? first << 8U | byte : static_cast<unsigned>(byte) << 8U | first, out);
    }
    in->remove_prefix(taken);
  }
  bool Finish(std::string& out) override {
    if (high_ != 0) Add(kUnknown, out);
    if (half_) Add(kUnknown, out);
    return true;
  }

 private:
  static constexpr unsigned kUnknown = 0xFFFD;

  void Unit(unsigned unit, std::string& out) {
    const bool low = unit >= 0xDC00 && unit < 0xE000;
    if (high_ != 0) {
      const unsigned high = std::exchange(high_, 0U);
      if (low) {
        Add(0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00), out);
        return;
      }
      Add(kUnknown, out);
    }
    if (unit >= 0xD800 && unit < 0xDC00) {
      high_ = unit;
    } else if (low) {
      Add(kUnknown, out);
    } else if (unit != 0xFEFF || begun_) {
      Add(unit, out);
    }
    begun_ = true;
  }

  static void Add(unsigned point, std::string& out) {
    const auto byte = [&out](unsigned value) { out += static_cast<char>(value); };
    if (point < 0x80) {
      byte(point);
    } else if (point < 0x800) {
      byte(0xC0U | point >> 6U);
      byte(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
      byte(0xE0U | point >> 12U);
      byte(0x80U | (point >> 6U & 0x3FU));
      byte(0x80U | (point & 0x3FU));
    } else {
      byte(0xF0U | point >> 18U);
      byte(0x80U | (point >> 12U & 0x3FU));
      byte(0x80U | (point >> 6U & 0x3FU));
      byte(0x80U | (point & 0x3FU));
    }
  }

  const bool big_endian_;
  std::optional<unsigned> half_;  // The first byte of a unit.
  unsigned high_ = 0;             // The first unit of a pair.
  bool begun_ = false;
};

}  // namespace

ByteSourcePtr OpenUtf16(ByteSourcePtr source, bool big_endian) {
  return std::make_unique<Utf16Text>(std::move(source), big_endian);
}

std::optional<bool> BigEndianUtf16(std::string_view start) {
  if (start.size() < 2) return std::nullopt;
  const auto at = [&start](size_t i) { return static_cast<unsigned char>(start[i]); };
  if (at(0) == 0xFF && at(1) == 0xFE) return false;
  if (at(0) == 0xFE && at(1) == 0xFF) return true;
  // Without a mark: ASCII at the beginning.
  const auto text = [](unsigned char c) { return c >= 0x20 && c < 0x7F; };
  if (start.size() < 4) return std::nullopt;
  if (text(at(0)) && at(1) == 0 && (text(at(2)) || at(2) == '\r' || at(2) == '\n') && at(3) == 0)
    return false;
  if (at(0) == 0 && text(at(1)) && at(2) == 0 && (text(at(3)) || at(3) == '\r' || at(3) == '\n'))
    return true;
  return std::nullopt;
}

}  // namespace spelk::io
