// IP addresses and CIDR blocks, version 4 and 6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace spelk {

// An address as 16 bytes in network order; version 4 is kept as ::ffff:a.b.c.d with is_v4 set.
struct IpAddress {
  std::array<uint8_t, 16> bytes{};
  bool is_v4 = false;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

// Dotted quads (no leading zeros needed, each 0-255) and RFC 4291 text; nothing else.
std::optional<IpAddress> ParseIpAddress(std::string_view text);

// "address/bits". Bits of the address beyond the prefix are ignored.
struct CidrBlock {
  IpAddress base;
  unsigned prefix_bits = 0;                       // Of the family: 0-32 or 0-128.
  bool Contains(const IpAddress& address) const;  // Another family: false.
};
std::optional<CidrBlock> ParseCidr(std::string_view text);

}  // namespace spelk
