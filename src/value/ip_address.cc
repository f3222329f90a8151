// Parsing of addresses.
#include "value/ip_address.h"

#include <charconv>

namespace spelk {
namespace {

std::optional<unsigned> ParseDecimal(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

// Four decimal bytes into out[0..3].
bool ParseQuad(std::string_view text, uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    const size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return false;
    const std::optional<unsigned> byte = ParseDecimal(text.substr(0, dot), 255);
    if (!byte) return false;
    out[i] = static_cast<uint8_t>(*byte);
    text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  }
  return true;
}

// Groups of an IPv6 side (before or after "::"), at most `room` bytes. The number of bytes, or
// nothing. Only the end of an address may be a quad.
std::optional<size_t> ParseGroups(std::string_view text, uint8_t* out, size_t room,
                                  bool may_end_in_quad) {
  size_t bytes = 0;
  while (!text.empty()) {
    const size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (colon == std::string_view::npos && group.find('.') != std::string_view::npos) {
      if (!may_end_in_quad || bytes + 4 > room || !ParseQuad(group, out + bytes)) {
        return std::nullopt;
      }
      return bytes + 4;
    }
    unsigned value = 0;
    const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), value, 16);
    if (group.empty() || group.size() > 4 || error != std::errc() ||
        end != group.data() + group.size() || bytes + 2 > room) {
      return std::nullopt;
    }
    out[bytes++] = static_cast<uint8_t>(value >> 8U);
    out[bytes++] = static_cast<uint8_t>(value & 0xFFU);
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;  // A colon at the end.
  }
  return bytes;
}

}  // namespace

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  IpAddress address;
  // Quickly out for what cannot be one: most texts.
  if (text.size() < 2 || text.size() > 45) return std::nullopt;
  if (text.find(':') == std::string_view::npos) {
    if (text.front() < '0' || text.front() > '9') return std::nullopt;
    address.is_v4 = true;
    address.bytes[10] = address.bytes[11] = 0xFF;
    return ParseQuad(text, address.bytes.data() + 12) ? std::optional(address) : std::nullopt;
  }
  const size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const std::optional<size_t> bytes = ParseGroups(text, address.bytes.data(), 16, true);
    return bytes == 16U ? std::optional(address) : std::nullopt;
  }
  const std::string_view tail = text.substr(gap + 2);
  if (tail.find("::") != std::string_view::npos) return std::nullopt;
  std::array<uint8_t, 16> back{};
  const std::optional<size_t> head =
      ParseGroups(text.substr(0, gap), address.bytes.data(), 14, false);
  const std::optional<size_t> rest = ParseGroups(tail, back.data(), 14, true);
  if (!head || !rest || *head + *rest > 14) return std::nullopt;
  for (size_t i = 0; i < *rest; ++i) address.bytes[16 - *rest + i] = back[i];
  return address;
}

bool CidrBlock::Contains(const IpAddress& address) const {
  if (address.is_v4 != base.is_v4) return false;
  const size_t first = base.is_v4 ? 12 : 0;
  unsigned bits = prefix_bits;
  for (size_t i = first; i < 16 && bits > 0; ++i) {
    const unsigned here = bits < 8 ? bits : 8;
    const auto mask = static_cast<uint8_t>(0xFFU << (8 - here));
    if (((address.bytes[i] ^ base.bytes[i]) & mask) != 0) return false;
    bits -= here;
  }
  return true;
}

std::optional<CidrBlock> ParseCidr(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<IpAddress> base = ParseIpAddress(text.substr(0, slash));
  if (!base) return std::nullopt;
  const std::optional<unsigned> bits = ParseDecimal(text.substr(slash + 1), base->is_v4 ? 32 : 128);
  if (!bits) return std::nullopt;
  return CidrBlock{*base, *bits};
}

}  // namespace spelk
